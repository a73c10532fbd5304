/** Ranked passage or document ids of one question, best first. */
export type Ranking = readonly string[];

/** Grade of every judged id of one question; ids not in it are not relevant. Grades below 1 are not relevant. */
export type Judgments = ReadonlyMap<string, number>;

export type Quality = { ndcg10: number; recall10: number; recall100: number; mrr: number; questions: number };

/**
 * Normalised discounted cumulative gain with linear gain and log2 discount, as trec_eval's `ndcg_cut`.
 * Returns 0..1; 0 when the question has no relevant id. An id ranked twice counts once.
 */
export function computeNdcg(ranking: Ranking, judgments: Judgments, depth = 10): number {
  let gained = 0;
  const seen = new Set<string>();
  ranking.slice(0, depth).forEach((id, index) => {
    const grade = seen.has(id) ? 0 : Math.max(0, judgments.get(id) ?? 0);
    seen.add(id);
    gained += grade / Math.log2(index + 2);
  });
  const ideal = [...judgments.values()]
    .filter((grade) => grade > 0)
    .sort((left, right) => right - left)
    .slice(0, depth)
    .reduce((sum, grade, index) => sum + grade / Math.log2(index + 2), 0);
  return ideal === 0 ? 0 : gained / ideal;
}

/** Share of the relevant ids found in the first `depth`, as trec_eval's `recall`; 0 when there is no relevant id. */
export function computeRecall(ranking: Ranking, judgments: Judgments, depth = 100): number {
  const relevant = [...judgments].filter(([, grade]) => grade > 0).map(([id]) => id);
  if (relevant.length === 0) return 0;
  const found = new Set(ranking.slice(0, depth));
  return relevant.filter((id) => found.has(id)).length / relevant.length;
}

/** One over the rank of the first relevant id within `depth`, as trec_eval's `recip_rank`; 0 when there is none. */
export function computeReciprocalRank(ranking: Ranking, judgments: Judgments, depth = 100): number {
  const index = ranking.slice(0, depth).findIndex((id) => (judgments.get(id) ?? 0) > 0);
  return index < 0 ? 0 : 1 / (index + 1);
}

/** Means over all judged questions, as trec_eval's with `-c`: a question without a ranking counts as found nothing. */
export function measureQuality(
  rankings: ReadonlyMap<string, Ranking>,
  judgments: ReadonlyMap<string, Judgments>,
): Quality {
  const total: Quality = { ndcg10: 0, recall10: 0, recall100: 0, mrr: 0, questions: judgments.size };
  for (const [question, judged] of judgments) {
    const ranking = rankings.get(question) ?? [];
    total.ndcg10 += computeNdcg(ranking, judged) / judgments.size;
    total.recall10 += computeRecall(ranking, judged, 10) / judgments.size;
    total.recall100 += computeRecall(ranking, judged) / judgments.size;
    total.mrr += computeReciprocalRank(ranking, judged) / judgments.size;
  }
  return total;
}

/** The smallest value that at least this share of all values do not exceed (nearest rank); undefined without values. */
export function percentileOf(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

import type { Figures, QuestionResult } from "@samla/contracts";
import { percentileOf } from "../kernel/index.ts";

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Figures of an evaluation. Means of nDCG, recall and MRR are over the questions that have a relevant document, as
 * trec_eval's are; rates and latencies over all.
 */
export const figuresOf = (results: readonly QuestionResult[]): Figures => {
  const judged = results.filter((one) => one.relevant > 0);
  const times = results.map((one) => one.tookMs);
  return {
    ndcg10: mean(judged.map((one) => one.ndcg10)),
    recall10: mean(judged.map((one) => one.recall10)),
    recall100: mean(judged.map((one) => one.recall100)),
    mrr: mean(judged.map((one) => one.reciprocalRank)),
    zeroResultRate: mean(results.map((one) => (one.results === 0 ? 1 : 0))),
    p50Ms: percentileOf(times, 0.5) ?? 0,
    p95Ms: percentileOf(times, 0.95) ?? 0,
  };
};

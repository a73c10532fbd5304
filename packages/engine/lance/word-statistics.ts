import { type FullTextQuery, MatchQuery, PhraseQuery } from "@lancedb/lancedb";
import type { Analyzer } from "./analyzer.ts";
import type { Snapshot } from "./tables.ts";

/** Beyond this many passages a word says so little that its exact count does not matter. */
const countMax = 20_000;
/** Scores of a word in this many passages are kept, and of so many words a table version. */
const keptScoresMax = 4_000;
const keptWordsMax = 500;
const timeoutMs = 5_000;
/** BM25's saturation, as the engine has it (k1 = 1.2, b = 0.75; seen by recomputing its scores). */
export const saturationMax = 2.2;

/** A word or phrase as it is searched. */
export type Sought = { text: string; column: "terms" | "body"; query: FullTextQuery };

export const seekWord = (word: string, column: Sought["column"]): Sought => ({
  text: word,
  column,
  query: new MatchQuery(word, column),
});

export const seekPhrase = (phrase: string, slop = 0): Sought => ({
  text: phrase,
  column: "body",
  query: new PhraseQuery(phrase, "body", { slop }),
});

type Occurrences = {
  count: number;
  /** The engine's score of it in each passage that holds it; undefined when there are too many to keep. */
  scores: Map<bigint, number> | undefined;
};
const occurrences = new WeakMap<Snapshot, Map<string, Promise<Occurrences>>>();

/** Passages of the whole table that hold it, read once a table version, counted up to a bound. */
function readOccurrences(snapshot: Snapshot, sought: Sought): Promise<Occurrences> {
  const kept = occurrences.get(snapshot) ?? new Map<string, Promise<Occurrences>>();
  occurrences.set(snapshot, kept);
  const key = `${sought.column} ${sought.query.queryType()} ${sought.text.toLowerCase()}`;
  const known = kept.get(key);
  if (known) return known;
  if (kept.size >= keptWordsMax) kept.clear();
  const reading = findRows(snapshot, sought.query, undefined).then((scores) => ({
    count: scores.size,
    scores: scores.size <= keptScoresMax ? scores : undefined,
  }));
  kept.set(key, reading);
  reading.catch(() => kept.delete(key));
  return reading;
}

async function findRows(
  snapshot: Snapshot,
  query: FullTextQuery,
  where: string | undefined,
): Promise<Map<bigint, number>> {
  const search = snapshot.table.query().fullTextSearch(query).select(["_rowid", "_score"]).withRowId().limit(countMax);
  if (where !== undefined) search.where(where);
  const answer = await search.toArrow({ timeoutMs });
  const ids = [...(answer.getChild("_rowid") ?? [])];
  const scores = [...(answer.getChild("_score") ?? [])];
  return new Map(ids.map((id, index) => [BigInt(id), Number(scores[index] ?? 0)]));
}

/**
 * How much finding it says: BM25's inverse document frequency, ln(1 + (N - n + 0.5) / (n + 0.5)), Robertson and Zaragoza
 * 2009; 0 when no passage holds it.
 */
export async function weighRarity(snapshot: Snapshot, sought: Sought): Promise<number> {
  const [{ count: holding }, all] = await Promise.all([readOccurrences(snapshot, sought), snapshot.table.countRows()]);
  return holding === 0 ? 0 : Math.log(1 + (Math.max(all, holding) - holding + 0.5) / (holding + 0.5));
}

/** What its score in a passage is divided by to get the saturated count alone: one rarity a word of it. */
export async function weighScore(snapshot: Snapshot, sought: Sought, words: readonly string[]): Promise<number> {
  const weights = await Promise.all(words.map((word) => weighRarity(snapshot, seekWord(word, sought.column))));
  return weights.reduce((sum, weight) => sum + weight, 0);
}

const unindexed = new WeakMap<Snapshot, Promise<boolean>>();

/** Whether some rows are not in the word indices yet: the engine scores those by statistics of the rows it looks at. */
function hasUnindexedRows(snapshot: Snapshot): Promise<boolean> {
  const known =
    unindexed.get(snapshot) ??
    snapshot.table.indexStats("terms_idx").then((stats) => stats === undefined || stats.numUnindexedRows > 0);
  unindexed.set(snapshot, known);
  known.catch(() => unindexed.delete(snapshot));
  return known;
}

/** The engine's own score of it, unboosted, in each of the rows that hold it; looked up for these rows only. */
export async function scoreRows(
  snapshot: Snapshot,
  sought: Sought,
  rowIds: readonly bigint[],
): Promise<ReadonlyMap<bigint, number>> {
  if (rowIds.length === 0) return new Map();
  const isWhole = await hasUnindexedRows(snapshot);
  return findRows(snapshot, sought.query, isWhole ? undefined : `_rowid IN (${rowIds.join(", ")})`);
}

/** The same for words that are asked for again and again, such as synonyms: those of few passages are kept. */
export async function scoreKnownRows(
  snapshot: Snapshot,
  sought: Sought,
  rowIds: readonly bigint[],
): Promise<ReadonlyMap<bigint, number>> {
  const { scores } = await readOccurrences(snapshot, sought);
  return scores ?? scoreRows(snapshot, sought, rowIds);
}

/** Words as the engine's analyzer counts them: a run without spaces may be several. */
export async function tokensOf(analyzer: Analyzer, words: readonly string[]): Promise<string[]> {
  const analyzed = await analyzer.analyzeWords(words);
  return words.flatMap((word) => analyzed(word).tokens);
}

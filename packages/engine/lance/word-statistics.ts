import { type FullTextQuery, MatchQuery, PhraseQuery } from "@lancedb/lancedb";
import type { Analyzer } from "./analyzer.ts";
import type { Snapshot } from "./tables.ts";

/** Beyond this many passages a word says so little that its exact count does not matter. */
const countMax = 20_000;
const timeoutMs = 5_000;
const cachedCountsMax = 10_000;
/** BM25's saturation, as the engine has it (k1 = 1.2, b = 0.75; seen by recomputing its scores). */
export const saturationMax = 2.2;

/** A word or phrase as it is searched. */
export type Sought = { text: string; column: "terms" | "body"; query: FullTextQuery };

export const seekWord = (word: string, column: Sought["column"], boost = 1): Sought => ({
  text: word,
  column,
  query: new MatchQuery(word, column, { boost }),
});

export const seekPhrase = (phrase: string, slop = 0): Sought => ({
  text: phrase,
  column: "body",
  query: new PhraseQuery(phrase, "body", { slop }),
});

const counts = new WeakMap<Snapshot, Map<string, Promise<number>>>();

/** Passages of the whole table that hold it, counted once a table version, up to a bound. */
export async function countPassagesWith(snapshot: Snapshot, sought: Sought): Promise<number> {
  const known = counts.get(snapshot) ?? new Map<string, Promise<number>>();
  counts.set(snapshot, known);
  if (known.size > cachedCountsMax) known.clear();
  const key = `${sought.column} ${sought.query.queryType()} ${sought.text.toLowerCase()}`;
  const count = known.get(key) ?? countRows(snapshot, sought.query);
  known.set(key, count);
  count.catch(() => known.delete(key));
  return count;
}

async function countRows(snapshot: Snapshot, query: FullTextQuery): Promise<number> {
  const search = snapshot.table.query().fullTextSearch(query).select(["_rowid", "_score"]).withRowId().limit(countMax);
  return (await search.toArrow({ timeoutMs })).numRows;
}

/**
 * How much finding it says: BM25's inverse document frequency, ln(1 + (N - n + 0.5) / (n + 0.5)), Robertson and Zaragoza
 * 2009; 0 when no passage holds it.
 */
export async function weighRarity(snapshot: Snapshot, sought: Sought): Promise<number> {
  const [holding, all] = await Promise.all([countPassagesWith(snapshot, sought), snapshot.table.countRows()]);
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

/** The engine's own score of it in each of the rows that hold it. */
export async function scoreRows(
  snapshot: Snapshot,
  sought: Sought,
  rowIds: readonly bigint[],
): Promise<Map<bigint, number>> {
  if (rowIds.length === 0) return new Map();
  const search = snapshot.table
    .query()
    .fullTextSearch(sought.query)
    .select(["_rowid", "_score"])
    .withRowId()
    .limit(countMax);
  if (!(await hasUnindexedRows(snapshot))) search.where(`_rowid IN (${rowIds.join(", ")})`);
  const answer = await search.toArrow({ timeoutMs });
  const wanted = new Set(rowIds);
  const ids = [...(answer.getChild("_rowid") ?? [])].map((value) => BigInt(value));
  const scores = [...(answer.getChild("_score") ?? [])].map(Number);
  return new Map(ids.flatMap((id, index) => (wanted.has(id) ? [[id, scores[index] ?? 0]] : [])));
}

/** Words as the engine's analyzer counts them: a run without spaces may be several. */
export async function tokensOf(analyzer: Analyzer, words: readonly string[]): Promise<string[]> {
  const analyzed = await analyzer.analyzeWords(words);
  return words.flatMap((word) => analyzed(word).tokens);
}

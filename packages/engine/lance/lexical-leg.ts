import { BooleanQuery, type FullTextQuery, MatchQuery, Occur, Operator, PhraseQuery } from "@lancedb/lancedb";
import type { Leg } from "./fusion.ts";
import type { QueryText } from "./query-text.ts";
import type { Snapshot } from "./tables.ts";

/** The engine's query for what was typed; undefined when there is no word in it. */
export function buildLexicalQuery(query: QueryText): FullTextQuery | undefined {
  const ranked = query.terms.length > 0 ? new MatchQuery(query.terms.join(" "), "terms") : undefined;
  const clauses: [Occur, FullTextQuery][] = [];
  if (ranked) clauses.push([Occur.Should, ranked]);
  if (query.loneTerms.length > 0) clauses.push([Occur.Should, new MatchQuery(query.loneTerms.join(" "), "body")]);
  if (query.stopWordsOnly.length > 0) {
    // All of them in a passage: any one of them is in nearly every passage.
    clauses.push([Occur.Must, new MatchQuery(query.stopWordsOnly.join(" "), "body", { operator: Operator.And })]);
    if (query.stopWordsOnly.length > 1)
      clauses.push([Occur.Should, new PhraseQuery(query.stopWordsOnly.join(" "), "body", { slop: 1 })]);
  }
  for (const phrase of query.phrases) clauses.push([Occur.Must, new PhraseQuery(phrase, "body")]);
  if (clauses.length === 0) return undefined;
  for (const word of query.excluded)
    clauses.push([Occur.MustNot, new MatchQuery(word, "body", { operator: Operator.And })]);
  // A single clause ends early in the engine; a boolean query of one clause does not.
  return clauses.length === 1 && ranked ? ranked : new BooleanQuery(clauses);
}

/** Runs the word search: the best `limit` rows by BM25, with their row ids. */
export async function runLexicalLeg(
  snapshot: Snapshot,
  query: FullTextQuery,
  where: string | undefined,
  limit: number,
  timeoutMs: number,
): Promise<Leg> {
  const search = snapshot.table.query().fullTextSearch(query).select(["_rowid", "_score"]).withRowId().limit(limit);
  if (where !== undefined) search.where(where);
  const answer = await search.toArrow({ timeoutMs });
  return readLeg(answer, "_score", (score) => score);
}

/** Row ids and scores of an answer, best first. */
export function readLeg(
  answer: { getChild(name: string): Iterable<unknown> | null },
  column: string,
  toScore: (value: number) => number,
): Leg {
  const rowIds = [...(answer.getChild("_rowid") ?? [])].map((value) => BigInt(value as bigint | number));
  const scores = [...(answer.getChild(column) ?? [])].map((value) => toScore(Number(value)));
  const order = rowIds
    .map((_, index) => index)
    .sort((left, right) => (scores[right] ?? 0) - (scores[left] ?? 0) || left - right);
  return {
    rowIds: order.map((index) => rowIds[index] as bigint),
    scores: order.map((index) => scores[index] as number),
  };
}

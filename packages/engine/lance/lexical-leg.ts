import { BooleanQuery, type FullTextQuery, MatchQuery, Occur, Operator, PhraseQuery } from "@lancedb/lancedb";
import type { Leg } from "./fusion.ts";
import type { QueryText } from "./query-text.ts";
import { readLeg } from "./read-leg.ts";
import type { Snapshot } from "./tables.ts";

/** Words that may stand between the words of a query of nothing but stop words. */
export const stopWordsSlop = 1;

export type LegOptions = { where: string | undefined; limit: number; columns: readonly string[]; timeoutMs: number };

/** The engine's query for what was typed, with what stands for its synonyms; undefined when there is no word in it. */
export function buildLexicalQuery(query: QueryText, synonyms: FullTextQuery[] = []): FullTextQuery | undefined {
  const ranked = query.terms.length > 0 ? new MatchQuery(query.terms.join(" "), "terms") : undefined;
  const clauses: [Occur, FullTextQuery][] = [];
  if (ranked) clauses.push([Occur.Should, ranked]);
  if (query.loneTerms.length > 0) clauses.push([Occur.Should, new MatchQuery(query.loneTerms.join(" "), "body")]);
  if (query.stopWordsOnly.length > 0) {
    const text = query.stopWordsOnly.join(" ");
    // All of them in a passage: any one of them is in nearly every passage.
    clauses.push([Occur.Must, new MatchQuery(text, "body", { operator: Operator.And })]);
    if (query.stopWordsOnly.length > 1)
      clauses.push([Occur.Should, new PhraseQuery(text, "body", { slop: stopWordsSlop })]);
  }
  for (const synonym of synonyms) clauses.push([Occur.Should, synonym]);
  for (const phrase of query.phrases) clauses.push([Occur.Must, new PhraseQuery(phrase, "body")]);
  if (clauses.length === 0) return undefined;
  for (const word of query.excluded) clauses.push([Occur.MustNot, new MatchQuery(word, "body")]);
  // A single match ends early in the engine; a boolean query of one clause does not.
  return clauses.length === 1 && ranked ? ranked : new BooleanQuery(clauses);
}

/** Runs the word search: the best `limit` rows by BM25. */
export async function runLexicalLeg(snapshot: Snapshot, query: FullTextQuery, options: LegOptions): Promise<Leg> {
  const search = snapshot.table
    .query()
    .fullTextSearch(query)
    .select(["_rowid", "_score", ...options.columns])
    .withRowId()
    .limit(options.limit);
  if (options.where !== undefined) search.where(options.where);
  return readLeg(await search.toArrow({ timeoutMs: options.timeoutMs }), "_score", options.columns, (score) => score);
}

import { type FullTextQuery, MatchQuery } from "@lancedb/lancedb";
import type { Analyzer } from "./analyzer.ts";
import type { Leg } from "./fusion.ts";
import type { WordGroup } from "./synonyms.ts";
import type { Snapshot } from "./tables.ts";
import {
  type Sought,
  saturationMax,
  scoreKnownRows,
  seekPhrase,
  seekWord,
  tokensOf,
  weighRarity,
  weighScore,
} from "./word-statistics.ts";

/** One way to say it: what is searched with which boost, and what turns its unboosted score into a saturated count. */
type Variant = { sought: Sought; query: FullTextQuery; boost: number; scoreWeight: number };

/** A group ready for the search. */
export type WeighedGroup = {
  group: WordGroup;
  /** What finding it says, whichever word it is. */
  weight: number;
  variants: Variant[];
  /** The words of a typed phrase, which also count one by one. */
  typedWords: Sought[];
};

/** What a group adds to one passage, and the share of each of its words. */
export type GroupScore = { total: number; shares: { sought: Sought; score: number }[] };

/**
 * Weighs each group as one word: all of its words count as the most frequent one does, so that a rare synonym does not
 * outrank what was typed (as Lucene's SynonymQuery, which takes the greatest document frequency).
 */
export async function weighGroups(
  snapshot: Snapshot,
  analyzer: Analyzer,
  groups: readonly WordGroup[],
): Promise<WeighedGroup[]> {
  return Promise.all(groups.map((group) => weighGroup(snapshot, analyzer, group)));
}

async function weighGroup(snapshot: Snapshot, analyzer: Analyzer, group: WordGroup): Promise<WeighedGroup> {
  const isPhrase = group.typed.length > 1;
  const ways = isPhrase ? group.others : [group.typed, ...group.others];
  const weighed = await Promise.all(
    ways.map(async (words) => {
      const tokens = await tokensOf(analyzer, words);
      const isWord = tokens.length === 1;
      const sought = isWord ? seekWord(words[0] ?? "", "terms") : seekPhrase(words.join(" "));
      const rarity = await weighRarity(snapshot, sought);
      const scoreWeight = isWord ? rarity : await weighScore(snapshot, sought, words.length > 1 ? words : tokens);
      return { sought, rarity, scoreWeight, isWord };
    }),
  );
  const found = weighed.filter(({ rarity, scoreWeight }) => rarity > 0 && scoreWeight > 0);
  const typedWords = isPhrase ? await listTypedWords(analyzer, group.typed) : [];
  const typedWeight = sum(await Promise.all(typedWords.map((word) => weighRarity(snapshot, word))));
  // Where nothing holds what was typed, its synonyms speak for themselves.
  const weight = typedWeight > 0 ? typedWeight : Math.min(...found.map(({ rarity }) => rarity));
  return {
    group,
    weight: found.length > 0 ? weight : 0,
    variants: found.map(({ sought, scoreWeight, isWord }) => {
      // The engine boosts words, not phrases; either is put right afterwards.
      const boost = isWord ? (group.times * weight) / scoreWeight : 1;
      const query = isWord ? new MatchQuery(sought.text, "terms", { boost }) : sought.query;
      return { sought, query, boost, scoreWeight };
    }),
    typedWords,
  };
}

async function listTypedWords(analyzer: Analyzer, words: readonly string[]): Promise<Sought[]> {
  const analyzed = await analyzer.analyzeWords(words);
  return words.filter((word) => !analyzed(word).isStop).map((word) => seekWord(word, "terms"));
}

/** What is searched beside the other words of the query. */
export const listGroupQueries = (groups: readonly WeighedGroup[]): FullTextQuery[] =>
  groups.flatMap(({ variants }) => variants.map(({ query }) => query));

/**
 * Scores a group in each row as if its words were one: their counts are added before they saturate. The engine saturates
 * each word by itself, and its score over the word's weight gives the count back: x = s / (2.2 - s), 2.2 x / (1 + x) = s.
 */
export async function scoreGroup(
  snapshot: Snapshot,
  weighed: WeighedGroup,
  rowIds: readonly bigint[],
): Promise<{ engine: Map<bigint, number>; scores: Map<bigint, GroupScore> }> {
  const { group, weight, variants, typedWords } = weighed;
  const [found, typed] = await Promise.all([
    Promise.all(variants.map(({ sought }) => scoreKnownRows(snapshot, sought, rowIds))),
    Promise.all(typedWords.map((word) => scoreKnownRows(snapshot, word, rowIds))),
  ]);
  const engine = new Map<bigint, number>();
  const scores = new Map<bigint, GroupScore>();
  for (const rowId of rowIds) {
    const raw = found.map((one) => one.get(rowId) ?? 0);
    const counts = raw.map((score, at) => {
      const saturated = Math.min(score / (variants[at]?.scoreWeight ?? 1), saturationMax - 0.01);
      return saturated / (saturationMax - saturated);
    });
    const byWords = typed.map((one) => group.times * (one.get(rowId) ?? 0));
    const wordsTotal = sum(byWords);
    engine.set(rowId, sum(raw.map((score, at) => score * (variants[at]?.boost ?? 1))) + wordsTotal);
    const count = sum(counts);
    const total = (group.times * weight * saturationMax * count) / (1 + count);
    if (Math.max(total, wordsTotal) === 0) continue;
    const shares =
      wordsTotal >= total
        ? typedWords.map((sought, at) => ({ sought, score: byWords[at] ?? 0 }))
        : variants.map(({ sought }, at) => ({ sought, score: (total * (counts[at] ?? 0)) / count }));
    scores.set(rowId, { total: Math.max(total, wordsTotal), shares: shares.filter(({ score }) => score > 0) });
  }
  return { engine, scores };
}

/** The word search's answer with each group counted as one word, in its new order. */
export async function countGroupsOnce(snapshot: Snapshot, leg: Leg, groups: readonly WeighedGroup[]): Promise<Leg> {
  const scored = await Promise.all(groups.map((group) => scoreGroup(snapshot, group, leg.rowIds)));
  const entries = leg.rowIds.map((rowId, at) => {
    const change = scored.reduce(
      (total, { engine, scores }) => total - (engine.get(rowId) ?? 0) + (scores.get(rowId)?.total ?? 0),
      0,
    );
    return { rowId, score: Math.max((leg.scores[at] as number) + change, 0) };
  });
  entries.sort((left, right) => right.score - left.score || (left.rowId < right.rowId ? -1 : 1));
  return { rowIds: entries.map(({ rowId }) => rowId), scores: entries.map(({ score }) => score), rows: leg.rows };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

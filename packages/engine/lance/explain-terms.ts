import type { EngineHit, FieldWeights, TermPart } from "../../core/kernel/ports/search-engine.ts";
import { type Analyzer, splitWords } from "./analyzer.ts";
import type { FusedHit } from "./fusion.ts";
import { markTexts, prepareTargets } from "./highlight.ts";
import { stopWordsSlop } from "./lexical-leg.ts";
import type { QueryText } from "./query-text.ts";
import type { Snapshot } from "./tables.ts";
import { scoreGroup, type WeighedGroup } from "./weigh-groups.ts";
import { type Sought, scoreRows, seekPhrase, seekWord } from "./word-statistics.ts";

export type TermsContext = {
  snapshot: Snapshot;
  analyzer: Analyzer;
  parsed: QueryText;
  groups: readonly WeighedGroup[];
  fieldWeights: FieldWeights;
};

const fieldNames = ["title", "section", "text"] as const;

/**
 * What each word of the query adds to the word scores of the page's hits: the engine's own score of each word in each row,
 * which add up to the row's score. A word's score is shared among the fields by how often it stands there, weighed.
 */
export async function explainTerms(page: FusedHit[], hits: EngineHit[], context: TermsContext): Promise<TermPart[][]> {
  const rowIds = page.map((hit) => hit.rowId);
  const { snapshot, groups } = context;
  const [singles, grouped] = await Promise.all([
    Promise.all(
      listSought(context).map(async ({ sought, times }) => ({
        sought,
        times,
        scores: await scoreRows(snapshot, sought, rowIds),
      })),
    ),
    Promise.all(groups.map((group) => scoreGroup(snapshot, group, rowIds))),
  ]);
  const parts: TermPart[][] = [];
  for (const [at, fused] of page.entries()) {
    const found = [
      ...singles.map(({ sought, times, scores }) => ({ sought, score: times * (scores.get(fused.rowId) ?? 0) })),
      ...grouped.flatMap(({ scores }) => scores.get(fused.rowId)?.shares ?? []),
    ].filter(({ score }) => score > 0);
    const total = found.reduce((sum, { score }) => sum + score, 0);
    // Rows that the indices have not taken in yet are scored with statistics of their own, which a look-up does not see.
    const scale = total > 0 && fused.lexical !== null ? fused.lexical / total : 1;
    const hit = hits[at];
    const lists = hit ? await Promise.all(found.map((one) => shareByField(one, hit, scale, context))) : [];
    parts.push(lists.flat());
  }
  return parts;
}

/** Every word and phrase that the word search scores, but those of typed phrases with synonyms, which the group tells. */
function listSought({ parsed, groups }: TermsContext): { sought: Sought; times: number }[] {
  const counts = new Map<string, { sought: Sought; times: number }>();
  const add = (sought: Sought) => {
    const key = `${sought.column} ${sought.query.queryType()} ${sought.text.toLowerCase()}`;
    const known = counts.get(key);
    if (known) known.times += 1;
    else counts.set(key, { sought, times: 1 });
  };
  const told = groups.flatMap(({ group, typedWords }) =>
    typedWords.flatMap(({ text }) => Array.from({ length: group.times }, () => text)),
  );
  for (const term of parsed.terms) {
    const at = told.findIndex((word) => word.toLowerCase() === term.toLowerCase());
    if (at >= 0) told.splice(at, 1);
    else add(seekWord(term, "terms"));
  }
  for (const word of [...parsed.loneTerms, ...parsed.stopWordsOnly]) add(seekWord(word, "body"));
  if (parsed.stopWordsOnly.length > 1) add(seekPhrase(parsed.stopWordsOnly.join(" "), stopWordsSlop));
  for (const phrase of parsed.phrases) add(seekPhrase(phrase));
  return [...counts.values()];
}

async function shareByField(
  { sought, score }: { sought: Sought; score: number },
  hit: EngineHit,
  scale: number,
  { analyzer, fieldWeights }: TermsContext,
): Promise<TermPart[]> {
  const { title, section, text } = hit.passage;
  const words = splitWords(sought.text).map((word) => word.text);
  const isPhrase = sought.column === "body" && words.length > 1;
  const targets = await prepareTargets(analyzer, isPhrase ? [] : words, isPhrase ? [sought.text] : []);
  const marks = await markTexts(analyzer, [title, section, text], targets);
  const weights = sought.column === "terms" ? [fieldWeights.title, fieldWeights.section, 1] : [1, 1, 1];
  const counts = marks.map((list) => list.length);
  const weighed = counts.map((count, at) => count * (weights[at] ?? 1));
  const all = weighed.reduce((sum, one) => sum + one, 0);
  // Words that only the engine's analyzer sees, such as a part of a run without spaces, are told with the text.
  if (all === 0) return [{ term: sought.text, field: "text", occurrences: 1, score: score * scale }];
  return fieldNames.flatMap((field, at): TermPart[] =>
    (weighed[at] ?? 0) > 0
      ? [
          {
            term: sought.text,
            field,
            occurrences: counts[at] ?? 0,
            score: (score * scale * (weighed[at] ?? 0)) / all,
          },
        ]
      : [],
  );
}

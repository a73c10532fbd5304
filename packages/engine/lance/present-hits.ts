import type { EngineHit, EngineQuery, FieldWeights, Fusion } from "../../core/kernel/ports/search-engine.ts";
import type { Analyzer } from "./analyzer.ts";
import { explainTerms } from "./explain-terms.ts";
import { explainFusion, type FusedHit } from "./fusion.ts";
import { cutFragment, markTexts, prepareTargets } from "./highlight.ts";
import type { QueryText } from "./query-text.ts";
import { takePassages } from "./read-rows.ts";
import type { Snapshot } from "./tables.ts";
import type { WeighedGroup } from "./weigh-groups.ts";

export type HitContext = {
  query: EngineQuery;
  parsed: QueryText;
  groups: readonly WeighedGroup[];
  fieldWeights: FieldWeights;
  fusion: Fusion;
  legs: { lexical: boolean; vector: boolean };
};

/** Reads the page's passages and adds marks, fragment and score parts as asked. */
export async function presentHits(
  snapshot: Snapshot,
  analyzer: Analyzer,
  page: FusedHit[],
  context: HitContext,
): Promise<EngineHit[]> {
  const passages = await takePassages(
    snapshot,
    page.map((hit) => hit.rowId),
  );
  const hits: EngineHit[] = [];
  const shown = page.filter((fused) => passages.has(fused.rowId));
  for (const fused of shown) {
    const passage = passages.get(fused.rowId);
    if (passage === undefined) continue;
    hits.push({
      passage,
      score: fused.score,
      marks: [],
      fragment: cutFragment(passage.text, []),
      titleMarks: [],
      ...(fused.rule ? { rule: fused.rule } : {}),
      ...(context.query.explain ? { parts: explainParts(fused, context) } : {}),
    });
  }
  if (context.query.highlight) await addMarks(hits, analyzer, context);
  if (context.query.explainTerms) {
    const terms = await explainTerms(shown, hits, { snapshot, analyzer, ...context });
    hits.forEach((hit, at) => {
      hit.terms = terms[at] ?? [];
    });
  }
  return hits;
}

function explainParts(hit: FusedHit, context: HitContext): NonNullable<EngineHit["parts"]> {
  const { lexical, lexicalNormalised, vector, vectorNormalised } = hit;
  return {
    lexical,
    lexicalNormalised,
    vector,
    vectorNormalised,
    formula: explainFusion(hit, context.fusion, context.legs),
  };
}

async function addMarks(hits: EngineHit[], analyzer: Analyzer, { parsed, groups }: HitContext): Promise<void> {
  const synonyms = groups.flatMap(({ variants }) => variants.map(({ sought }) => sought));
  const targets = await prepareTargets(
    analyzer,
    [
      ...parsed.terms,
      ...parsed.loneTerms,
      ...parsed.stopWordsOnly,
      ...synonyms.filter(({ column }) => column === "terms").map(({ text }) => text),
    ],
    [...parsed.phrases, ...synonyms.filter(({ column }) => column === "body").map(({ text }) => text)],
  );
  const marks = await markTexts(
    analyzer,
    hits.flatMap((hit) => [hit.passage.text, hit.passage.title]),
    targets,
  );
  hits.forEach((hit, index) => {
    hit.marks = marks[index * 2] ?? [];
    hit.titleMarks = marks[index * 2 + 1] ?? [];
    hit.fragment = cutFragment(hit.passage.text, hit.marks);
  });
}

import { createHash } from "node:crypto";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { findCollections, readCollection } from "../../engine/relevance/collection.ts";
import { measureQuality } from "./metrics.ts";

const collections = findCollections(path.resolve(import.meta.dirname, "../../.."));
if (collections === undefined) console.log("Skipped: the judged collections are not in ../shared/ir.");

const depth = 100;
const unjudged = 300;

/** Documents in an order that only chance decides, the same everywhere: by the hash of question and document. */
const shuffle = (question: string, documents: Iterable<string>): string[] => {
  const hashOf = (id: string): string => createHash("sha256").update(`${question} ${id}`).digest("hex");
  return [...new Set(documents)]
    .map((id) => [hashOf(id), id] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, depth)
    .map(([, id]) => id);
};

/**
 * trec_eval's figures for these very rankings, by pytrec_eval-terrier 0.5.11 (`RelevanceEvaluator(qrels, {"ndcg_cut.10",
 * "recall.10,100", "recip_rank"})`, means over all judged questions), computed once on 2026-11-23.
 */
const byTrecEval = {
  cran: [225, 0.023919232341630233, 0.027454407515811026, 0.34563859549463277, 0.09603751439689447],
  cisi: [76, 0.11472272621871334, 0.030350812186116297, 0.2905278312915856, 0.23037863753203403],
  med: [30, 0.0651990869817367, 0.037291073095670806, 0.31307759736682783, 0.17297739350514665],
  cacm: [52, 0.0556670361042987, 0.03825546885904711, 0.3755585795385421, 0.16700367809614453],
  npl: [93, 0.05498367622755518, 0.022034628149019072, 0.3055177746421601, 0.1777009811514668],
} as const;

describe.skipIf(collections === undefined)("figures of the judged collections", () => {
  it.each(Object.entries(byTrecEval))("of %s are trec_eval's", async (name, expected) => {
    const collection = await readCollection(path.join(collections ?? "", name));
    const first = collection.documents.slice(0, unjudged).map((one) => one.id);
    const rankings = new Map(
      [...collection.judgments].map(([id, judged]) => [id, shuffle(id, [...first, ...judged.keys()])]),
    );
    const { questions, ndcg10, recall10, recall100, mrr } = measureQuality(rankings, collection.judgments);
    const figures = [questions, ndcg10, recall10, recall100, mrr];
    figures.forEach((figure, i) => {
      expect(figure).toBeCloseTo(expected[i] ?? Number.NaN, 10);
    });
  });
});

/** Relevance of the engine with the shipped embedder on the judged collections: `node bench/relevance.ts [--small] [collection …]`. `--small`: with the model of half the dimensions. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { computeNdcg, measureQuality } from "../packages/core/kernel/metrics.ts";
import { gloveRecipe, smallGloveRecipe } from "../packages/engine/embedders/glove/build-model.ts";
import { createGloveEmbedder, ensureGloveModel } from "../packages/engine/embedders/glove/index.ts";
import { createLanceEngine } from "../packages/engine/index.ts";
import { findCollections, readCollection } from "../packages/engine/relevance/collection.ts";
import { indexCollection, rankCollection } from "../packages/engine/relevance/run-collection.ts";
import { bootstrapInterval, formatTable } from "./support/figures.ts";

const budgets: Record<string, number> = { cran: 0.388, cisi: 0.432, med: 0.71, cacm: 0.523, npl: 0.442 };
const root = path.resolve(import.meta.dirname, "..");
const folder = findCollections(root);
if (folder === undefined) {
  console.log("Skipped: the judged collections are not in ../shared/ir.");
  process.exit(0);
}
const names = process.argv.slice(2).filter((argument) => argument !== "--small");
const recipe = process.argv.includes("--small") ? smallGloveRecipe : gloveRecipe;
const embedder = await createGloveEmbedder({
  folder: await ensureGloveModel(path.join(root, ".samla", "models"), recipe),
});
const uri = await mkdtemp(path.join(tmpdir(), "samla-relevance-"));
const engine = await createLanceEngine({ uri, log: () => undefined });
const chosen = names.length > 0 ? names : Object.keys(budgets);
const show = (value: number): string => value.toFixed(3);
const rows: (string | number)[][] = [];
try {
  for (const name of chosen) {
    const collection = await readCollection(path.join(folder, name));
    await indexCollection(engine, embedder, name, collection);
    for (const mode of ["lexical", "vector", "hybrid"] as const) {
      const rankings = await rankCollection(engine, embedder, name, collection, mode);
      const quality = measureQuality(rankings, collection.judgments);
      const each = [...collection.judgments].map(([id, judged]) => computeNdcg(rankings.get(id) ?? [], judged));
      const budget = mode === "hybrid" ? budgets[name] : undefined;
      rows.push([
        name,
        { lexical: "words", vector: "similarity", hybrid: "hybrid" }[mode],
        String(quality.questions),
        ...[quality.ndcg10, quality.recall10, quality.recall100, quality.mrr].map(show),
        bootstrapInterval(each).map(show).join(" to "),
        budget === undefined ? "" : show(budget),
        budget === undefined ? "" : Number(show(quality.ndcg10)) >= budget ? "yes" : "**no**",
      ]);
    }
  }
  console.log(
    formatTable(
      [
        "collection",
        "by",
        "questions",
        "nDCG@10",
        "recall@10",
        "recall@100",
        "MRR",
        "nDCG@10, 95 of 100",
        "nDCG@10 budget",
        "met",
      ],
      rows,
    ),
  );
} finally {
  await engine.close();
  await rm(uri, { recursive: true, force: true });
}

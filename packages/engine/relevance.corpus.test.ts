import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Embedder } from "../core/kernel/ports/embedder.ts";
import type { SearchEngine } from "../core/kernel/ports/search-engine.ts";
import { createGloveEmbedder, ensureGloveModel } from "./embedders/glove/index.ts";
import { createLanceEngine } from "./index.ts";
import { findCollections, readCollection } from "./relevance/collection.ts";
import { indexCollection, measureCollection } from "./relevance/run-collection.ts";

const root = path.resolve(import.meta.dirname, "../..");
const collections = findCollections(root);
if (collections === undefined) console.log("Skipped: the judged collections are not in ../shared/ir.");

describe.skipIf(collections === undefined)("relevance with the shipped embedder", () => {
  let uri: string;
  let engine: SearchEngine;
  let embedder: Embedder;
  beforeAll(async () => {
    uri = await mkdtemp(path.join(tmpdir(), "samla-relevance-"));
    engine = await createLanceEngine({ uri, log: () => undefined });
    embedder = await createGloveEmbedder({ folder: await ensureGloveModel(path.join(root, ".samla", "models")) });
  });
  afterAll(async () => {
    await engine.close();
    await rm(uri, { recursive: true, force: true });
  });

  it.each([
    ["cran", 0.388],
    ["med", 0.7],
  ])("of %s is at least nDCG@10 %d, and no lower than by words alone", { timeout: 120_000 }, async (name, least) => {
    const collection = await readCollection(path.join(collections ?? "", name));
    await indexCollection(engine, embedder, name, collection);
    const words = await measureCollection(engine, embedder, name, collection, "lexical");
    const hybrid = await measureCollection(engine, embedder, name, collection, "hybrid");
    const show = (value: number) => value.toFixed(3);
    console.log(
      `${name}: words ${show(words.ndcg10)}, hybrid ${show(hybrid.ndcg10)}, recall@100 ${show(hybrid.recall100)}, MRR ${show(hybrid.mrr)}`,
    );
    expect(Number(show(hybrid.ndcg10))).toBeGreaterThanOrEqual(least);
    expect(hybrid.ndcg10).toBeGreaterThan(words.ndcg10);
  });
});

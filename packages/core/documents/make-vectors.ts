import { type Embedder, WrongVectorsError } from "../kernel/index.ts";
import type { PassagesFile } from "./passages-file.ts";

const batchSize = 64;

/**
 * The vectors of a version's passages, one for each. A passage is read with its title, headings and table header, so that
 * it says by itself what it is about. Throws when the embedder fails or gives something else than was asked for.
 */
export const makeVectors = async (
  embedder: Embedder,
  file: Pick<PassagesFile, "title" | "passages">,
  signal?: AbortSignal,
): Promise<Float32Array[]> => {
  const texts = file.passages.map((passage) =>
    [file.title, ...passage.headingPath, passage.tableHeader, passage.text].filter(Boolean).join("\n"),
  );
  const vectors: Float32Array[] = [];
  for (let i = 0; i < texts.length; i += batchSize) {
    signal?.throwIfAborted();
    vectors.push(...(await embedder.embed(texts.slice(i, i + batchSize), "passage", signal)));
  }
  const wrong = vectors.find((one) => one.length !== embedder.dimensions || !one.every(Number.isFinite));
  if (wrong || vectors.length !== texts.length)
    throw new WrongVectorsError(
      `The embedder ${embedder.id} gave ${vectors.length} vectors for ${texts.length} texts, ${wrong ? `one of ${wrong.length} values that are not ${embedder.dimensions} numbers` : "each as wanted"}`,
    );
  return vectors;
};

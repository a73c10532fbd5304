import { WrongVectorsError } from "../../core/kernel/ports/embedder.ts";
import type { Fusion } from "../../core/kernel/ports/search-engine.ts";

/** Where a model of sentences starts: equal ranks. Tune it by the index's own questions. */
export const strongModelFusion: Fusion = { kind: "rrf", k: 60, lexicalWeight: 1, vectorWeight: 1 };

/** Vectors of unit length. Throws when one is missing, of another size, or not made of finite numbers. */
export function checkVectors(
  vectors: ArrayLike<number>[],
  expected: { owner: string; dimensions: number; count: number },
): Float32Array[] {
  const { owner, dimensions, count } = expected;
  if (vectors.length !== count) throw new Error(`${owner} returned ${vectors.length} vectors for ${count} texts.`);
  return vectors.map((values) => {
    if (values.length !== dimensions) {
      throw new WrongVectorsError(
        `${owner} returned ${values.length} dimensions, configured are ${dimensions}. Set the dimensions of the model.`,
      );
    }
    const vector = Float32Array.from(values);
    let squares = 0;
    for (const value of vector) squares += value * value;
    if (!Number.isFinite(squares)) throw new Error(`${owner} returned a number that is not finite.`);
    const norm = Math.sqrt(squares) || 1;
    return vector.map((value) => value / norm);
  });
}

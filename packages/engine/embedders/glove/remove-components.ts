/**
 * Removes the mean and the strongest principal directions of word vectors in place ("all-but-the-top",
 * Mu and Viswanath 2018, arXiv:1702.01417): what most words share says nothing about their meaning.
 * `vectors` is words x dimensions, row by row.
 */
export function removeCommonComponents(vectors: Float32Array, dimensions: number, components: number): void {
  const words = vectors.length / dimensions;
  const mean = new Float64Array(dimensions);
  for (let index = 0; index < vectors.length; index++) {
    const column = index % dimensions;
    mean[column] = (mean[column] as number) + (vectors[index] as number) / words;
  }
  for (let index = 0; index < vectors.length; index++) {
    vectors[index] = (vectors[index] as number) - (mean[index % dimensions] as number);
  }
  const directions = findDirections(covarianceOf(vectors, dimensions), dimensions, components);
  for (let word = 0; word < words; word++) {
    const row = vectors.subarray(word * dimensions, (word + 1) * dimensions);
    for (const direction of directions) {
      let dot = 0;
      for (let index = 0; index < dimensions; index++) dot += (row[index] as number) * (direction[index] as number);
      for (let index = 0; index < dimensions; index++) {
        row[index] = (row[index] as number) - dot * (direction[index] as number);
      }
    }
  }
}

/**
 * The vectors in the coordinates of their strongest principal directions, which keeps most of what tells words apart in fewer
 * numbers (Raunak et al. 2019, arXiv:1708.03629). The mean should have been removed.
 */
export function keepPrincipalDimensions(vectors: Float32Array, dimensions: number, kept: number): Float32Array {
  const words = vectors.length / dimensions;
  const directions = findDirections(covarianceOf(vectors, dimensions), dimensions, kept);
  const reduced = new Float32Array(words * kept);
  for (let word = 0; word < words; word++) {
    const row = vectors.subarray(word * dimensions, (word + 1) * dimensions);
    directions.forEach((direction, number) => {
      let dot = 0;
      for (let index = 0; index < dimensions; index++) dot += (row[index] as number) * (direction[index] as number);
      reduced[word * kept + number] = dot;
    });
  }
  return reduced;
}

function covarianceOf(vectors: Float32Array, dimensions: number): Float64Array {
  const covariance = new Float64Array(dimensions * dimensions);
  const words = vectors.length / dimensions;
  // Every word adds little beyond some ten thousand; the sample keeps the build short.
  const step = Math.max(1, Math.floor(words / 40_000));
  for (let word = 0; word < words; word += step) {
    const base = word * dimensions;
    for (let row = 0; row < dimensions; row++) {
      const value = vectors[base + row] as number;
      const target = row * dimensions;
      for (let column = 0; column < dimensions; column++) {
        covariance[target + column] =
          (covariance[target + column] as number) + value * (vectors[base + column] as number);
      }
    }
  }
  return covariance;
}

/** Leading eigenvectors by power iteration with deflation; deterministic start. */
function findDirections(matrix: Float64Array, dimensions: number, count: number): Float64Array[] {
  const found: Float64Array[] = [];
  for (let number = 0; number < count; number++) {
    let vector = Float64Array.from({ length: dimensions }, (_, index) => Math.cos(index * (number + 1)));
    for (let round = 0; round < 300; round++) {
      const next = new Float64Array(dimensions);
      for (let row = 0; row < dimensions; row++) {
        let sum = 0;
        for (let column = 0; column < dimensions; column++) {
          sum += (matrix[row * dimensions + column] as number) * (vector[column] as number);
        }
        next[row] = sum;
      }
      for (const other of found) {
        const dot = next.reduce((sum, value, index) => sum + value * (other[index] as number), 0);
        for (let index = 0; index < dimensions; index++)
          next[index] = (next[index] as number) - dot * (other[index] as number);
      }
      const norm = Math.hypot(...next) || 1;
      vector = next.map((value) => value / norm);
    }
    found.push(vector);
  }
  return found;
}

/** Little-endian float32 values, one vector after another. */
export const formatVectors = (vectors: Float32Array[]): Uint8Array => {
  const dimensions = vectors[0]?.length ?? 0;
  const all = new Float32Array(vectors.length * dimensions);
  vectors.forEach((vector, i) => {
    all.set(vector, i * dimensions);
  });
  return new Uint8Array(all.buffer);
};

/** Reads what `formatVectors` wrote; [] when the size does not fit the dimensions. */
export const parseVectors = (bytes: Uint8Array, dimensions: number): Float32Array[] => {
  const stride = dimensions * 4;
  if (stride === 0 || bytes.byteLength % stride !== 0) return [];
  const copy = new Uint8Array(bytes).buffer;
  return Array.from({ length: bytes.byteLength / stride }, (_, i) => new Float32Array(copy, i * stride, dimensions));
};

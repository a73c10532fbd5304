import { hashBytes, headerBytes, locateSections, type ModelLayout, modelFormatVersion, modelMagic } from "./format.ts";

export type PackInput = {
  words: string[];
  /** words x dimensions */
  vectors: Float32Array;
  /** One weight a word; multiplied into its scale. */
  weights: Float32Array;
  dimensions: number;
};

/** Quantises word vectors to int8 (one scale a word) and lays out the model file. */
export function packModel(input: PackInput): Uint8Array {
  const { words, vectors, weights, dimensions } = input;
  const encoded = words.map((word) => Buffer.from(word, "utf8"));
  const layout: ModelLayout = {
    words: words.length,
    dimensions,
    slots: 2 ** Math.ceil(Math.log2(words.length * 2)),
    wordBytes: encoded.reduce((sum, bytes) => sum + bytes.length, 0),
  };
  const sections = locateSections(layout);
  const file = new Uint8Array(sections.end);
  const header = new DataView(file.buffer, 0, headerBytes);
  [modelMagic, modelFormatVersion, layout.words, dimensions, layout.slots, layout.wordBytes].forEach((value, index) => {
    header.setUint32(index * 4, value, true);
  });
  const quantised = new Int8Array(file.buffer, sections.vectors, layout.words * dimensions);
  const scales = new Float32Array(file.buffer, sections.scales, layout.words);
  const table = new Uint32Array(file.buffer, sections.table, layout.slots);
  const offsets = new Uint32Array(file.buffer, sections.offsets, layout.words + 1);
  let offset = 0;
  encoded.forEach((bytes, word) => {
    let largest = 1e-9;
    for (let index = 0; index < dimensions; index++) {
      largest = Math.max(largest, Math.abs(vectors[word * dimensions + index] as number));
    }
    for (let index = 0; index < dimensions; index++) {
      quantised[word * dimensions + index] = Math.round(
        ((vectors[word * dimensions + index] as number) / largest) * 127,
      );
    }
    scales[word] = (largest / 127) * (weights[word] as number);
    file.set(bytes, sections.text + offset);
    offsets[word] = offset;
    offset += bytes.length;
    let slot = hashBytes(bytes, 0, bytes.length) & (layout.slots - 1);
    while (table[slot] !== 0) slot = (slot + 1) & (layout.slots - 1);
    table[slot] = word + 1;
  });
  offsets[layout.words] = offset;
  return file;
}

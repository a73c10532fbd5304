import { readFile } from "node:fs/promises";
import { hashBytes, headerBytes, locateSections, modelFormatVersion, modelMagic } from "./format.ts";

/** A model in memory: typed arrays over one buffer, no string per word. */
export type StaticModel = {
  words: number;
  dimensions: number;
  sizeBytes: number;
  /** Adds the word's weighted vector to the sum; false when the word is not in the vocabulary. */
  addWord(word: string, sum: Float32Array): boolean;
};

const encoder = new TextEncoder();

/** Reads a packed model. Throws with the file's name when it is missing, cut or of another format. */
export async function loadStaticModel(file: string): Promise<StaticModel> {
  const read = await readFile(file).catch((cause: unknown) => {
    throw new Error(`The embedding model ${file} cannot be read. Build it with embedders/glove/build-model.ts.`, {
      cause,
    });
  });
  // A pooled or misaligned buffer cannot carry typed arrays of four bytes.
  const bytes = read.byteOffset % 8 === 0 ? read : new Uint8Array(read);
  const header = new DataView(bytes.buffer, bytes.byteOffset, Math.min(headerBytes, bytes.byteLength));
  if (bytes.byteLength < headerBytes || header.getUint32(0, true) !== modelMagic) {
    throw new Error(`${file} is not a packed embedding model. Delete it and build it again.`);
  }
  if (header.getUint32(4, true) !== modelFormatVersion) {
    throw new Error(`${file} has format ${header.getUint32(4, true)}, expected ${modelFormatVersion}. Build it again.`);
  }
  const words = header.getUint32(8, true);
  const dimensions = header.getUint32(12, true);
  const slots = header.getUint32(16, true);
  const sections = locateSections({ words, dimensions, slots, wordBytes: header.getUint32(20, true) });
  if (sections.end !== bytes.byteLength) throw new Error(`${file} is cut short. Delete it and build it again.`);
  const at = bytes.byteOffset;
  const vectors = new Int8Array(bytes.buffer, at + sections.vectors, words * dimensions);
  const scales = new Float32Array(bytes.buffer, at + sections.scales, words);
  const table = new Uint32Array(bytes.buffer, at + sections.table, slots);
  const offsets = new Uint32Array(bytes.buffer, at + sections.offsets, words + 1);
  const text = new Uint8Array(bytes.buffer, at + sections.text, sections.end - sections.text);
  const scratch = new Uint8Array(256);

  const findWord = (word: string): number => {
    if (word.length > 80) return -1;
    const length = encoder.encodeInto(word, scratch).written;
    let slot = hashBytes(scratch, 0, length) & (slots - 1);
    for (;;) {
      const entry = table[slot] as number;
      if (entry === 0) return -1;
      const start = offsets[entry - 1] as number;
      if ((offsets[entry] as number) - start === length && isEqual(text, start, scratch, length)) return entry - 1;
      slot = (slot + 1) & (slots - 1);
    }
  };

  return {
    words,
    dimensions,
    sizeBytes: bytes.byteLength,
    addWord: (word, sum) => {
      const number = findWord(word);
      if (number < 0) return false;
      const scale = scales[number] as number;
      const base = number * dimensions;
      for (let index = 0; index < dimensions; index++) {
        sum[index] = (sum[index] as number) + scale * (vectors[base + index] as number);
      }
      return true;
    },
  };
}

function isEqual(text: Uint8Array, start: number, other: Uint8Array, length: number): boolean {
  for (let index = 0; index < length; index++) if (text[start + index] !== other[index]) return false;
  return true;
}

import { open, readFile } from "node:fs/promises";
import { hashBytes, headerBytes, locateSections, type ModelLayout, modelFormatVersion, modelMagic } from "./format.ts";

/** A model in memory: typed arrays over one buffer, no string per word. */
export type StaticModel = {
  words: number;
  dimensions: number;
  sizeBytes: number;
  /** Adds the word's weighted vector to the sum; false when the word is not in the vocabulary. */
  addWord(word: string, sum: Float32Array): boolean;
};

const encoder = new TextEncoder();

const failReading = (file: string) => (cause: unknown) => {
  throw new Error(`The embedding model ${file} cannot be read. Build it with embedders/glove/build-model.ts.`, {
    cause,
  });
};

/** What the header of a packed model says, without reading the rest. Throws as `loadStaticModel` does. */
export async function readModelFacts(file: string): Promise<{ dimensions: number; sizeBytes: number }> {
  const handle = await open(file).catch(failReading(file));
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(new Uint8Array(headerBytes), 0, headerBytes, 0);
    return { dimensions: readLayout(buffer.subarray(0, bytesRead), size, file).dimensions, sizeBytes: size };
  } finally {
    await handle.close();
  }
}

function readLayout(bytes: Uint8Array, sizeBytes: number, file: string): ModelLayout {
  const header = new DataView(bytes.buffer, bytes.byteOffset, Math.min(headerBytes, bytes.byteLength));
  if (bytes.byteLength < headerBytes || header.getUint32(0, true) !== modelMagic) {
    throw new Error(`${file} is not a packed embedding model. Delete it and build it again.`);
  }
  if (header.getUint32(4, true) !== modelFormatVersion) {
    throw new Error(`${file} has format ${header.getUint32(4, true)}, expected ${modelFormatVersion}. Build it again.`);
  }
  const layout = {
    words: header.getUint32(8, true),
    dimensions: header.getUint32(12, true),
    slots: header.getUint32(16, true),
    wordBytes: header.getUint32(20, true),
  };
  if (locateSections(layout).end !== sizeBytes) throw new Error(`${file} is cut short. Delete it and build it again.`);
  return layout;
}

/** Reads a packed model. Throws with the file's name when it is missing, cut or of another format. */
export async function loadStaticModel(file: string): Promise<StaticModel> {
  const read = await readFile(file).catch(failReading(file));
  // A pooled or misaligned buffer cannot carry typed arrays of four bytes.
  const bytes = read.byteOffset % 8 === 0 ? read : new Uint8Array(read);
  const layout = readLayout(bytes, bytes.byteLength, file);
  const { words, dimensions, slots } = layout;
  const sections = locateSections(layout);
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

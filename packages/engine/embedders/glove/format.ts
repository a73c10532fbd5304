/**
 * File format of the packed static embedding model (`model.bin`), little endian:
 * a 64-byte header, then word vectors as int8, one float32 scale a word (dequantising times the word's
 * SIF weight), an open-addressing hash table of word numbers, word offsets, and the words as UTF-8.
 */
export const modelMagic = 0x564c4753; // "SGLV"
export const modelFormatVersion = 1;
export const headerBytes = 64;

export type ModelLayout = {
  words: number;
  dimensions: number;
  /** Slots of the hash table, a power of two; a slot holds word number + 1, or 0 when free. */
  slots: number;
  wordBytes: number;
};

export type ModelSections = {
  vectors: number;
  scales: number;
  table: number;
  offsets: number;
  text: number;
  end: number;
};

/** Byte offset of each section; every section starts at a multiple of 8. */
export function locateSections(layout: ModelLayout): ModelSections {
  const align = (offset: number) => Math.ceil(offset / 8) * 8;
  const vectors = headerBytes;
  const scales = align(vectors + layout.words * layout.dimensions);
  const table = align(scales + layout.words * 4);
  const offsets = align(table + layout.slots * 4);
  const text = align(offsets + (layout.words + 1) * 4);
  return { vectors, scales, table, offsets, text, end: text + layout.wordBytes };
}

/** 32-bit FNV-1a over the bytes, with a final mix so that low bits are usable as a slot number. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index++) {
    hash ^= bytes[index] as number;
    hash = Math.imul(hash, 0x01000193);
  }
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

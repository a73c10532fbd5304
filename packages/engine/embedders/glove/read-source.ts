import { closeSync, openSync, readSync } from "node:fs";

const chunkBytes = 1 << 20;
const quote = 34;
const closingBracket = 93;
const closingBrace = 125;

/** One word of the source with its raw numbers (dimensions, then two bookkeeping numbers). */
export type SourceWord = { word: string; numbers: Float32Array };

/**
 * Reads the first `limit` words of a `wink-embeddings` JSON file, most frequent word first, without holding
 * the file: it is scanned in chunks of one megabyte and left as soon as enough words were read.
 * Throws when the file ends early or its words are not in order of their number.
 */
export function* readSourceWords(file: string, dimensions: number, limit: number): Generator<SourceWord> {
  const descriptor = openSync(file, "r");
  try {
    let buffer: Buffer = Buffer.alloc(0);
    let position = 0;
    const chunk = Buffer.alloc(chunkBytes);
    const refill = (): boolean => {
      const size = readSync(descriptor, chunk, 0, chunkBytes, null);
      if (size === 0) return false;
      buffer = Buffer.concat([buffer.subarray(position), chunk.subarray(0, size)]);
      position = 0;
      return true;
    };
    skipTo(Buffer.from('"vectors":{'));
    for (let number = 0; number < limit; number++) {
      let end = buffer.indexOf(closingBracket, keyEnd());
      while (end < 0) {
        if (!refill()) throw new Error(`${file} ends after ${number} words; ${limit} were asked for`);
        end = buffer.indexOf(closingBracket, keyEnd());
      }
      const word = parseEntry(buffer, position, end, dimensions + 2);
      if (word.numbers[dimensions + 1] !== number) throw new Error(`${file}: word ${number} is out of order`);
      yield word;
      position = end + 1;
      if (buffer[position] === closingBrace) return;
    }

    /** A word itself may hold a bracket, so the search for the entry's end starts behind its key. */
    function keyEnd(): number {
      for (;;) {
        const start = buffer.indexOf(quote, position);
        let index = start < 0 ? -1 : buffer.indexOf(quote, start + 1);
        while (index > 0 && isEscaped(buffer, index)) index = buffer.indexOf(quote, index + 1);
        if (index > 0) return index;
        if (!refill()) throw new Error(`${file} ends within a word`);
      }
    }

    function skipTo(needle: Buffer): void {
      for (;;) {
        const found = buffer.indexOf(needle, position);
        if (found >= 0) {
          position = found + needle.length;
          return;
        }
        position = Math.max(position, buffer.length - needle.length);
        if (!refill()) throw new Error(`${file} is not a wink-embeddings file: no ${needle.toString()} in it`);
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

function isEscaped(buffer: Buffer, index: number): boolean {
  let slashes = 0;
  while (buffer[index - 1 - slashes] === 92) slashes++;
  return slashes % 2 === 1;
}

/** Parses `"word":[1,-0.5,…` between start and end (the closing bracket). */
function parseEntry(buffer: Buffer, start: number, end: number, count: number): SourceWord {
  const from = buffer.indexOf(quote, start);
  let to = buffer.indexOf(quote, from + 1);
  while (isEscaped(buffer, to)) to = buffer.indexOf(quote, to + 1);
  const word = JSON.parse(buffer.toString("utf8", from, to + 1)) as string;
  const numbers = new Float32Array(count);
  let index = to + 3;
  for (let slot = 0; slot < count; slot++) {
    let stop = buffer.indexOf(44, index);
    if (stop < 0 || stop > end) stop = end;
    numbers[slot] = parseDecimal(buffer, index, stop);
    index = stop + 1;
  }
  return { word, numbers };
}

/** Plain decimals without allocation; the source also has a few in exponent form, which go the slow way. */
function parseDecimal(buffer: Buffer, start: number, end: number): number {
  let index = start;
  const negative = buffer[index] === 45;
  if (negative) index++;
  let value = 0;
  let divisor = 0;
  for (; index < end; index++) {
    const code = buffer[index] as number;
    if (code === 46) divisor = 1;
    else if (code >= 48 && code <= 57) {
      value = value * 10 + (code - 48);
      divisor *= 10;
    } else return Number(buffer.toString("latin1", start, end));
  }
  if (divisor > 1) value /= divisor;
  return negative ? -value : value;
}

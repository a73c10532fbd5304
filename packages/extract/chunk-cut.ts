import { estimateTokens } from "./tokens.ts";

export type Range = { start: number; end: number };
export type CutSize = { tokens: number; chars: number };
type Splitter = (text: string, range: Range, size: CutSize) => Generator<Range>;

/** Segmenters slow down on long input, so they are given windows that end at white space where there is any. */
const windowChars = 50_000;
/** No word has more characters a token than this, so a window of so many holds the repetition. */
const repeatedCharsPerToken = 8;
const segmenters = {
  sentence: new Intl.Segmenter(undefined, { granularity: "sentence" }),
  word: new Intl.Segmenter(undefined, { granularity: "word" }),
};

function* splitLines(text: string, { start, end }: Range): Generator<Range> {
  let at = start;
  while (at < end) {
    const found = text.indexOf("\n", at);
    const next = found < 0 || found >= end ? end : found + 1;
    yield { start: at, end: next };
    at = next;
  }
}

function findWindowEnd(text: string, start: number, end: number): number {
  const limit = Math.min(end, start + windowChars);
  if (limit === end) return end;
  for (let i = limit; i > limit - 2000; i--) if (/\s/.test(text[i - 1] ?? "")) return i;
  return isLowSurrogate(text, limit) ? limit + 1 : limit;
}

function* splitBy(segmenter: Intl.Segmenter, text: string, { start, end }: Range): Generator<Range> {
  let at = start;
  while (at < end) {
    const next = findWindowEnd(text, at, end);
    for (const { index, segment } of segmenter.segment(text.slice(at, next))) {
      yield { start: at + index, end: at + index + segment.length };
    }
    at = next;
  }
}

function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
}

/** Last resort for text without any break: as many characters as surely fit. */
function* splitCodePoints(text: string, { start, end }: Range, size: CutSize): Generator<Range> {
  const step = Math.max(1, Math.floor(Math.min(size.chars, size.tokens)));
  let at = start;
  while (at < end) {
    let next = Math.min(end, at + step);
    if (next < end && isLowSurrogate(text, next)) next++;
    yield { start: at, end: next };
    at = next;
  }
}

const proseSplitters: readonly Splitter[] = [
  (text, range) => splitBy(segmenters.sentence, text, range),
  (text, range) => splitBy(segmenters.word, text, range),
  splitCodePoints,
];
const lineSplitters: readonly Splitter[] = [splitLines, ...proseSplitters];

function* cut(text: string, range: Range, size: CutSize, splitters: readonly Splitter[]): Generator<Range> {
  const [split, ...finer] = splitters;
  if (!split) {
    yield range;
    return;
  }
  let piece: Range | null = null;
  let tokens = 0;
  for (const part of split(text, range, size)) {
    const chars = part.end - part.start;
    const partTokens = estimateTokens(text.slice(part.start, part.end));
    if (partTokens > size.tokens || chars > size.chars) {
      if (piece) yield piece;
      piece = null;
      yield* cut(text, part, size, finer);
      continue;
    }
    if (piece && (tokens + partTokens > size.tokens || part.end - piece.start > size.chars)) {
      yield piece;
      piece = null;
    }
    if (!piece) {
      piece = { ...part };
      tokens = 0;
    }
    piece.end = part.end;
    tokens += partTokens;
  }
  if (piece) yield piece;
}

/**
 * Cuts a range that is too large into adjoining pieces, as coarsely as fits: lines (tables and code only),
 * sentences, words, code points. The pieces cover the range without gap or overlap.
 */
export function cutRange(text: string, range: Range, size: CutSize, byLines: boolean): Range[] {
  return [...cut(text, range, size, byLines ? lineSplitters : proseSplitters)];
}

/** The same between words, whatever stands there. */
export function cutBetweenWords(text: string, range: Range, size: CutSize): Range[] {
  return [...cut(text, range, size, proseSplitters.slice(1))];
}

/**
 * Where a repetition of at most `maxTokens` before `at` begins: with a sentence (or a line), else with a word; `at` itself
 * when there is none. It never begins before the range.
 */
export function findRepetitionStart(
  text: string,
  range: Range,
  at: number,
  options: { maxTokens: number; by: "line" | "sentence" | "word" },
): number {
  const from = Math.max(range.start, at - options.maxTokens * repeatedCharsPerToken);
  const splitters = { line: splitLines, sentence: proseSplitters[0], word: proseSplitters[1] };
  const split = splitters[options.by];
  if (!split || from >= at) return at;
  let start = at;
  for (const unit of [...split(text, { start: from, end: at }, { tokens: 1, chars: 1 })].reverse()) {
    // The first unit may be cut by the window, so it is taken only where the range itself begins.
    if (unit.start === from && from > range.start) break;
    if (estimateTokens(text.slice(unit.start, at)) > options.maxTokens) break;
    start = unit.start;
  }
  return start === at && options.by !== "word"
    ? findRepetitionStart(text, range, at, { ...options, by: "word" })
    : start;
}

/** Start of the last sentence before `at`, when it is short enough to be repeated; else `at`. */
export function findOverlapStart(text: string, range: Range, at: number, maxChars: number): number {
  const from = Math.max(range.start, at - maxChars * 2);
  const sentences = [...segmenters.sentence.segment(text.slice(from, at))];
  const last = sentences.at(-1);
  if (!last || last.index === 0 || last.segment.length > maxChars) return at;
  return at - last.segment.length;
}

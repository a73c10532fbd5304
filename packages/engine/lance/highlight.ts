import type { Mark } from "../../core/kernel/ports/search-engine.ts";
import { type Analyzer, isUnspaced, splitWords, type Word } from "./analyzer.ts";

const fragmentCharacters = 240;

/** What to mark: tokens of single words, and phrases as token sequences. */
export type MarkTargets = { tokens: ReadonlySet<string>; phrases: string[][] };

/** Analyses the words to be marked with the index's own analyzer, so that what matched is what is marked. */
export async function prepareTargets(analyzer: Analyzer, words: string[], phrases: string[]): Promise<MarkTargets> {
  const phraseWords = phrases.map((phrase) => splitWords(phrase).map((word) => word.text));
  const analyzed = await analyzer.analyzeWords([...words, ...phraseWords.flat()]);
  return {
    tokens: new Set(words.flatMap((word) => analyzed(word).tokens)),
    phrases: phraseWords.map((list) => list.flatMap((word) => analyzed(word).tokens)).filter((list) => list.length > 0),
  };
}

/** Marks of several texts at once, as ranges of UTF-16 units in ascending order without overlap. */
export async function markTexts(analyzer: Analyzer, texts: string[], targets: MarkTargets): Promise<Mark[][]> {
  const words = texts.map(splitWords);
  const analyzed = await analyzer.analyzeWords(words.flat().map((word) => word.text));
  const tokensOf = (word: string) => analyzed(word).tokens;
  return words.map((list) =>
    mergeMarks([...markWords(list, targets, tokensOf), ...markPhrases(list, targets, tokensOf)]),
  );
}

function markWords(words: Word[], targets: MarkTargets, tokensOf: (word: string) => string[]): Mark[] {
  const marks: Mark[] = [];
  for (const word of words) {
    if (isUnspaced(word.text)) {
      // A run of CJK or Thai holds several words: mark the searched ones where they stand.
      for (const token of targets.tokens) {
        for (let at = word.text.indexOf(token); at >= 0; at = word.text.indexOf(token, at + token.length)) {
          marks.push([word.start + at, word.start + at + token.length]);
        }
      }
    } else if (tokensOf(word.text).some((token) => targets.tokens.has(token))) {
      marks.push([word.start, word.end]);
    }
  }
  return marks;
}

function markPhrases(words: Word[], targets: MarkTargets, tokensOf: (word: string) => string[]): Mark[] {
  if (targets.phrases.length === 0) return [];
  const tokens = words.flatMap((word) => tokensOf(word.text).map((token) => ({ token, word })));
  const marks: Mark[] = [];
  for (const phrase of targets.phrases) {
    for (let start = 0; start + phrase.length <= tokens.length; start++) {
      if (!phrase.every((token, index) => tokens[start + index]?.token === token)) continue;
      marks.push([tokens[start]?.word.start ?? 0, tokens[start + phrase.length - 1]?.word.end ?? 0]);
    }
  }
  return marks;
}

function mergeMarks(marks: Mark[]): Mark[] {
  const merged: Mark[] = [];
  for (const [start, end] of marks.sort((left, right) => left[0] - right[0] || right[1] - left[1])) {
    const last = merged.at(-1);
    if (last === undefined || start >= last[1]) merged.push([start, end]);
    else if (end > last[1]) last[1] = end;
  }
  return merged;
}

/** The window of the text with most marks, widened to word borders; the beginning when nothing is marked. */
export function cutFragment(text: string, marks: Mark[]): { start: number; end: number; marks: Mark[] } {
  let start = 0;
  let most = 0;
  for (const [index, first] of marks.entries()) {
    let count = 0;
    while ((marks[index + count]?.[1] ?? Number.POSITIVE_INFINITY) <= first[0] + fragmentCharacters) count++;
    if (count > most) {
      most = count;
      const last = marks[index + count - 1] ?? first;
      // Centred on the marks, so that both sides show their context.
      start = Math.max(0, Math.round((first[0] + last[1] - fragmentCharacters) / 2));
    }
  }
  start = Math.max(0, Math.min(start, text.length - fragmentCharacters));
  let end = Math.min(text.length, start + fragmentCharacters);
  start = moveToBorder(text, start, 1);
  end = moveToBorder(text, end, -1);
  return { start, end, marks: marks.filter((mark) => mark[0] >= start && mark[1] <= end) };
}

/** Moves at most 24 characters to the next space in the direction; stays when there is none near. */
function moveToBorder(text: string, from: number, direction: 1 | -1): number {
  if (from <= 0 || from >= text.length) return from;
  for (let step = 0; step < 24; step++) {
    const at = from + step * direction;
    if (/\s/.test(text[at] ?? "")) return direction === 1 ? at + 1 : at;
  }
  // Never between the halves of a surrogate pair.
  const code = text.charCodeAt(from);
  return code >= 0xdc00 && code <= 0xdfff ? from - direction : from;
}

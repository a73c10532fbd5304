import type { AnswerSource } from "@samla/contracts";
import { numbersIn, stemsIn, subjectOf } from "./words.ts";

/** So much of what a sentence speaks of must stand in the passages that it names. */
const heldMin = 0.5;

export type CheckedSentence = { text: string; citations: number[] } | { refused: string };

const citationPattern = /\s*[[【(]\s*(\d{1,2}(?:\s*[,;]\s*\d{1,2})*)\s*[\]】)]/g;

/**
 * Takes `[1]` and `[2, 3]` out of a sentence and holds it against the passages named: they exist, every number of the
 * sentence stands in them, and at least half of its subject words do. The check is of words, not of meaning: it drops
 * what a model made up or took from elsewhere, and cannot tell a denial from what it denies.
 */
export const checkCitation = (sentence: string, sources: readonly AnswerSource[]): CheckedSentence => {
  const named = [...sentence.matchAll(citationPattern)].flatMap((match) => (match[1] ?? "").split(/[,;]/).map(Number));
  const text = sentence
    .replace(citationPattern, "")
    .replace(/\s+([.!?,;:])/g, "$1")
    .trim();
  const citations = [...new Set(named)];
  if (!/\p{L}{2}/u.test(text)) return { refused: "says nothing" };
  if (citations.length === 0) return { refused: "names no passage" };
  const cited = citations.map((n) => sources.find((source) => source.n === n));
  if (cited.some((source) => source === undefined)) return { refused: "names a passage that it was not given" };
  const passages = cited.map((source) => `${source?.name} ${source?.headingPath.join(" ")} ${source?.text}`).join("\n");
  const held = stemsIn(passages);
  const numbers = new Set(numbersIn(passages));
  if (!numbersIn(text).every((number) => numbers.has(number)))
    return { refused: "has a number that the passage lacks" };
  const subject = subjectOf(text);
  const share = subject.filter((stem) => held.has(stem)).length / Math.max(1, subject.length);
  return share >= heldMin ? { text, citations } : { refused: "says what the passage does not" };
};

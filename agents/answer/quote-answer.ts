import type { AnswerSentence, AnswerSource } from "@samla/contracts";
import { splitSentences } from "./split-sentences.ts";
import { stemsIn, subjectOf } from "./words.ts";

/** A question is taken as answered when so much of its weight stands in one place of a passage. */
const coveredMin = 0.6;
/** A sentence that points back belongs to the one before it, and weighs so much of it. */
const pointingShare = 0.8;
const pointsBack =
  /^(?:[-*•]\s*)?(?:after (?:that|this)|then|they|it|this|these|those|such|he|she|otherwise|however|until then|danach|dann|sie|dies)\b/i;
/** Sentences that carry less than this of the question's weight say nothing of it. */
const sentenceMin = 0.3;
const alikeMax = 0.7;

type Candidate = { text: string; source: AnswerSource; order: number; stems: Set<string>; weight: number };

const headingOf = (source: AnswerSource): string => [source.name, ...source.headingPath].join(" ");

/**
 * What the question's words weigh: one that is in every passage tells them apart less than one that is in few, and one
 * that is in none, or a name or number, must not be passed over (the idea of inverse document frequency, on the hits alone).
 */
const weighWords = (question: string, sources: readonly AnswerSource[]): Map<string, number> => {
  const texts = sources.map((source) => stemsIn(`${headingOf(source)} ${source.text}`));
  const names = new Set(
    (question.match(/(?<!^)(?<![.?!]\s)\b(?:\p{Lu}[\p{L}\p{N}]+|\p{L}*\p{N}[\p{L}\p{N}]*)/gu) ?? []).flatMap(subjectOf),
  );
  return new Map(
    subjectOf(question).map((stem) => {
      const holding = texts.filter((text) => text.has(stem)).length;
      const rarity = Math.log(1 + (texts.length + 1) / (holding + 0.5));
      return [stem, rarity * (names.has(stem) ? 1.5 : 1)];
    }),
  );
};

const shareOf = (stems: ReadonlySet<string>, weights: ReadonlyMap<string, number>): number => {
  let all = 0;
  let held = 0;
  for (const [stem, weight] of weights) {
    all += weight;
    if (stems.has(stem)) held += weight;
  }
  return all === 0 ? 0 : held / all;
};

const alike = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  let both = 0;
  for (const stem of a) if (b.has(stem)) both += 1;
  return both / Math.max(1, Math.min(a.size, b.size));
};

/**
 * An answer made of sentences quoted word by word, each with the passage it stands in; empty when no place of the
 * passages covers the question. `sources` in the order of the search.
 */
export const quoteAnswer = (
  question: string,
  sources: readonly AnswerSource[],
  sentencesMax: number,
): { sentences: AnswerSentence[]; covered: number } => {
  const weights = weighWords(question, sources);
  if (weights.size === 0) return { sentences: [], covered: 0 };
  const candidates: Candidate[] = [];
  let covered = 0;
  for (const [order, source] of sources.entries()) {
    const heading = stemsIn(headingOf(source));
    const sentences = splitSentences(source.text);
    for (const [i, text] of sentences.entries()) {
      const stems = stemsIn(text);
      // A question's words may stand in a sentence, the next one, and the heading above both.
      const around = new Set([...heading, ...stems, ...stemsIn(sentences[i + 1] ?? "")]);
      const before = pointsBack.test(text) ? shareOf(stemsIn(sentences[i - 1] ?? ""), weights) * pointingShare : 0;
      const own = Math.max(shareOf(stems, weights), before);
      covered = Math.max(covered, shareOf(around, weights));
      if (own < sentenceMin && !(own > 0 && shareOf(around, weights) >= coveredMin)) continue;
      // Whole sentences before fragments, and what the search put first before the rest.
      const isSentence = /[.!?:;)\]"”»]$/.test(text) && text.length >= 25;
      const weight =
        own +
        0.5 * shareOf(around, weights) +
        0.3 / (1 + order) +
        (isSentence ? 0.15 : 0) -
        (text.endsWith("?") ? 0.4 : 0);
      candidates.push({ text, source, order, stems, weight });
    }
  }
  if (covered < coveredMin) return { sentences: [], covered };
  const best = candidates.sort((a, b) => b.weight - a.weight)[0]?.weight ?? 0;
  const chosen: Candidate[] = [];
  for (const one of candidates) {
    if (chosen.length >= sentencesMax || one.weight < best * 0.55) break;
    if (!chosen.some((other) => alike(one.stems, other.stems) > alikeMax)) chosen.push(one);
  }
  return { sentences: chosen.map(({ text, source }) => ({ text, citations: [source.n] })), covered };
};

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
/** Sentences this far behind the best one are left out: a short answer that fits before a long one. */
const nearBest = 0.78;

type Candidate = {
  text: string;
  source: AnswerSource;
  order: number;
  place: number;
  stems: Set<string>;
  weight: number;
};

/** Questions whose answer is most often a number. */
const asksNumber =
  /\b(?:how (?:long|many|much|large|big|often|far|old|fast)|when|which (?:port|version|year)|wie (?:lang|viel|oft|groß)\w*|wann)\b/i;

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

/** How well a sentence answers: what it says itself before what stands around it, short and whole before long and broken. */
const weighSentence = (
  text: string,
  { own, around, order, asked }: { own: number; around: number; order: number; asked: string },
): number => {
  const isWhole = (/[.!;)\]"”»]$/.test(text) || text.includes(" | ")) && text.length >= 25;
  const hasNumber = /\p{N}/u.test(text);
  return (
    1.2 * own +
    0.4 * around +
    0.3 / (1 + order) +
    (isWhole ? 0.15 : 0) +
    (asksNumber.test(asked) && hasNumber ? 0.4 : 0) -
    (/[?:]$/.test(text) ? 0.4 : 0) -
    (text.includes(" | ") ? 0.1 : 0) -
    Math.max(0, text.length - 160) / 800
  );
};

/** Best first; then each passage's sentences together, as they stand there, so that they read on. */
const inReadingOrder = (chosen: readonly Candidate[]): Candidate[] => {
  const passages = [...new Set(chosen.map(({ source }) => source.n))];
  return passages.flatMap((n) => chosen.filter(({ source }) => source.n === n).sort((a, b) => a.place - b.place));
};

/**
 * An answer made of sentences quoted word by word, each with the passage it stands in; empty when no place of the
 * passages covers the question. `sources` in the order of the search; what was `told` before is not told again; `asked`
 * is what was asked last, where the question holds earlier ones too.
 */
export const quoteAnswer = (
  question: string,
  sources: readonly AnswerSource[],
  sentencesMax: number,
  { told = "", asked = question }: { told?: string; asked?: string } = {},
): { sentences: AnswerSentence[]; covered: number } => {
  const weights = weighWords(question, sources);
  if (weights.size === 0) return { sentences: [], covered: 0 };
  const candidates: Candidate[] = [];
  let covered = 0;
  for (const [order, source] of sources.entries()) {
    const heading = stemsIn(headingOf(source));
    const sentences = splitSentences(source.text);
    for (const [place, text] of sentences.entries()) {
      const stems = stemsIn(text);
      // A question's words may stand in a sentence, the next one, and the heading above both.
      const last = pointsBack.test(text) ? stemsIn(sentences[place - 1] ?? "") : [];
      const around = shareOf(new Set([...heading, ...last, ...stems, ...stemsIn(sentences[place + 1] ?? "")]), weights);
      // Whoever asks on wants to know what comes after that.
      const before = shareOf(new Set(last), weights) * (asked === question ? pointingShare : 1);
      const own = Math.max(shareOf(stems, weights), before);
      covered = Math.max(covered, around);
      const isHeading = source.headingPath.some((one) => one === text);
      if (isHeading || told.includes(text) || (own < sentenceMin && !(own > 0 && around >= coveredMin))) continue;
      const weight = weighSentence(text, { own, around, order, asked });
      candidates.push({ text, source, order, place, stems, weight });
    }
  }
  if (covered < coveredMin) return { sentences: [], covered };
  candidates.sort((a, b) => b.weight - a.weight);
  const best = candidates[0]?.weight ?? 0;
  const chosen: Candidate[] = [];
  for (const one of candidates) {
    if (chosen.length >= sentencesMax || one.weight < best * nearBest) break;
    if (!chosen.some((other) => alike(one.stems, other.stems) > alikeMax)) chosen.push(one);
  }
  const sentences = inReadingOrder(chosen).map(({ text, source }) => ({ text, citations: [source.n] }));
  return { sentences, covered };
};

import { type AnswerTurn, answerLimits } from "@samla/contracts";
import { subjectOf } from "./words.ts";

/** Words that point back at what was said before. */
const pointsBack =
  /\b(?:it|its|they|them|their|theirs|this|that|these|those|he|she|him|her|there|then|same|other|else|one|ones|dies|diese[rnms]?|das|dazu|dort|dessen|deren)\b/i;
const opensAgain = /^\s*(?:and|but|so|what about|how about|why not|or|und|aber|was ist mit)\b/i;

/**
 * What to search for: the question itself, or, of one that leans on the question before (it points back, or says too
 * little to be searched alone), both together.
 */
export const searchTextOf = (question: string, conversation: readonly AnswerTurn[]): string => {
  const before = conversation.at(-1)?.question;
  const leans = pointsBack.test(question) || opensAgain.test(question) || subjectOf(question).length < 2;
  const text = before && leans ? `${before} ${question}` : question;
  return text.slice(-answerLimits.questionLengthMax).trim();
};

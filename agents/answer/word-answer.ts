import type { AnswerSentence, AnswerSource } from "@samla/contracts";
import { checkCitation } from "./check-citation.ts";
import type { Model } from "./models/model.ts";
import { notInDocuments, type Prompt } from "./prompt.ts";

const textMax = 30_000;
/** A sentence ends at its mark, with the citations that may follow it, when something else begins after it. */
const sentenceEnd = /^([\s\S]*?[.!?…](?:["”»)])?(?:\s*[[【(]\s*\d[\d\s,;]*[\]】)][.!?]?)*)(?=\s+\S)|^([\s\S]*?)\n/;
const abbreviation = /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|approx|no|fig|dr|mr|mrs|st|z\.B|bzw|ca|Nr|Abs|\d{1,3})\.$/i;

/** Takes whole sentences off the front of what has come so far. */
export const takeSentences = (open: string): { sentences: string[]; rest: string } => {
  const sentences: string[] = [];
  let rest = open;
  let held = "";
  for (;;) {
    const match = sentenceEnd.exec(rest);
    if (!match) return { sentences, rest: held + rest };
    const text = match[1] ?? match[2] ?? "";
    rest = rest.slice(match[0].length);
    if (match[1] !== undefined && abbreviation.test(text)) {
      held += text;
      continue;
    }
    if ((held + text).trim()) sentences.push((held + text).trim());
    held = "";
  }
};

export type WordedPart = { sentence: AnswerSentence } | { dropped: string } | { notInDocuments: true };

/**
 * A model's answer sentence by sentence, each checked before anybody sees it. A sentence whose citations do not hold is
 * given as `dropped` with the reason; its text goes nowhere.
 */
export async function* wordAnswer(
  model: Model,
  prompt: Prompt,
  sources: readonly AnswerSource[],
  sentencesMax: number,
  signal: AbortSignal,
): AsyncGenerator<WordedPart> {
  let open = "";
  let length = 0;
  let given = 0;
  const partOf = (text: string): WordedPart => {
    if (text.replace(/[\s.*_`]/g, "") === notInDocuments.replaceAll("_", "")) return { notInDocuments: true };
    const checked = checkCitation(text, sources);
    return "refused" in checked ? { dropped: checked.refused } : { sentence: checked };
  };
  for await (const piece of model.stream(prompt, signal)) {
    open += piece;
    length += piece.length;
    const { sentences, rest } = takeSentences(open);
    open = rest;
    for (const text of sentences) {
      const part = partOf(text);
      if ("sentence" in part) given += 1;
      yield part;
      if (given >= sentencesMax) return;
    }
    if (length > textMax) return;
  }
  if (open.trim()) yield partOf(open.trim());
}

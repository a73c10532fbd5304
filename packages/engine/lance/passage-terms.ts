import { defaultFieldWeights, type FieldWeights } from "../../core/kernel/ports/search-engine.ts";
import { type Analyzer, isLoneLatin, splitWords } from "./analyzer.ts";

/**
 * The text that is ranked: title and section as often as they weigh, and text, without stop words and lone letters. One
 * field with repetitions was measured as good as several fields, at half the cost.
 * Leaving stop words out makes the length that BM25 divides by the length of what is said.
 */
export async function listTerms(
  analyzer: Analyzer,
  passage: { title: string; section: string; text: string },
  weights: FieldWeights = defaultFieldWeights,
): Promise<string> {
  const wordsOf = (text: string) => splitWords(text).map((word) => word.text);
  const [title, section, text] = [wordsOf(passage.title), wordsOf(passage.section), wordsOf(passage.text)];
  const analyzed = await analyzer.analyzeWords([...title, ...section, ...text]);
  const isTerm = (word: string) => !isLoneLatin(word) && !analyzed(word).isStop;
  const repeat = (words: string[], times: number) => Array.from({ length: times }, () => words.filter(isTerm)).flat();
  return [...repeat(title, weights.title), ...repeat(section, weights.section), ...repeat(text, 1)].join(" ");
}

/** The stored text of a passage; the parts are found again by their lengths, so nothing is stored twice. */
export function joinBody(passage: { title: string; section: string; text: string }): string {
  return `${passage.title}\n${passage.section}\n${passage.text}`;
}

/** The passage's text within its stored body. */
export function textOfBody(body: string, title: string, section: string): string {
  return body.slice(title.length + section.length + 2);
}

import { type Analyzer, isLoneLatin, splitWords } from "./analyzer.ts";

/** How often the title counts. Measured with the passage's words in one field: as good as a second field, at half the cost. */
const titleRepeats = 3;

/**
 * The text that is ranked: title (counted three times), section and text without stop words and lone letters.
 * Leaving stop words out makes the length that BM25 divides by the length of what is said.
 */
export async function listTerms(
  analyzer: Analyzer,
  passage: { title: string; section: string; text: string },
): Promise<string> {
  const title = splitWords(passage.title).map((word) => word.text);
  const rest = splitWords(`${passage.section}\n${passage.text}`).map((word) => word.text);
  const analyzed = await analyzer.analyzeWords([...title, ...rest]);
  const isTerm = (word: string) => !isLoneLatin(word) && !analyzed(word).isStop;
  const titleTerms = title.filter(isTerm);
  const terms = [...Array.from({ length: titleRepeats }, () => titleTerms).flat(), ...rest.filter(isTerm)];
  return terms.join(" ");
}

/** The stored text of a passage; the parts are found again by their lengths, so nothing is stored twice. */
export function joinBody(passage: { title: string; section: string; text: string }): string {
  return `${passage.title}\n${passage.section}\n${passage.text}`;
}

/** The passage's text within its stored body. */
export function textOfBody(body: string, title: string, section: string): string {
  return body.slice(title.length + section.length + 2);
}

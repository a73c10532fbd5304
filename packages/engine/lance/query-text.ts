import { type Analyzer, isLoneLatin, splitWords } from "./analyzer.ts";

/** Beyond this many words a lone letter in a query is taken for an enumeration mark and left out. */
const verboseWords = 6;
const wordsMax = 512;

/** A query text taken apart. Words keep their spelling and repetitions. */
export type QueryText = {
  /** Words to rank by, without stop words. */
  terms: string[];
  /** Lone letters and digits of a short query; they are only in the full text. */
  loneTerms: string[];
  /** Set when there is nothing but stop words: these are searched in the full text. */
  stopWordsOnly: string[];
  /** Quoted parts, to be matched word by word. */
  phrases: string[];
  /** Words behind a minus sign. */
  excluded: string[];
};

/**
 * Reads what was typed: `"quoted phrases"` (an unbalanced quote runs to the end), `-word` exclusions, words.
 * A text of nothing but exclusions is searched as plain words.
 */
export async function parseQueryText(text: string, analyzer: Analyzer): Promise<QueryText> {
  const phrases: string[] = [];
  const rest = text
    .toWellFormed()
    .replace(/["\u201c\u201d\u201e]([^"\u201c\u201d\u201e]*)(?:["\u201c\u201d\u201e]|$)/gu, (_, phrase: string) => {
      if (splitWords(phrase).length > 0) phrases.push(phrase.trim());
      return " ";
    });
  const excluded: string[] = [];
  const included = rest.replace(/(^|\s)-(?=[\p{L}\p{N}])(\S+)/gu, (_, space: string, word: string) => {
    excluded.push(...splitWords(word).map((part) => part.text));
    return space;
  });
  const words = splitWords(included)
    .slice(0, wordsMax)
    .map((word) => word.text);
  const phraseWords = phrases.flatMap((phrase) => splitWords(phrase).map((word) => word.text));
  if (words.length === 0 && phrases.length === 0 && excluded.length > 0) words.push(...excluded.splice(0));
  const analyzed = await analyzer.analyzeWords([...words, ...phraseWords]);
  const content = [...words, ...phraseWords].filter((word) => !analyzed(word).isStop);
  const terms = content.filter((word) => !isLoneLatin(word));
  const loneTerms = content.length <= verboseWords || terms.length === 0 ? content.filter(isLoneLatin) : [];
  return { terms, loneTerms, stopWordsOnly: content.length === 0 ? words : [], phrases, excluded };
}

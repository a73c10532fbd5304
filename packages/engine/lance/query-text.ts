import { type Analyzer, isLoneLatin, splitWords } from "./analyzer.ts";

/** Beyond this many words a lone letter in a query is taken for an enumeration mark and left out. */
const verboseWords = 6;
/** Beyond this many words outside of quotes a query is prose: its quotes and dashes are punctuation, not operators. */
const proseWords = 8;
const wordsMax = 512;
const phrasesMax = 8;
const phrasePattern = /["\u201c\u201d\u201e]([^"\u201c\u201d\u201e]*)(?:["\u201c\u201d\u201e]|$)/gu;
const exclusionPattern = /(^|\s)-(?=[\p{L}\p{N}])(\S+)/gu;

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
 * A text of nothing but exclusions is searched as plain words, and so is prose.
 */
export async function parseQueryText(text: string, analyzer: Analyzer): Promise<QueryText> {
  const { words, phrases, excluded } = readOperators(text.toWellFormed());
  const phraseWords = phrases.flatMap(listWords);
  const analyzed = await analyzer.analyzeWords([...words, ...phraseWords]);
  const content = [...words, ...phraseWords].filter((word) => !analyzed(word).isStop);
  const terms = content.filter((word) => !isLoneLatin(word));
  const loneTerms = content.length <= verboseWords || terms.length === 0 ? content.filter(isLoneLatin) : [];
  return { terms, loneTerms, stopWordsOnly: content.length === 0 ? words : [], phrases, excluded };
}

function readOperators(text: string): { words: string[]; phrases: string[]; excluded: string[] } {
  const phrases: string[] = [];
  const excluded: string[] = [];
  const rest = text.replace(phrasePattern, (_, phrase: string) => {
    if (listWords(phrase).length > 0 && phrases.length < phrasesMax) phrases.push(phrase.trim());
    return " ";
  });
  const included = rest.replace(exclusionPattern, (_, space: string, word: string) => {
    excluded.push(...listWords(word));
    return space;
  });
  const words = listWords(included);
  const isProse = words.length > proseWords;
  const isOnlyExclusion = words.length === 0 && phrases.length === 0;
  return isProse || isOnlyExclusion
    ? { words: listWords(text), phrases: [], excluded: [] }
    : { words, phrases, excluded };
}

function listWords(text: string): string[] {
  return splitWords(text)
    .slice(0, wordsMax)
    .map((word) => word.text);
}

import type { StopWords } from "../../core/kernel/ports/search-engine.ts";
import { type Analyzer, isLoneLatin, splitWords } from "./analyzer.ts";
import { findGroups, type WordGroup } from "./synonyms.ts";

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
  /** Lone letters and digits of a short query, and stop words that were asked to count; they are only in the full text. */
  loneTerms: string[];
  /** Set when there is nothing but stop words: these are searched in the full text. */
  stopWordsOnly: string[];
  /** Quoted parts, to be matched word by word. */
  phrases: string[];
  /** Words behind a minus sign. */
  excluded: string[];
  /** Words with synonyms. A group typed as one word is not among `terms`; the words of one typed as a phrase are. */
  groups: WordGroup[];
  /** Words passed by. */
  left: string[];
};

export type QueryWordSettings = { stopWords?: StopWords | undefined; synonyms?: readonly string[][] | undefined };

/**
 * Reads what was typed: `"quoted phrases"` (an unbalanced quote runs to the end), `-word` exclusions, words.
 * A text of nothing but exclusions is searched as plain words, and so is prose.
 */
export async function parseQueryText(
  text: string,
  analyzer: Analyzer,
  settings: QueryWordSettings = {},
): Promise<QueryText> {
  const { words, phrases, excluded } = readOperators(text.toWellFormed());
  const phraseWords = phrases.flatMap(listWords);
  const analyzed = await analyzer.analyzeWords([...words, ...phraseWords]);
  const { groups, taken } = await findGroups(words, analyzer, settings.synonyms ?? []);
  const { stopWords = { kind: "language" } } = settings;
  const own = new Set(stopWords.kind === "custom" ? stopWords.words.map((word) => word.trim().toLowerCase()) : []);
  const isPassedBy = (word: string) => analyzed(word).isStop || own.has(word.toLowerCase());
  const free = [...words.filter((_, at) => !taken.has(at)), ...phraseWords];
  const content = free.filter((word) => !isPassedBy(word));
  const terms = content.filter((word) => !isLoneLatin(word));
  const isShort = content.length <= verboseWords || terms.length === 0;
  const loneTerms = isShort ? content.filter(isLoneLatin) : [];
  const passedBy = free.filter(isPassedBy);
  if (stopWords.kind === "none") loneTerms.push(...passedBy);
  const isNothingElse = content.length === 0 && groups.length === 0 && loneTerms.length === 0;
  const left = stopWords.kind === "none" ? [] : passedBy;
  return {
    terms,
    loneTerms,
    stopWordsOnly: isNothingElse ? words : [],
    phrases,
    excluded,
    groups,
    left: isNothingElse ? [] : [...left, ...(isShort ? [] : content.filter(isLoneLatin))],
  };
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

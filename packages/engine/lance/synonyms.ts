import { type AnalyzedWord, type Analyzer, splitWords } from "./analyzer.ts";

/** Longest typed phrase that is looked up among the synonyms. */
const phraseWordsMax = 6;
const groupsMax = 8;
const othersMax = 20;

/** Words of the query that have synonyms. */
export type WordGroup = {
  /** One word, or the words of a phrase, as typed. */
  typed: string[];
  /** How often the query holds it, or one of the others. */
  times: number;
  /** Other ways to say it, each one word or several. */
  others: string[][];
};

type Entry = { words: string[]; key: string; group: number; isStop: boolean };
type Analyzed = (word: string) => AnalyzedWord;

/**
 * The groups that the query's words belong to: words match in any form, the longest phrase first. A stop word matches only
 * when it is typed with the group's own capitals, so that "IT" has synonyms and "it" has none.
 * `taken`: positions of words that a group stands for; the words of a typed phrase stay, so that one alone still counts.
 */
export async function findGroups(
  words: readonly string[],
  analyzer: Analyzer,
  synonyms: readonly string[][],
): Promise<{ groups: WordGroup[]; taken: Set<number> }> {
  const taken = new Set<number>();
  if (synonyms.length === 0 || words.length === 0) return { groups: [], taken };
  const [{ entries, byKey }, analyzed] = await Promise.all([
    prepareEntries(analyzer, synonyms),
    analyzer.analyzeWords(words),
  ]);
  const found = new Map<string, WordGroup>();
  for (let at = 0; at < words.length; ) {
    const { length, matches } = findLongest(words, at, byKey, analyzed);
    const known = matches.length > 0 ? found.get(matches.map((entry) => entry.group).join()) : undefined;
    if (length === 0 || (!known && found.size >= groupsMax)) {
      at += 1;
      continue;
    }
    const typed = words.slice(at, at + length);
    const groups = new Set(matches.map((entry) => entry.group));
    // A group typed by two of its words counts twice, as a word typed twice does.
    if (known && known.typed.length === 1 && length === 1) known.times += 1;
    else if (known && keyOf(known.typed, analyzed) === keyOf(typed, analyzed)) known.times += 1;
    else if (!known) {
      found.set([...groups].join(), { typed, times: 1, others: listOthers(entries, groups, typed, analyzed) });
    }
    if (length === 1 && (!known || known.typed.length === 1)) taken.add(at);
    at += length;
  }
  return { groups: [...found.values()], taken };
}

type Prepared = { entries: Entry[]; byKey: Map<string, Entry[]> };
const prepared = new WeakMap<Analyzer, WeakMap<readonly string[][], Promise<Prepared>>>();

/** The groups' words as the analyzer has them, made once for each list: a build's is the same from query to query. */
function prepareEntries(analyzer: Analyzer, synonyms: readonly string[][]): Promise<Prepared> {
  const ofAnalyzer = prepared.get(analyzer) ?? new WeakMap<readonly string[][], Promise<Prepared>>();
  prepared.set(analyzer, ofAnalyzer);
  const known = ofAnalyzer.get(synonyms);
  if (known) return known;
  const preparing = readEntries(analyzer, synonyms);
  ofAnalyzer.set(synonyms, preparing);
  preparing.catch(() => ofAnalyzer.delete(synonyms));
  return preparing;
}

async function readEntries(analyzer: Analyzer, synonyms: readonly string[][]): Promise<Prepared> {
  const spelled = synonyms.map((group) => group.map((entry) => splitWords(entry).map((word) => word.text)));
  const analyzed = await analyzer.analyzeWords(spelled.flat(2));
  const entries = spelled.flatMap((group, number) =>
    group
      .filter((list) => list.length > 0)
      .map((list): Entry => {
        const isStop = list.length === 1 && analyzed(list[0] ?? "").isStop;
        return { words: list, key: keyOf(list, analyzed), group: number, isStop };
      }),
  );
  return { entries, byKey: Map.groupBy(entries, (entry) => entry.key) };
}

function findLongest(
  words: readonly string[],
  at: number,
  byKey: ReadonlyMap<string, Entry[]>,
  analyzed: Analyzed,
): { length: number; matches: Entry[] } {
  for (let length = Math.min(phraseWordsMax, words.length - at); length > 0; length--) {
    const typed = words.slice(at, at + length);
    const matches = (byKey.get(keyOf(typed, analyzed)) ?? []).filter(
      (entry) => length > 1 || !analyzed(typed[0] ?? "").isStop || entry.words[0] === typed[0],
    );
    if (matches.length > 0) return { length, matches };
  }
  return { length: 0, matches: [] };
}

/** Everything else in the groups, once each. A stop word alone is never searched for: it is in nearly every passage. */
function listOthers(entries: Entry[], groups: Set<number>, typed: string[], analyzed: Analyzed): string[][] {
  const seen = new Set([keyOf(typed, analyzed)]);
  const others: string[][] = [];
  for (const entry of entries) {
    if (!groups.has(entry.group) || seen.has(entry.key) || others.length >= othersMax) continue;
    seen.add(entry.key);
    if (!entry.isStop) others.push(entry.words);
  }
  return others;
}

function keyOf(words: readonly string[], analyzed: Analyzed): string {
  return words.map((word) => analyzed(word).tokens.join(" ") || word.toLowerCase()).join(" ");
}

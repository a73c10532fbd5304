import { MatchQuery } from "@lancedb/lancedb";
import type { EngineHit } from "../../core/kernel/ports/search-engine.ts";
import { isUnspaced, splitWords } from "./analyzer.ts";
import { countEdits } from "./count-edits.ts";
import type { QueryText } from "./query-text.ts";
import type { Snapshot } from "./tables.ts";

const suspectsMax = 6;
const shortestWord = 4;
/** The engine's automaton for near words has a size limit, which very long words pass. */
const longestWord = 30;
const rowsPerWord = 40;
const timeoutMs = 5_000;

export type SpellingRequest = {
  snapshot: Snapshot;
  where: string | undefined;
  text: string;
  parsed: QueryText;
  hits: readonly EngineHit[];
};

/**
 * The query with words that no passage holds replaced by the nearest words that some do; undefined when
 * every word is known or has no neighbour. Looks only at passages the filter lets through, so nothing of
 * the others shows. Quoted phrases are never changed.
 */
export async function correctSpelling(request: SpellingRequest): Promise<string | undefined> {
  const { parsed, hits } = request;
  if (parsed.phrases.length > 0) return undefined;
  // A word with synonyms is known, whether a passage holds it or one of the others.
  const grouped = new Set(parsed.groups.flatMap((group) => group.typed));
  const suspects = [...new Set(parsed.terms)]
    .filter((word) => !grouped.has(word) && isCorrectable(word) && !isSeen(word, hits))
    .slice(0, suspectsMax);
  if (suspects.length === 0) return undefined;
  const replacements = new Map<string, string>();
  await Promise.all(
    suspects.map(async (word) => {
      if (await isKnown(request, word)) return;
      const better = await findNeighbour(request, word);
      if (better !== undefined) replacements.set(word, better);
    }),
  );
  if (replacements.size === 0) return undefined;
  let corrected = "";
  let from = 0;
  for (const word of splitWords(request.text)) {
    const better = replacements.get(word.text);
    if (better === undefined) continue;
    corrected += request.text.slice(from, word.start) + better;
    from = word.end;
  }
  return corrected + request.text.slice(from);
}

function isCorrectable(word: string): boolean {
  return word.length >= shortestWord && word.length <= longestWord && !/\p{N}/u.test(word) && !isUnspaced(word);
}

/** A quick look at the hits: a word whose beginning stands there was found. */
function isSeen(word: string, hits: readonly EngineHit[]): boolean {
  const beginning = word.slice(0, Math.max(shortestWord, word.length - 3)).toLowerCase();
  return hits.some(({ passage }) =>
    `${passage.title}\n${passage.section}\n${passage.text}`.toLowerCase().includes(beginning),
  );
}

async function isKnown({ snapshot, where }: SpellingRequest, word: string): Promise<boolean> {
  const search = snapshot.table
    .query()
    .fullTextSearch(new MatchQuery(word, "terms"))
    .select(["_rowid", "_score"])
    .withRowId()
    .limit(1);
  if (where !== undefined) search.where(where);
  return (await search.toArrow({ timeoutMs })).numRows > 0;
}

async function findNeighbour({ snapshot, where }: SpellingRequest, word: string): Promise<string | undefined> {
  const typed = word.toLowerCase();
  const fuzziness = typed.length < 6 ? 1 : 2;
  const search = snapshot.table
    .query()
    .fullTextSearch(new MatchQuery(typed, "terms", { fuzziness, prefixLength: 1, maxExpansions: 50 }))
    .select(["terms", "_score"])
    .limit(rowsPerWord);
  if (where !== undefined) search.where(where);
  const rowsWith = new Map<string, number>();
  for (const row of (await search.toArray({ timeoutMs })) as { terms: string }[]) {
    const words = new Set(splitWords(row.terms.toLowerCase()).map((part) => part.text));
    for (const candidate of words) rowsWith.set(candidate, (rowsWith.get(candidate) ?? 0) + 1);
  }
  const near = [...rowsWith]
    .map(([candidate, rows]) => ({ candidate, rows, edits: countEdits(typed, candidate, fuzziness) }))
    .filter(({ edits }) => edits <= fuzziness)
    .sort(
      (left, right) =>
        left.edits - right.edits || right.rows - left.rows || (left.candidate < right.candidate ? -1 : 1),
    );
  return near[0]?.candidate;
}

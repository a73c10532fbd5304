import type { Filter } from "../../core/kernel/ports/search-engine.ts";
import { splitWords } from "./analyzer.ts";
import { compileFilter, quoteText } from "./filter-sql.ts";
import type { OpenTable } from "./tables.ts";

export type Suggestion = { text: string; documentId: string };

const rowsMax = 2_000;
const timeoutMs = 5_000;
const wordsMax = 8;
const headingSeparator = " \u203a ";

/**
 * Titles and headings in which every typed word begins a word, the last one perhaps unfinished. Those that
 * begin with what was typed come first, then shorter ones. Only rows that pass the filter are read.
 */
export async function suggestCompletions(
  open: OpenTable,
  prefix: string,
  filter: Filter | undefined,
  limit: number,
): Promise<Suggestion[]> {
  const words = splitWords(prefix.toWellFormed().toLowerCase())
    .slice(0, wordsMax)
    .map((word) => word.text);
  if (words.length === 0 || limit <= 0) return [];
  const { table } = await open.takeSnapshot();
  const rows = await table
    .query()
    .where(
      [
        ...(filter ? [compileFilter(filter)] : []),
        `(${matchWords("title", words)} OR ${matchWords("section", words)})`,
      ].join(" AND "),
    )
    .select(["title", "section", "document_id"])
    .limit(rowsMax)
    .toArray({ timeoutMs });
  const found = new Map<string, Suggestion & { rank: number }>();
  for (const row of rows as { title: string; section: string; document_id: string }[]) {
    for (const text of [row.title, ...row.section.split(headingSeparator)]) {
      const rank = rankSuggestion(text, words);
      const key = text.toLowerCase();
      if (rank !== undefined && !found.has(key)) found.set(key, { text, documentId: row.document_id, rank });
    }
  }
  return [...found.values()]
    .sort((left, right) => left.rank - right.rank || (left.text < right.text ? -1 : 1))
    .slice(0, limit)
    .map(({ text, documentId }) => ({ text, documentId }));
}

/** A coarse test in SQL; word borders are checked afterwards. Words hold letters, digits and marks only, so no wildcard. */
function matchWords(column: string, words: string[]): string {
  return `(${words.map((word) => `lower(${column}) LIKE ${quoteText(`%${word}%`)}`).join(" AND ")})`;
}

function rankSuggestion(text: string, words: string[]): number | undefined {
  const have = splitWords(text.toLowerCase()).map((word) => word.text);
  const areAllThere = words.every((word, index) =>
    have.some((own) => (index === words.length - 1 ? own.startsWith(word) : own === word)),
  );
  if (!areAllThere) return undefined;
  const isBeginning = words.every((word, index) => have[index]?.startsWith(word));
  return (isBeginning ? 0 : 1_000) + Math.min(text.length, 999);
}

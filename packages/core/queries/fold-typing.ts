import type { QueryLine } from "../kernel/index.ts";

/** How soon the next search follows when somebody is still typing. */
const typingMs = 5_000;

const fold = (text: string): string => text.normalize("NFKC").toLowerCase();

/** True when `next`, by the same person, is what `line` was on the way to: at once, with more of the same letters. */
const leadsTo = (line: QueryLine, next: QueryLine): boolean =>
  line.clicks === 0 &&
  Date.parse(next.at) - Date.parse(line.at) <= typingMs &&
  fold(next.text).startsWith(fold(line.text)) &&
  fold(next.text) !== fold(line.text);

/**
 * Leaves out searches that a search as one types made on the way, and further pages of the same search. In an anonymous log
 * nobody knows who typed, so neighbours in time count as one person. `lines` newest first, and so is the answer.
 */
export const foldTyping = (lines: readonly QueryLine[]): QueryLine[] => {
  const next = new Map<string, QueryLine>();
  return lines.filter((line) => {
    const key = line.who ?? "";
    const following = next.get(key);
    if (line.page) return false;
    next.set(key, line);
    return !(following && leadsTo(line, following));
  });
};

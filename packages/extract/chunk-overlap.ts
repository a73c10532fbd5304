import type { Extraction, PassageDraft } from "@samla/contracts/extraction";
import { findRepetitionStart } from "./chunk-cut.ts";
import { collectRects, partsOf } from "./passage-draft.ts";
import { estimateTokens } from "./tokens.ts";

/** Kinds whose pages stand for themselves: a slide or a sheet is cited by itself. */
const pagedKinds: ReadonlySet<Extraction["kind"]> = new Set(["xlsx", "ods", "pptx", "odp"]);

/**
 * Begins each passage with the end of the one before it: whole sentences (lines of tables and code) up to the overlap, words
 * where no sentence fits. Heading path and page stay those of the passage's own text.
 */
export function repeatBefore(
  extraction: Pick<Extraction, "kind" | "text" | "blocks">,
  passages: PassageDraft[],
  { overlapTokens }: { overlapTokens: number },
): PassageDraft[] {
  if (overlapTokens === 0) return passages;
  const { text, blocks, kind } = extraction;
  return passages.map((passage, at) => {
    const before = passages[at - 1];
    if (!before || (pagedKinds.has(kind) && before.page !== passage.page)) return passage;
    const [last] = partsOf(blocks, { start: before.end - 1, end: before.end });
    const byLines = last?.block.type === "table" || last?.block.type === "code";
    const start = findRepetitionStart(text, before, passage.start, {
      maxTokens: overlapTokens,
      by: byLines ? "line" : "sentence",
    });
    if (start >= passage.start) return passage;
    const shown = text.slice(start, passage.end);
    const from = start + shown.length - shown.trimStart().length;
    const rects = collectRects(partsOf(blocks, { start: from, end: passage.end }));
    return {
      ...passage,
      start: from,
      text: text.slice(from, passage.end),
      tokensEstimated: estimateTokens(text.slice(from, passage.end)),
      ...(rects.length > 0 ? { rects } : {}),
    };
  });
}

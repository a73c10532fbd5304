import type { Extraction, PassageDraft } from "@samla/contracts/extraction";
import { cutBetweenWords, findRepetitionStart } from "./chunk-cut.ts";
import { type Block, type Part, partsOf, toPassage } from "./passage-draft.ts";
import { estimateTokens } from "./tokens.ts";

/**
 * Cuts the whole text into pieces of the target's size between words, through headings, tables and sentences alike. Each
 * carries the headings that most of it stands under.
 */
export function cutBySize(
  extraction: Pick<Extraction, "text" | "blocks">,
  options: { targetTokens: number; overlapTokens: number; maxChars: number },
): PassageDraft[] {
  const { text, blocks } = extraction;
  const paths = listPaths(text, blocks);
  const passages: PassageDraft[] = [];
  const whole = { start: 0, end: text.length };
  const pieces = cutBetweenWords(text, whole, { tokens: options.targetTokens, chars: options.maxChars });
  let before = whole;
  for (const piece of pieces) {
    const start =
      passages.length > 0
        ? findRepetitionStart(text, before, piece.start, { maxTokens: options.overlapTokens, by: "word" })
        : piece.start;
    before = piece;
    const parts = partsOf(blocks, { start, end: piece.end }).map(
      (part): Part => ({
        ...part,
        tokens: estimateTokens(text.slice(part.start, part.end)),
        path: paths.get(part.block) ?? [],
      }),
    );
    const passage = toPassage(text, passages.length, { parts, tokens: 0 });
    if (passage) passages.push(passage);
  }
  return passages;
}

/** The headings above each block. */
function listPaths(text: string, blocks: readonly Block[]): Map<Block, readonly string[]> {
  const headings: { level: number; text: string }[] = [];
  const paths = new Map<Block, readonly string[]>();
  let path: readonly string[] = [];
  for (const block of blocks) {
    if (block.type === "heading") {
      const level = block.level ?? 1;
      while ((headings.at(-1)?.level ?? 0) >= level) headings.pop();
      headings.push({ level, text: text.slice(block.start, block.end).slice(0, 300) });
      path = headings.map((heading) => heading.text);
    }
    paths.set(block, path);
  }
  return paths;
}

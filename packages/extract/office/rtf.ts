import { createBlockBuilder } from "../block-builder.ts";
import { ExtractFailure } from "../failure.ts";
import type { Reader } from "../reader.ts";
import { addPieces } from "./pieces.ts";
import { parseRtf } from "./rtf-parser.ts";

/** Reads a Rich Text Format file; see parseRtf. */
export const readRtf: Reader = async ({ bytes, limits }) => {
  const { pieces, properties } = parseRtf(bytes, limits);
  const builder = createBlockBuilder(limits);
  addPieces(builder, pieces);
  const built = builder.result();
  if (built.blocks.length === 0) throw new ExtractFailure("empty", "the document has no text");
  return { ...built, title: properties.title, properties };
};

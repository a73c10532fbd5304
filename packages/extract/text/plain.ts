import { createBlockBuilder } from "../block-builder.ts";
import { decodeText } from "../encoding.ts";
import { ExtractFailure } from "../failure.ts";
import type { Reader, ReaderInput } from "../reader.ts";
import { readExtension } from "../sniff.ts";
import { findCodeLanguage } from "./languages.ts";

/** Text with \n line ends. @throws ExtractFailure `empty` for white space only. */
export function decodeInput(input: Pick<ReaderInput, "bytes">): { text: string; encoding: string } {
  const { text, encoding } = decodeText(input.bytes);
  const unified = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  if (unified.trim() === "") throw new ExtractFailure("empty", "the file holds only white space");
  return { text: unified, encoding };
}

/** Plain text: paragraphs are parted by empty lines. */
export const readPlainText: Reader = async (input) => {
  const { text, encoding } = decodeInput(input);
  const builder = createBlockBuilder(input.limits);
  for (const paragraph of text.split(/\n[^\S\n]*\n\s*/)) {
    // The indent of a first line belongs to the layout (verse, columns); only empty lines go.
    builder.paragraph(paragraph.replace(/^\n+/, ""));
  }
  return { ...builder.result(), encoding };
};

/** Source code and configuration: one block, lines kept. */
export const readCode: Reader = async (input) => {
  const { text, encoding } = decodeInput(input);
  const builder = createBlockBuilder(input.limits);
  builder.code(text, findCodeLanguage(readExtension(input.name)));
  return { ...builder.result(), encoding };
};

import { createBlockBuilder } from "../block-builder.ts";
import type { Reader } from "../reader.ts";
import { decodeInput } from "./plain.ts";

const prettyDepth = 64;
const prettyChars = 5_000_000;
const longLine = 500;

/** Deepest nesting of brackets, without regard to strings: an upper bound is enough here. */
function measureDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === "{" || char === "[") deepest = Math.max(deepest, ++depth);
    else if (char === "}" || char === "]") depth--;
  }
  return deepest;
}

/** JSON written without line ends is laid out, so that passages can be cut between members. */
function layOut(text: string): string {
  const hasLongLines = text.length > longLine && text.split("\n", 4).some((line) => line.length > longLine);
  if (!hasLongLines || text.length > prettyChars || measureDepth(text) > prettyDepth) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

export const readJson: Reader = async (input) => {
  const { text, encoding } = decodeInput(input);
  const builder = createBlockBuilder(input.limits);
  builder.code(layOut(text), "json");
  return { ...builder.result(), encoding };
};

/** One JSON value a line; lines are kept. */
export const readJsonLines: Reader = async (input) => {
  const { text, encoding } = decodeInput(input);
  const builder = createBlockBuilder(input.limits);
  builder.code(text, "json");
  return { ...builder.result(), encoding };
};

import { readVal } from "./ooxml.ts";
import type { XmlAttributes } from "./xml.ts";

/** Writes formulas (Office MathML, ECMA-376 part 1, 22.1) as one line, such as (x-c)/v or r^2. */
export type MathWriter = {
  /** Yields what to append before the element's content. */
  open(name: string, attributes: XmlAttributes): void;
  text(value: string): void;
  /** True when the outermost formula has just ended; its line is then in `take`. */
  close(name: string): boolean;
  isOpen(): boolean;
  take(): string;
};

/** Text collected inside one element, and the signs its properties ask for. */
type Part = { name: string; text: string; sign: string; begin: string; end: string; separator: string };

/** Written in front of an argument; its content gets brackets if it is more than one word. */
const argumentSigns: Record<string, string> = { den: "/", sup: "^", sub: "_", deg: "", num: "", lim: "_" };
const naryDefault = "∫";

export function createMathWriter(): MathWriter {
  const parts: Part[] = [];
  let line = "";

  const closePart = ({ name, text, sign, begin, end }: Part, parent: string | undefined): string => {
    if (name === "e" && /^s(?:Sup|Sub|SubSup)$/.test(parent ?? "")) return bracket(text);
    if (name === "mr" || (name === "e" && parent === "eqArr")) return `${text}; `;
    if (name === "d") return `${begin}${text}${end}`;
    if (name === "rad") return `√${bracket(text)}`;
    if (name === "nary") return `${sign}${text}`;
    const argumentSign = argumentSigns[name];
    if (argumentSign === undefined) return text;
    return text === "" ? "" : `${argumentSign}${bracket(text)}`;
  };

  return {
    isOpen: () => parts.length > 0,
    open(name, attributes) {
      const parent = parts.at(-1);
      const value = readVal(attributes) ?? "";
      if (name === "chr") findPart(parts, "nary").sign = value;
      else if (name === "begChr") findPart(parts, "d").begin = value;
      else if (name === "endChr") findPart(parts, "d").end = value;
      else if (name === "sepChr") findPart(parts, "d").separator = value;
      if (name === "e" && parent?.name === "d" && parent.text !== "") parent.text += parent.separator;
      if (name === "e" && parent?.name === "nary" && parent.text !== "") parent.text += " ";
      parts.push({ name, text: "", sign: naryDefault, begin: "(", end: ")", separator: "|" });
    },
    text(value) {
      const part = parts.at(-1);
      if (part) part.text += value;
    },
    close() {
      const part = parts.pop();
      if (!part) return false;
      const parent = parts.at(-1);
      const closed = closePart(part, parent?.name);
      if (parent) parent.text += closed;
      else line = closed.replace(/; $/, "");
      return parent === undefined;
    },
    take() {
      const taken = line;
      line = "";
      return taken;
    },
  };
}

function bracket(text: string): string {
  return /^(?:[\p{L}\p{N}.,]*|\(.*\))$/su.test(text) ? text : `(${text})`;
}

/** The nearest open part of a kind; properties come as the first children of their element. */
function findPart(parts: Part[], name: string): Part {
  const found = parts.findLast((part) => part.name === name);
  return found ?? { name, text: "", sign: "", begin: "", end: "", separator: "" };
}

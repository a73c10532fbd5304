import { type ClassValue, clsx } from "clsx";

/** What a part's own classes set and those who use it override. A class of any other kind is never dropped. */
const kinds: readonly [kind: string | undefined, utility: RegExp][] = [
  ["display", /^(hidden|block|flex|grid|contents|table|inline(-(block|flex|grid))?)$/],
  ["text-size", /^text-(2xs|xs|sm|base|lg|\d?xl)$/],
  ["text-align", /^text-(left|center|right)$/],
  [undefined, /^-?((?:min|max)-[hw]|[hw]|size|gap(?:-[xy])?|[mp][xytrbl]?|items|rounded|justify(?!-self|-items)|bg)-/],
];

/** Kinds that a wider one overrides too: `p-3` after `px-2`. */
const narrower: Readonly<Record<string, readonly string[]>> = {
  size: ["h", "w"],
  p: ["px", "py", "pt", "pr", "pb", "pl"],
  px: ["pr", "pl"],
  py: ["pt", "pb"],
  m: ["mx", "my", "mt", "mr", "mb", "ml"],
  mx: ["mr", "ml"],
  my: ["mt", "mb"],
  gap: ["gap-x", "gap-y"],
};

const kindOf = (utility: string): string | undefined => {
  for (const [kind, pattern] of kinds) {
    const found = pattern.exec(utility);
    if (found) return kind ?? found[1];
  }
  return undefined;
};

/** Where the utility begins: after the last colon outside brackets. */
const utilityStart = (name: string): number => {
  let depth = 0;
  let start = 0;
  for (let at = 0; at < name.length; at += 1) {
    const letter = name[at];
    if (letter === "[" || letter === "(") depth += 1;
    else if (letter === "]" || letter === ")") depth -= 1;
    else if (letter === ":" && depth === 0) start = at + 1;
  }
  return start;
};

/**
 * Joins class names; of two that say the same thing (sizes, paddings, margins, corners, backgrounds, text size, display) the last
 * one wins, under each variant (`hover:`, `sm:`) for itself. Agrees with tailwind-merge wherever the console needs it, which its test
 * checks against the sources, at a small part of its bytes.
 */
export const cn = (...classes: ClassValue[]): string => {
  const taken = new Set<string>();
  const kept: string[] = [];
  for (const name of clsx(classes).split(" ").reverse()) {
    const start = utilityStart(name);
    const variant = name.slice(0, start);
    const kind = kindOf(name.slice(start));
    if (kind !== undefined) {
      if (taken.has(variant + kind)) continue;
      for (const one of [kind, ...(narrower[kind] ?? [])]) taken.add(variant + one);
    }
    kept.push(name);
  }
  return kept.reverse().join(" ");
};

import { validationError } from "./errors.ts";
import { type AttributeValue, getAttribute, type Item, setAttribute } from "./values.ts";

/** Where an attribute lies in an item: its top-level name, then map keys (text) and list places (numbers). */
export type DocumentPath = readonly [string, ...(string | number)[]];

export function formatPath(path: DocumentPath): string {
  return `[${path.map((step) => (typeof step === "number" ? `[${step}]` : step)).join(", ")}]`;
}

function stepInto(value: AttributeValue | undefined, step: string | number): AttributeValue | undefined {
  if (value === undefined) return undefined;
  if (typeof step === "number") return "L" in value ? value.L[step] : undefined;
  return "M" in value ? getAttribute(value.M, step) : undefined;
}

/** The attribute at a path, undefined when any step is missing. */
export function readPath(item: Item | undefined, path: DocumentPath): AttributeValue | undefined {
  const [top, ...steps] = path;
  return steps.reduce<AttributeValue | undefined>(stepInto, getAttribute(item, top));
}

function locateParent(item: Item, path: DocumentPath): { parent: AttributeValue; last: string | number } {
  const last = path[path.length - 1] ?? path[0];
  const [top, ...steps] = path;
  const parent = steps.slice(0, -1).reduce<AttributeValue | undefined>(stepInto, getAttribute(item, top));
  const fits = parent !== undefined && (typeof last === "number" ? "L" in parent : "M" in parent);
  if (!fits) throw validationError("The document path provided in the update expression is invalid for update");
  return { parent, last };
}

/** Puts a value at a path; a list place beyond the end appends. Throws when the parent does not exist. */
export function writePath(item: Item, path: DocumentPath, value: AttributeValue): void {
  if (path.length === 1) {
    setAttribute(item, path[0], value);
    return;
  }
  const { parent, last } = locateParent(item, path);
  if ("L" in parent && typeof last === "number") parent.L[Math.min(last, parent.L.length)] = value;
  else if ("M" in parent) setAttribute(parent.M, String(last), value);
}

/** Removes what lies at a path. Throws when its parent does not exist. */
export function removePath(item: Item, path: DocumentPath): void {
  if (path.length === 1) {
    delete item[path[0]];
    return;
  }
  const { parent, last } = locateParent(item, path);
  if ("L" in parent && typeof last === "number") parent.L.splice(last, 1);
  else if ("M" in parent) delete parent.M[String(last)];
}

/** Throws when two paths touch the same place or disagree about its type; `what` names the expression. */
export function requireSeparatePaths(paths: readonly DocumentPath[], what: string): void {
  for (const [place, first] of paths.entries()) {
    for (const second of paths.slice(place + 1)) {
      const problem = comparePaths(first, second);
      if (problem) {
        throw validationError(
          `Invalid ${what}: Two document paths ${problem} with each other; must remove or rewrite one of these paths; ` +
            `path one: ${formatPath(first)}, path two: ${formatPath(second)}`,
        );
      }
    }
  }
}

function comparePaths(first: DocumentPath, second: DocumentPath): "overlap" | "conflict" | undefined {
  for (let step = 0; step < Math.min(first.length, second.length); step++) {
    if (typeof first[step] !== typeof second[step]) return "conflict";
    if (first[step] !== second[step]) return undefined;
  }
  return "overlap";
}

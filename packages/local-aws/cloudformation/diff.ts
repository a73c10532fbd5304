import { isObject } from "./template.ts";

export type Difference = {
  /** Such as `["ContainerDefinitions", "0", "Image"]`. */
  path: string[];
  before: unknown;
  after: unknown;
};

/** Whether two JSON values are the same, whatever the order of their members. */
export function isSame(a: unknown, b: unknown): boolean {
  return diffValues(a, b).length === 0;
}

/** The places where two JSON values differ, as deep as both have a structure there. */
export function diffValues(before: unknown, after: unknown, path: string[] = []): Difference[] {
  if (before === after) return [];
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) =>
      diffValues(before[index], after[index], [...path, String(index)]),
    ).flat();
  }
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => diffValues(before[name], after[name], [...path, name]));
  }
  return [{ path, before, after }];
}

/** `/A/0/B`, JSON Pointer (RFC 6901). */
export const toPointer = (path: readonly string[]): string =>
  path.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

export const toText = (value: unknown): string | undefined =>
  value === undefined ? undefined : typeof value === "object" ? JSON.stringify(value) : String(value);

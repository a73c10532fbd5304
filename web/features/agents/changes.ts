import type { ReleaseChange } from "@samla/contracts";
import { isSameValue } from "@samla/contracts/plain";

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Plain values by their path, `settings.index` for what lies within. */
const leavesOf = (tree: Record<string, unknown>, prefix = ""): [string, unknown][] =>
  Object.entries(tree).flatMap(([name, value]) =>
    isTree(value)
      ? leavesOf(value, `${prefix}${name}.`)
      : value === undefined
        ? []
        : [[`${prefix}${name}`, value] as [string, unknown]],
  );

/** What differs between two configurations, by path in the order of the second; all of it is new without a first. */
export const changesOfPlain = (
  before: Record<string, unknown> | undefined,
  after: Record<string, unknown>,
): ReleaseChange[] => {
  const old = new Map(leavesOf(before ?? {}));
  const fresh = new Map(leavesOf(after));
  return [...new Set([...fresh.keys(), ...old.keys()])]
    .filter((path) => !isSameValue(old.get(path), fresh.get(path)))
    .map((path) => ({ path, before: old.get(path), after: fresh.get(path) }) as ReleaseChange);
};

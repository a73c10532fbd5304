import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { extendTailwindMerge } from "tailwind-merge";
import { describe, expect, it } from "vitest";
import { cn } from "./cn.ts";

const merge = extendTailwindMerge({ extend: { classGroups: { "font-size": [{ text: ["2xs"] }] } } });
const webRoot = fileURLToPath(new URL("..", import.meta.url));
const sourcesOf = (folder: string): string[] =>
  readdirSync(join(webRoot, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".tsx"))
    .map((path) => readFileSync(join(webRoot, folder, path), "utf8"));

/** Class lists in a source: quoted, without template holes. */
const listsIn = (source: string): string[] =>
  [...source.matchAll(/"([^"\n]*)"/g)].map(([, list]) => list ?? "").filter((list) => /^[a-z[&@*-]/.test(list));

/** The parts a source of web/ui defines, each with the class lists of its own; constants beside them belong to all. */
const partsIn = (source: string): [part: string, lists: string[]][] => {
  const pieces = source
    .split(/^(?:export )?const (?=\w)/m)
    .map((text) => ({ name: /^\w+/.exec(text)?.[0] ?? "", text }));
  const shared = pieces.filter(({ name }) => /^[a-z]/.test(name)).flatMap(({ text }) => listsIn(text));
  return pieces
    .filter(({ name }) => /^[A-Z]/.test(name))
    .map(({ name, text }) => [name, [...shared, ...listsIn(text)]]);
};

/** A class given twice is no difference. */
const differ = (own: string, list: string): boolean => {
  const sorted = (classes: string) => [...new Set(classes.split(" "))].sort().join(" ");
  return sorted(cn(own, list)) !== sorted(merge(own, list));
};

/** Which part is given which class lists: `<Button ... className="h-5">`. */
const usesIn = (source: string): { part: string; list: string }[] =>
  [...source.matchAll(/<([A-Z]\w+)\b(?:[^<>]|=>|<[^>]*>)*?\sclassName="([^"]+)"/g)].map(([, part, list]) => ({
    part: part ?? "",
    list: list ?? "",
  }));

describe("joined class names", () => {
  it("let the class of who uses a part win over the part's own", () => {
    expect(cn("h-8 px-3 text-sm", "h-5 px-1.5")).toBe("text-sm h-5 px-1.5");
    expect(cn("inline-flex", "mr-3 hidden sm:inline-flex")).toBe("mr-3 hidden sm:inline-flex");
    expect(cn("w-[min(28rem,92vw)] hover:bg-accent", "w-64 bg-card")).toBe("hover:bg-accent w-64 bg-card");
    expect(cn("px-1.5", "pr-0.5")).toBe("px-1.5 pr-0.5");
    expect(cn("px-1.5 pt-1", "p-2")).toBe("p-2");
    expect(cn("text-sm", "text-muted-foreground", undefined, false && "text-xs")).toBe("text-sm text-muted-foreground");
    expect(cn("[&_svg:not([class*=size-])]:size-4", "[&_svg]:size-3")).toBe(
      "[&_svg:not([class*=size-])]:size-4 [&_svg]:size-3",
    );
  });

  it("agree with tailwind-merge on every list that a part of web/ui is given in the console", () => {
    const owners = new Map(sourcesOf("ui").flatMap(partsIn));
    const sources = ["ui", "lib", "features", "app"].flatMap(sourcesOf);
    const uses = sources.flatMap(usesIn).filter(({ part }) => owners.has(part));
    expect(uses.length).toBeGreaterThan(100);
    const differing = uses.flatMap(({ part, list }) =>
      (owners.get(part) ?? []).filter((own) => differ(own, list)).map((own) => `<${part}>: "${own}" with "${list}"`),
    );
    expect(differing).toEqual([]);
    const calls = sources.flatMap((source) =>
      [...source.matchAll(/\bcn\(([^()]|\([^()]*\))*\)/g)].map(([call]) => listsIn(call)),
    );
    // The first is the part's own; the others may be alternatives that never meet.
    const differingCalls = calls.filter(([own = "", ...others]) => others.some((other) => differ(own, other)));
    expect(differingCalls).toEqual([]);
  });
});

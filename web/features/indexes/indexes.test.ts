import type { Principal } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { changesByOthers, changesOf, mergeSettings, type Settings } from "./settings.ts";
import { slugError, suggestSlug } from "./slug.ts";

describe("the suggested short name", () => {
  it.each([
    ["Product manuals", "product-manuals"],
    ["  Verträge & Größen 2026!", "vertrage-grossen-2026"],
    ["Łódź / Ørsted", "lodz-orsted"],
    ["文書", ""],
    ["A", ""],
    [`${"long ".repeat(20)}`, "long-long-long-long-long-long-long-long"],
    ["--", ""],
  ])("of “%s” is “%s”, and always one that may be used", (name, expected) => {
    const slug = suggestSlug(name);
    expect(slug).toBe(expected);
    if (slug !== "") expect(slugError(slug)).toBeUndefined();
  });
  it.each(["A", "a b", "-a", "a-", "ä", "x".repeat(41)])("“%s” is refused with the rule", (slug) => {
    expect(slugError(slug)).toBeTruthy();
  });
});

describe("settings that two people change", () => {
  const readers = (...list: string[]) => list as Principal[];
  const base: Settings = { name: "Manuals", description: "", readers: readers("everyone") };

  it("only what differs is sent; the order of readers does not matter", () => {
    expect(changesOf(base, base)).toBeUndefined();
    expect(
      changesOf({ ...base, readers: readers("user:a", "user:b") }, { ...base, readers: readers("user:b", "user:a") }),
    ).toBeUndefined();
    expect(changesOf(base, { ...base, description: "All of them" })).toEqual({ description: "All of them" });
  });
  it("what the other changed is shown, and told apart from a conflict", () => {
    const mine = { ...base, name: "Handbooks" };
    const theirs = { name: "Guides", description: "New", readers: base.readers };
    expect(changesByOthers(base, mine, theirs).map((one) => [one.name, one.theirs, one.isConflict])).toEqual([
      ["name", "Guides", true],
      ["description", "New", false],
    ]);
  });
  it("the same change by both is no conflict", () => {
    const same = { ...base, name: "Guides" };
    expect(changesByOthers(base, same, same)).toMatchObject([{ name: "name", isConflict: false }]);
  });
  it("my changes on top of theirs lose neither", () => {
    const mine = { ...base, name: "Handbooks" };
    const theirs = { ...base, name: "Guides", readers: readers("group:hr") };
    expect(mergeSettings(base, mine, theirs)).toEqual({ name: "Handbooks", description: "", readers: ["group:hr"] });
  });
});

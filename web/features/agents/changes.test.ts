import { describe, expect, it } from "vitest";
import { changesOfPlain } from "./changes.ts";
import { settingProblems, settingsFor, valueOfSetting } from "./manifest.ts";

describe("what a release changes", () => {
  it("is named by path, what was taken away too, and what stays is left out", () => {
    const changes = changesOfPlain(
      { port: 8080, settings: { index: "a", words: ["x"], gone: 1 } },
      { port: 8080, settings: { index: "b", words: ["x"] } },
    );
    expect(changes).toEqual([
      { path: "settings.index", before: "a", after: "b" },
      { path: "settings.gone", before: 1, after: undefined },
    ]);
  });
});

const manifest = {
  settings: {
    index: { title: "Index", type: "text", kind: "index", required: true },
    hits: { title: "Hits", type: "number", required: false, default: 8, min: 1, max: 50 },
    style: { title: "Style", type: "choice", required: false, choices: [{ value: "short", label: "Short" }] },
  },
} as unknown as Parameters<typeof settingsFor>[0];

describe("the settings of another image", () => {
  it("keep what its manifest knows and lose the rest", () => {
    expect(settingsFor(manifest, { index: "manual", hits: 8, old: true })).toEqual({ index: "manual", hits: 8 });
  });

  it("fall back to the default where a value is of another type", () => {
    expect(valueOfSetting(manifest.settings.hits as never, "many")).toBe(8);
  });

  it("are refused before they are sent where a needed one lacks or a number is out of bounds", () => {
    expect(settingProblems(manifest, { hits: 99 })).toEqual({ index: "Index is needed.", hits: "Use at most 50." });
  });
});

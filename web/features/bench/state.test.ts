import { BuildConfig, type BuildDetail } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { chooseBuilds, requestOf, settingsOf, triedSettings } from "./state.ts";

const config = BuildConfig.parse({
  language: "English",
  targetTokens: 200,
  embedder: "none",
  dimensions: 0,
  fusion: { kind: "weighted", vectorWeight: 0.5 },
});
const build = (id: string, status: BuildDetail["status"]) => ({ id, status, config }) as unknown as BuildDetail;
const builds = [build("b", "ready"), build("a", "live"), build("c", "superseded"), build("d", "cancelled")];

describe("the sides of the test bench", () => {
  it("are the live build and the candidate unless the address says otherwise", () => {
    const ids = (left: string | null, right: string | null) => {
      const sides = chooseBuilds(builds, left, right);
      return [sides.left?.id, sides.right?.id];
    };
    expect(ids(null, null)).toEqual(["a", "b"]);
    expect(ids("c", "a")).toEqual(["c", "a"]);
    expect(ids("d", "gone")).toEqual(["a", "b"]);
    expect(ids(null, "none")).toEqual(["a", undefined]);
  });

  it("keep only the settings that differ from the build's own", () => {
    const side = build("a", "live");
    const own = settingsOf(side, null);
    expect(triedSettings(side, own)).toBeNull();
    expect(triedSettings(side, { ...own, synonyms: [["a", "b"]] })).toEqual({ synonyms: [["a", "b"]] });
  });

  it("ask nothing without words, and leave out rules that are still being written", () => {
    const side = build("a", "live");
    expect(requestOf("  ", "hybrid", side, null, [])).toBeUndefined();
    const documentId = "doc_01ARZ3NDEKTSV4RRFFQ69G5FAV" as BuildConfig["pinned"][number]["documentIds"][number];
    const whole = { query: "x", documentIds: [documentId] };
    expect(
      requestOf(" q ", "lexical", side, { pinned: [whole, { query: "", documentIds: [documentId] }] }, ["everyone"]),
    ).toEqual({ q: "q", buildId: "a", mode: "lexical", limit: 10, settings: { pinned: [whole] }, as: ["everyone"] });
  });
});

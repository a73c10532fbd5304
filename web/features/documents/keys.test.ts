import { matchQuery, QueryClient } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { documentKeys } from "./keys.ts";
import { makeFilter } from "./test-fixtures.ts";

const isHit = (prefix: readonly unknown[], key: readonly unknown[]): boolean => {
  const query = new QueryClient().getQueryCache().build(new QueryClient(), { queryKey: [...key] });
  return matchQuery({ queryKey: [...prefix] }, query);
};

describe("document query keys", () => {
  it("lists of an index are invalidated together, whatever their filter, and those of others stay", () => {
    expect(isHit(documentKeys.lists("manuals"), documentKeys.list(makeFilter({ status: "failed" })))).toBe(true);
    expect(isHit(documentKeys.lists("manuals"), documentKeys.list(makeFilter({ index: "laws" })))).toBe(false);
  });
  it("one document takes its versions, passages and events with it, but no other document's", () => {
    for (const key of [
      documentKeys.document("d1"),
      documentKeys.versions("d1"),
      documentKeys.passages("d1", "v1"),
      documentKeys.events("d1"),
    ])
      expect(isHit(documentKeys.one("d1"), key)).toBe(true);
    expect(isHit(documentKeys.one("d1"), documentKeys.document("d2"))).toBe(false);
  });
  it("counts and lists are separate", () => {
    expect(isHit(documentKeys.lists("manuals"), documentKeys.counts("manuals"))).toBe(false);
  });
  it("an absent filter and an empty one are the same list", () => {
    expect(documentKeys.list(makeFilter({ q: "  ", tag: "" }))).toEqual(documentKeys.list(makeFilter()));
  });
});

import { describe, expect, it } from "vitest";
import { isMoving, isNarrowed, listQueryOf, matchesFilter, nextSort } from "./filter.ts";
import { makeDocument, makeFilter } from "./test-fixtures.ts";

describe("the list's filter", () => {
  it("sends only what is set", () => {
    expect(listQueryOf(makeFilter(), 100)).toEqual({ index: "manuals", sort: "updated", order: "desc", limit: 100 });
    expect(listQueryOf(makeFilter({ status: "failed", deleted: true, q: " a " }), 50, "c1")).toEqual({
      index: "manuals",
      status: "failed",
      q: "a",
      deleted: "true",
      sort: "updated",
      order: "desc",
      limit: 50,
      cursor: "c1",
    });
  });
  it.each([
    [{}, {}, true],
    [{}, { status: "ready" }, true],
    [{ status: "failed" }, { status: "ready" }, false],
    [{ index: "laws" as never }, {}, false],
    [{ tags: ["hr"] }, { tag: "hr" }, true],
    [{}, { tag: "hr" }, false],
    [{ path: "Contracts/2026" }, { q: "contracts" }, true],
    [{ name: "Größe.pdf" }, { q: "GRÖSSE" }, false],
    [{ name: "Größe.pdf" }, { q: "GRÖ" }, true],
    [{ deletedAt: "2026-01-01T00:00:00.000Z" }, {}, false],
    [{ deletedAt: "2026-01-01T00:00:00.000Z" }, { deleted: true }, true],
    [{}, { deleted: true }, false],
  ] as const)("a document with %j and a filter of %j match: %s", (document, filter, expected) => {
    expect(matchesFilter(makeDocument(1, document as never), makeFilter(filter as never))).toBe(expected);
  });
  it("narrowed lists say that none match; others that there are none", () => {
    expect(isNarrowed(makeFilter())).toBe(false);
    expect(isNarrowed(makeFilter({ q: "x" }))).toBe(true);
    expect(isNarrowed(makeFilter({ deleted: true }))).toBe(false);
  });
  it("a row moves while it is processed and while vectors are made", () => {
    expect(isMoving(makeDocument(1, { status: "extracting" }))).toBe(true);
    expect(isMoving(makeDocument(1, { passages: 10, vectors: 4 }))).toBe(true);
    expect(isMoving(makeDocument(1))).toBe(false);
    expect(isMoving(makeDocument(1, { status: "failed", passages: 10, vectors: 0 }))).toBe(false);
  });
  it("a column starts in the order people expect and then turns", () => {
    expect(nextSort({ sort: "updated", order: "desc" }, "name")).toEqual({ sort: "name", order: "asc" });
    expect(nextSort({ sort: "name", order: "asc" }, "name")).toEqual({ sort: "name", order: "desc" });
    expect(nextSort({ sort: "name", order: "asc" }, "size")).toEqual({ sort: "size", order: "desc" });
  });
});

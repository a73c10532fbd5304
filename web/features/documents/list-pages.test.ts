import { describe, expect, it } from "vitest";
import { createFlattener, type DocumentPages, hasGap, mergeDocuments, withoutDocuments } from "./list-pages.ts";
import { makeDocument, makeFilter } from "./test-fixtures.ts";

const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, "0")}.000Z`;
const pagesOf = (...pages: ReturnType<typeof makeDocument>[][]) => ({
  pages: pages.map((items, n) => ({ items, ...(n < pages.length - 1 ? { nextCursor: `c${n}` } : {}) })),
  pageParams: pages.map((_, n) => (n === 0 ? undefined : `c${n - 1}`)),
});
const names = (data: DocumentPages) => createFlattener()(data).map((row) => row.name);

describe("rows that change while they are shown", () => {
  it("change in place and nothing else moves", () => {
    const data = pagesOf([makeDocument(1), makeDocument(2)], [makeDocument(3)]);
    const merged = mergeDocuments(data, [makeDocument(3, { revision: 2, status: "failed" })], makeFilter());
    expect(createFlattener()(merged).map((row) => row.status)).toEqual(["ready", "ready", "failed"]);
    expect(merged.pages[0]).toBe(data.pages[0]);
  });
  it("the same answer again changes nothing, so nothing is drawn again", () => {
    const data = pagesOf([makeDocument(1)]);
    expect(mergeDocuments(data, [makeDocument(1)], makeFilter())).toBe(data);
  });
  it("an older answer that comes late does not win", () => {
    const data = pagesOf([makeDocument(1, { revision: 5 })]);
    expect(mergeDocuments(data, [makeDocument(1, { revision: 4, status: "failed" })], makeFilter())).toBe(data);
  });
  it("progress of the vectors shows though the revision stays", () => {
    const data = pagesOf([makeDocument(1, { vectors: 1 })]);
    expect(createFlattener()(mergeDocuments(data, [makeDocument(1, { vectors: 3 })], makeFilter()))[0]?.vectors).toBe(
      3,
    );
  });
  it("a row that no longer matches leaves", () => {
    const filter = makeFilter({ status: "failed" });
    const data = pagesOf([makeDocument(1, { status: "failed" }), makeDocument(2, { status: "failed" })]);
    expect(names(mergeDocuments(data, [makeDocument(1, { revision: 2, status: "queued" })], filter))).toEqual([
      "file-2.pdf",
    ]);
  });
  it("new documents come on top when the newest are shown first, newest above, and keep the cursor", () => {
    const data = pagesOf([makeDocument(1, { updatedAt: at(1) })], [makeDocument(0)]);
    const fresh = [
      makeDocument(2, { updatedAt: at(2), createdAt: at(2) }),
      makeDocument(3, { updatedAt: at(3), createdAt: at(3) }),
    ];
    const merged = mergeDocuments(data, fresh, makeFilter());
    expect(names(merged)).toEqual(["file-3.pdf", "file-2.pdf", "file-1.pdf", "file-0.pdf"]);
    expect(merged.pages[0]?.nextCursor).toBe("c0");
    expect(mergeDocuments(data, fresh, makeFilter({ sort: "name" }))).toBe(data);
  });
  it("a document that two pages hold is shown once", () => {
    expect(names(pagesOf([makeDocument(1), makeDocument(2)], [makeDocument(2), makeDocument(3)]))).toEqual([
      "file-1.pdf",
      "file-2.pdf",
      "file-3.pdf",
    ]);
  });
  it("a page that is added leaves the rows before it as they are", () => {
    const flatten = createFlattener();
    const first = pagesOf([makeDocument(1)]);
    const rows = flatten(first);
    expect(flatten({ ...first })).toBe(rows);
    const longer = { ...first, pages: [...first.pages, { items: [makeDocument(1), makeDocument(2)] }] };
    expect(flatten(longer).map((row) => row.name)).toEqual(["file-1.pdf", "file-2.pdf"]);
    expect(flatten(pagesOf([makeDocument(3)])).map((row) => row.name)).toEqual(["file-3.pdf"]);
    expect(flatten(undefined)).toEqual([]);
  });
  it("removed rows go at once", () => {
    const data = pagesOf([makeDocument(1), makeDocument(2)]);
    expect(names(withoutDocuments(data, new Set([makeDocument(1).id as string])))).toEqual(["file-2.pdf"]);
  });
  it("more changes than one answer holds are noticed", () => {
    const fresh = [makeDocument(2, { updatedAt: at(9) }), makeDocument(1, { updatedAt: at(5) })];
    expect(hasGap(fresh, at(4), 2)).toBe(true);
    expect(hasGap(fresh, at(5), 2)).toBe(false);
    expect(hasGap(fresh, at(4), 100)).toBe(false);
    expect(hasGap(fresh, "", 2)).toBe(false);
  });
});

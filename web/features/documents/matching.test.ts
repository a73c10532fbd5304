import { describe, expect, it } from "vitest";
import { collectMatching, matchingMax } from "./matching.ts";
import { idOf, makeDocument, makeFilter } from "./test-fixtures.ts";

const filter = makeFilter({ status: "failed", tag: "old", sort: "size" });

const collect = (total: number, stopAfter = Number.POSITIVE_INFINITY) => {
  const asked: Record<string, unknown>[] = [];
  let found = 0;
  return collectMatching(filter, {
    list: (query) => {
      asked.push(query);
      const from = Number(query.cursor ?? 0);
      const to = Math.min(total, from + query.limit);
      const items = Array.from({ length: to - from }, (_, n) =>
        makeDocument(from + n, { id: idOf("doc", from + n) as never }),
      );
      return Promise.resolve({ items, ...(to < total ? { nextCursor: String(to) } : {}) });
    },
    onFound: (count) => {
      found = count;
    },
    isStopped: () => asked.length >= stopAfter,
  }).then((result) => ({ ...result, asked, found }));
};

describe("all that match", () => {
  it("are read to the last page of the same filter, in an order that no action moves", async () => {
    const { documents, isWhole, asked, found } = await collect(450);
    expect([documents.length, isWhole, found]).toEqual([450, true, 450]);
    expect(asked).toHaveLength(3);
    for (const query of asked)
      expect(query).toMatchObject({ index: "manuals", status: "failed", tag: "old", sort: "name", order: "asc" });
  });

  it("end at the most that one run takes, and say that there are more", async () => {
    const { documents, isWhole } = await collect(matchingMax + 1);
    expect([documents.length, isWhole]).toEqual([matchingMax, false]);
  });

  it("are read no further once the person stops", async () => {
    const { asked } = await collect(5000, 2);
    expect(asked).toHaveLength(2);
  });
});

import type { QueryRecord } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { barsOf } from "./bars.ts";
import { differenceOf } from "./difference.ts";
import { judgmentsOfThumbs } from "./questions.ts";

type Query = Pick<QueryRecord, "hits" | "thumbs">;
const hit = (passageId: string, documentId: string) =>
  ({ passageId, documentId, versionId: "v", name: documentId, score: 1 }) as Query["hits"][number];
const thumb = (passageId: string, value: "up" | "down", at: string) =>
  ({ passageId, value, at: `2026-01-01T00:00:0${at}.000Z` }) as Query["thumbs"][number];

describe("thumbs that become judgments", () => {
  it("count once a document, by what was said last, and only for hits that are known", () => {
    const hits = [hit("p1", "a"), hit("p2", "a"), hit("p3", "b")];
    const thumbs = [thumb("p2", "down", "2"), thumb("p1", "up", "1"), thumb("p3", "up", "1"), thumb("p9", "up", "1")];
    expect(judgmentsOfThumbs({ hits, thumbs })).toEqual([
      { documentId: "a", grade: 0 },
      { documentId: "b", grade: 2 },
    ]);
    expect(judgmentsOfThumbs({ hits, thumbs: [] })).toEqual([]);
  });
});

describe("what differs in a replay", () => {
  const now = (before: number | null, after: number) => ({ ...hit(`p${after}`, "a"), before, after });
  it("is said in a sentence: gone, new, and another order only when there is one", () => {
    expect(differenceOf({ hits: [now(1, 1), now(3, 2)], gone: [{}] as never })).toBe("1 hit of then is gone.");
    expect(differenceOf({ hits: [now(2, 1), now(1, 2), now(null, 3)], gone: [] })).toMatch(
      /^All hits of then are there; one is new; the others stand in another order/,
    );
  });
});

describe("bars of a chart", () => {
  it("fill the height with the highest day, show zero results as a part, and never divide by nothing", () => {
    const days = [
      { day: "2026-01-01", searches: 10, zeroResults: 5 },
      { day: "2026-01-02", searches: 0, zeroResults: 0 },
    ];
    expect(barsOf(days)).toEqual([
      { day: "2026-01-01", x: 0, width: 50, height: 100, zeroHeight: 50 },
      { day: "2026-01-02", x: 50, width: 50, height: 0, zeroHeight: 0 },
    ]);
    expect(barsOf([{ day: "2026-01-01", searches: 0, zeroResults: 0 }])[0]?.height).toBe(0);
  });
});

import type { LogLine } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { addLines } from "./use-log-tail.ts";

const line = (n: number): LogLine => ({ id: String(n), at: "2026-01-01T00:00:00.000Z", text: `line ${n}` });

describe("a live tail", () => {
  it("shows each line once, also when a connection begins again with what was sent before", () => {
    const first = addLines([], [line(1), line(2)]);
    expect(addLines(first, [line(2), line(3)]).map(({ id }) => id)).toEqual(["1", "2", "3"]);
    expect(addLines(first, [line(1), line(2)])).toBe(first);
  });

  it("keeps no more than can be looked at", () => {
    const many = Array.from({ length: 2500 }, (_, n) => line(n));
    const kept = addLines([], many);
    expect(kept).toHaveLength(2000);
    expect(kept.at(-1)?.id).toBe("2499");
  });
});

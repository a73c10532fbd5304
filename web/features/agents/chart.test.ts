import { describe, expect, it } from "vitest";
import { linePath, nearestPoint, niceMax, yOf } from "./chart.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const frame = { fromMs: Date.parse(at(0)), toMs: Date.parse(at(10)), max: 100 };
const points = [0, 1, 2, 8, 9].map((minute) => ({ at: at(minute), value: minute * 10 }));

describe("a chart", () => {
  it("breaks its line where there is no data", () => {
    expect(linePath(points, frame, 150_000).match(/M/g)).toHaveLength(2);
    expect(linePath(points, frame, 3_600_000).match(/M/g)).toHaveLength(1);
  });

  it("has a scale that can be read, and nothing above it", () => {
    expect([0, 0.3, 1, 7, 23, 100, 101].map(niceMax)).toEqual([1, 0.5, 1, 10, 50, 100, 200]);
    expect(yOf(250, frame)).toBe(0);
  });

  it("reads the point nearest to the pointer", () => {
    expect(nearestPoint(points, frame, 0.75)?.at).toBe(at(8));
    expect(nearestPoint([], frame, 0.5)).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { scaleOf, zoomBy, zoomSteps } from "./page-layout.ts";
import { outputScaleOf } from "./pdf-engine.ts";
import { firstRectOf } from "./rects.tsx";

describe("the layout of pages", () => {
  it("fits the widest page and never blows paper up", () => {
    const sizes = [
      { width: 500, height: 700 },
      { width: 1000, height: 700 },
    ];
    expect(scaleOf(sizes, 800, 1)).toBe(0.8);
    expect(scaleOf(sizes, 800, 2)).toBe(1.6);
    expect(scaleOf(sizes, 5000, 1)).toBe(1.6);
    expect(scaleOf([], 0, 1)).toBeGreaterThan(0);
  });

  it("zooms by steps and stops at the ends", () => {
    expect(zoomBy(1, 1)).toBe(1.25);
    expect(zoomBy(1, -1)).toBe(0.8);
    expect(zoomBy(3, 1)).toBe(3);
    expect(zoomBy(zoomSteps[0], -1)).toBe(0.5);
  });

  it("keeps canvases within what browsers draw", () => {
    expect(outputScaleOf(1000, 1000, 2)).toBe(2);
    const scale = outputScaleOf(5000, 8000, 3);
    expect(5000 * scale * (8000 * scale)).toBeLessThanOrEqual(16_000_001);
  });

  it("finds where a passage begins", () => {
    expect(
      firstRectOf([
        { page: 2, rects: [] },
        {
          page: 3,
          rects: [
            [50, 90, 10, 10],
            [20, 80, 10, 10],
          ],
        },
      ]),
    ).toEqual({ page: 3, top: 80, left: 20 });
    expect(firstRectOf([])).toBeUndefined();
    expect(firstRectOf(undefined)).toBeUndefined();
  });
});

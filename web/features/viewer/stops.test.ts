import { describe, expect, it } from "vitest";
import { numberOfPassage } from "./queries.ts";
import { stopsOf } from "./stops.ts";

describe("stepping through hits", () => {
  it("goes in reading order and stops at the ends", () => {
    expect(stopsOf([9, 2, 5, 5], 5)).toEqual({ position: 2, count: 3, previous: 2, next: 9 });
    expect(stopsOf([2, 5], 2)).toEqual({ position: 1, count: 2, previous: undefined, next: 5 });
    expect(stopsOf([2, 5], 5)).toEqual({ position: 2, count: 2, previous: 2, next: undefined });
  });

  it("finds the neighbours of a passage that is no hit, and begins at the first without one", () => {
    expect(stopsOf([2, 9], 4)).toEqual({ position: undefined, count: 2, previous: 2, next: 9 });
    expect(stopsOf([2, 9], undefined)).toEqual({ position: undefined, count: 2, previous: undefined, next: 2 });
    expect(stopsOf([], 4)).toEqual({ position: undefined, count: 0, previous: undefined, next: undefined });
  });

  it("reads a passage's number from its id", () => {
    expect(numberOfPassage("psg_01JCZZZZZZZZZZZZZZZZZZZZZZ_12")).toBe(12);
    expect(numberOfPassage("psg_nonsense")).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { joinPassages } from "./join-passages.ts";

const piece = (start: number, text: string, headingPath: string[] = []) => ({
  start,
  end: start + text.length,
  text,
  headingPath,
});

describe("passages as one text", () => {
  it("leaves out what a passage repeats of the one before", () => {
    expect(joinPassages([piece(0, "one two "), piece(4, "two three")])).toBe("one two three");
  });
  it("keeps a passage whole whose range does not fit its text", () => {
    expect(joinPassages([piece(0, "one two"), { ...piece(4, "a | b"), end: 40 }])).toBe("one twoa | b");
  });
  it("names a heading once, where it begins", () => {
    expect(joinPassages([piece(0, "a", ["X", "Y"]), piece(10, "b", ["X", "Y"]), piece(20, "c", ["Z"])])).toBe(
      "[X > Y]\na\n\nb\n\n[Z]\nc",
    );
  });
});

import { describe, expect, it } from "vitest";
import { exitCodeText } from "./exit-code.ts";

describe("an exit code", () => {
  it("is told in words where it has a meaning of its own, and never guessed", () => {
    expect(exitCodeText(0)).toBe("0: ended by itself, without an error");
    expect(exitCodeText(137)).toMatch(/^137: killed, for its memory/);
    expect(exitCodeText(143)).toMatch(/^143: asked to end/);
    expect(exitCodeText(66)).toBe("66");
    expect(exitCodeText(9)).toBe("9");
  });
});

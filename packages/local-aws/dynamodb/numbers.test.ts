import { describe, expect, it } from "vitest";
import { addNumbers, compareNumbers, encodeNumberKey, normalizeNumber } from "./numbers.ts";

describe("numbers", () => {
  it("are given back in plain digits", () => {
    expect(["1e3", "-0.50", "+7", "0.0", "1.5E-3", ".5", "00012"].map(normalizeNumber)).toEqual([
      "1000",
      "-0.5",
      "7",
      "0",
      "0.0015",
      "0.5",
      "12",
    ]);
  });

  it("keep 38 digits exactly and refuse a 39th, too large and too small ones", () => {
    const digits = `${"1234567890".repeat(3)}12345678`;
    expect(normalizeNumber(digits)).toBe(digits);
    expect(() => normalizeNumber(`${digits}9`)).toThrow("more than 38 significant digits");
    expect(() => normalizeNumber("1e126")).toThrow("overflow");
    expect(() => normalizeNumber("1e-131")).toThrow("underflow");
    expect(() => normalizeNumber("1e999999999")).toThrow("overflow");
    expect(normalizeNumber("1e-130")).toHaveLength(132);
  });

  it.each(["", "abc", "1e", "--1", "0x10", "NaN", "Infinity", "1 2"])("refuse %j", (text) => {
    expect(() => normalizeNumber(text)).toThrow("cannot be converted to a numeric value");
  });

  it("add exactly where floating point does not", () => {
    expect(addNumbers("0.1", "0.2")).toBe("0.3");
    expect(addNumbers("99999999999999999999", "0.001")).toBe("99999999999999999999.001");
    expect(addNumbers("1", "1", -1)).toBe("0");
  });

  it("have keys whose byte order is their numeric order", () => {
    const sorted = [
      "-1e125",
      "-1000",
      "-999.5",
      "-999",
      "-1.05",
      "-1",
      "-1e-130",
      "0",
      "1e-130",
      "0.5",
      "1",
      "1.05",
      "2",
      "10",
      "9e125",
    ];
    for (const [place, left] of sorted.entries()) {
      for (const [other, right] of sorted.entries()) {
        expect(Buffer.compare(encodeNumberKey(left), encodeNumberKey(right)), `${left} against ${right}`).toBe(
          Math.sign(place - other),
        );
        expect(compareNumbers(left, right)).toBe(Math.sign(place - other));
      }
    }
  });
});

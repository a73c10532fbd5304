import { describe, expect, it } from "vitest";
import { flagParam, listParam, numberParam, oneOfParam, readParam, textParam, writeParam } from "./url-params.ts";

describe("parameters of an address", () => {
  it("give back what was written, also texts with commas, percent signs and none at all", () => {
    const list = listParam(textParam);
    for (const value of [["a", "b"], ["a,b", "c"], ["100%", "ä, ö"], []])
      expect(readParam(list, writeParam(list, value))).toEqual(value);
    for (const value of ["", " a ", "ä&=#?"]) expect(readParam(textParam, writeParam(textParam, value))).toBe(value);
  });

  it("leave a default out of the address, also one that is only equal", () => {
    const list = listParam(textParam).withDefault(["a"]);
    expect(writeParam(list, ["a"])).toBeNull();
    expect(writeParam(list, [])).toBe("");
    expect(readParam(list, null)).toEqual(["a"]);
  });

  it("take what is no value as absent", () => {
    expect(readParam(numberParam.withDefault(1), "1e3")).toBe(1);
    expect(readParam(flagParam.withDefault(false), "yes")).toBe(false);
    expect(readParam(oneOfParam(["asc", "desc"]), "up")).toBeNull();
    expect(readParam(oneOfParam([7, 30]), "30")).toBe(30);
  });
});

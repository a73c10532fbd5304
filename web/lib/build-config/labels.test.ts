import { stageOfSetting } from "@samla/contracts/plain";
import { describe, expect, it } from "vitest";
import { listChange, settingLabel, showValue } from "./labels.ts";

describe("a build's settings in words", () => {
  it("have a name each; those with parts are named by their parts", () => {
    const nameless = Object.keys(stageOfSetting).filter((setting) => settingLabel(setting) === setting);
    expect(nameless).toEqual(["fieldWeights"]);
    expect(settingLabel("fieldWeights.title")).toBe("Weight of the title");
  });

  it.each([
    ["targetTokens", 200, "about 200 tokens"],
    ["overlapTokens", 0, "none"],
    ["embedder", "none", "none, words only"],
    ["stem", true, "yes"],
    ["fusion", { kind: "weighted", vectorWeight: 0.4 }, "Word score, plus 0.4 of the vector score (both normalised)"],
    ["stopWords", { kind: "custom", words: ["a", "b"] }, "2 words of your own"],
    ["fusion.feedback", undefined, "off"],
    ["something.new", { a: 1 }, '{"a":1}'],
  ])("%s of %j reads “%s”", (path, value, text) => expect(showValue(path, value)).toBe(text));

  it("that are lists show what came and what went", () => {
    expect(listChange("synonyms", [["car", "auto"]], [["car", "auto", "vehicle"]])).toEqual({
      removed: ["car, auto"],
      added: ["car, auto, vehicle"],
    });
    expect(listChange("stopWords.words", undefined, ["the"])).toEqual({ removed: [], added: ["the"] });
    expect(listChange("targetTokens", 1, 2)).toBeUndefined();
  });
});

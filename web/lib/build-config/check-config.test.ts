import { BuildConfig } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { checkConfig, readJson } from "./check-config.ts";

const config = BuildConfig.parse({
  language: "English",
  targetTokens: 200,
  embedder: "none",
  dimensions: 0,
  fusion: { kind: "weighted", vectorWeight: 0.5 },
});

describe("a configuration typed as JSON", () => {
  it("is taken when the contract takes it", async () => {
    expect(await checkConfig(config)).toEqual({ config, problems: [] });
  });

  it("is refused with the path of each mistake, misspelt settings too", async () => {
    const { problems } = await checkConfig({
      ...config,
      targetTokens: 5,
      fieldWeights: { title: 9, section: 1 },
      tokens: 1,
    });
    expect(problems.map((one) => one.path).sort()).toEqual(["", "fieldWeights.title", "targetTokens"]);
    expect(problems.find((one) => one.path === "")?.message).toContain("tokens");
  });

  it("says the line where it stops being JSON", () => {
    expect(readJson('{\n  "a": 1,\n  "b": x\n}')).toEqual({ problem: "This is not JSON yet: look at line 3." });
    expect(readJson('{"a":1}')).toEqual({ value: { a: 1 } });
  });
});

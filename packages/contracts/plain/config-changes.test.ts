import { describe, expect, it } from "vitest";
import { BuildConfig } from "../build-config.ts";
import { changesOfConfig, stageOfSetting } from "./config-changes.ts";

const config = BuildConfig.parse({
  language: "English",
  targetTokens: 200,
  embedder: "words",
  dimensions: 50,
  fusion: { kind: "weighted", vectorWeight: 0.5 },
});

describe("what differs between two configurations", () => {
  it("is nothing for the same one, whatever the order of its keys", () => {
    const turned = Object.fromEntries(Object.entries(config).reverse()) as BuildConfig;
    expect(changesOfConfig(config, turned)).toEqual([]);
  });

  it("names the parts of an object, and the whole when it became another kind", () => {
    const after: BuildConfig = {
      ...config,
      fieldWeights: { ...config.fieldWeights, title: 5 },
      fusion: { kind: "weighted", vectorWeight: 0.25 },
      stopWords: { kind: "none" },
    };
    expect(changesOfConfig(config, after)).toEqual([
      { path: "fieldWeights.title", before: 3, after: 5, stage: "write" },
      { path: "stopWords", before: { kind: "language" }, after: { kind: "none" }, stage: "query" },
      { path: "fusion.vectorWeight", before: 0.5, after: 0.25, stage: "query" },
    ]);
  });

  it("knows the stage of every setting", () => {
    expect(Object.keys(stageOfSetting).sort()).toEqual(Object.keys(BuildConfig.shape).sort());
  });
});

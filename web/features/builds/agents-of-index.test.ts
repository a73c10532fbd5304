import { describe, expect, it } from "vitest";
import { useOfIndex } from "./agents-of-index.ts";

const agent = (
  settings: object,
  needs: object = { index: { setting: "indexes" }, embedder: { setting: "embedder" } },
) => ({ name: "answer", title: "Answer", live: { config: { settings } }, manifest: { needs } }) as never;
const config = { embedder: "glove-100", dimensions: 100 };

describe("an agent's use of an index", () => {
  it("is told of agents that name it, or that name none and so search every one", () => {
    expect(useOfIndex(agent({ indexes: ["manual"] }), "manual", config)).toMatchObject({ isEvery: false });
    expect(useOfIndex(agent({ indexes: [] }), "manual", config)).toMatchObject({ isEvery: true });
    expect(useOfIndex(agent({ indexes: ["other"] }), "manual", config)).toBeUndefined();
    expect(useOfIndex(agent({ index: "manual" }, { index: { setting: "index" } }), "manual", config)).toBeDefined();
  });

  it("breaks with a build of another embedder than the agent names, and with no other", () => {
    const released = agent({ indexes: ["manual"], embedder: "glove-100" });
    expect(useOfIndex(released, "manual", config)?.broken).toBeUndefined();
    expect(useOfIndex(released, "manual", { embedder: "titan", dimensions: 1024 })?.broken).toContain(
      "released for the embedder glove-100; this build has titan with 1024 dimensions",
    );
    expect(useOfIndex(released, "manual", { embedder: "none", dimensions: 0 })?.broken).toContain("no vectors");
    expect(useOfIndex(agent({ indexes: [], embedder: "" }), "manual", config)?.broken).toBeUndefined();
  });

  it("is none of an image without a manifest or an agent without a release", () => {
    expect(useOfIndex({ name: "foreign", title: "Foreign" } as never, "manual", config)).toBeUndefined();
    expect(useOfIndex(agent({}, {}), "manual", config)).toBeUndefined();
  });
});

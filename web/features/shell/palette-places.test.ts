import { describe, expect, it } from "vitest";
import { placesOf, placesOfId } from "./palette-places.ts";

const digest = `sha256:${"a".repeat(64)}`;
const agents = [
  { name: "answer", health: "healthy", image: { digest, tag: "v1" }, busy: { releaseId: "rel_x", n: 4 } },
  { name: "sync", health: "down", lastRelease: { id: "rel_y", n: 2 } },
];

describe("the palette", () => {
  it("leads to each agent and what is on its way before anything is typed", () => {
    expect(placesOf(agents, () => true).flatMap(({ isFirst, label }) => (isFirst ? [label] : []))).toEqual([
      "Agent answer",
      "Release 4 of answer, on its way",
      "Agent sync",
    ]);
  });

  it("offers what a person may do, and runs of the agent that has them", () => {
    const labels = placesOf(agents, () => false).map(({ label }) => label);
    expect(labels).not.toContain("Release sync…");
    expect(labels).not.toContain("Log of sync");
    expect(labels).toContain("Runs of sync");
    expect(labels).not.toContain("Runs of answer");
    expect(placesOf(agents, () => true).map(({ label }) => label)).toContain("Release sync…");
    expect(placesOf(agents, () => true).map(({ label }) => label)).not.toContain("Release answer…");
  });

  it("knows pasted ids by their shape", () => {
    const hrefs = (text: string) => placesOfId(text, agents).map(({ href }) => href);
    expect(hrefs("0123456789abcdef0123456789abcdef")).toEqual([
      "/agents/answer/tasks/0123456789abcdef0123456789abcdef",
      "/agents/sync/tasks/0123456789abcdef0123456789abcdef",
    ]);
    expect(hrefs("a".repeat(64))[0]).toBe(`/images/answer/${digest}`);
    expect(hrefs("01J00000000000000000000000")).toEqual(["/agents/sync/runs/01J00000000000000000000000"]);
    expect(hrefs("anchor")).toEqual([]);
  });
});

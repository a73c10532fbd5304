import type { Build } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { buildTitle } from "../../lib/builds.ts";
import { buildActions, buildState, groupBuilds } from "./builds.ts";

const fill = (state: "running" | "paused" | "done", failed = 0): NonNullable<Build["fill"]> => ({
  state,
  startedAt: "2026-01-01T00:00:00.000Z",
  total: 10,
  done: 5,
  failed,
  reused: { extract: 0, split: 0, embed: 0 },
  made: { extract: 0, split: 0, embed: 0 },
});
const rolledBack = { at: "2026-01-01T00:00:00.000Z", by: "Ada", reason: "worse", toBuildId: "bld_x" } as NonNullable<
  Build["rolledBack"]
>;

describe("what can be done with a build", () => {
  const actions = (build: Parameters<typeof buildActions>[0]) => [...buildActions(build, true)].sort();

  it("is nothing for those who only read", () => {
    expect(buildActions({ status: "ready" }, false).size).toBe(0);
  });

  it("follows its state; the live one is never deleted", () => {
    expect(actions({ status: "live" })).toEqual(["copy"]);
    expect(actions({ status: "building", fill: fill("running") })).toEqual(["cancel", "copy", "pause"]);
    expect(actions({ status: "building", fill: fill("paused", 2) })).toEqual(["cancel", "copy", "resume"]);
    expect(actions({ status: "ready", fill: fill("done", 1) })).toEqual(["copy", "delete", "promote", "retry"]);
    expect(actions({ status: "superseded" })).toEqual(["copy", "delete", "roll-back"]);
  });

  it("one that was rolled back comes back through the gate only", () => {
    expect(actions({ status: "superseded", rolledBack })).toEqual(["copy", "delete", "promote"]);
    expect(buildState({ status: "superseded", rolledBack }).label).toBe("Rolled back");
  });
});

describe("the list of builds", () => {
  it("has the live one first, then candidates, newest first", () => {
    const builds = (["superseded", "ready", "live", "building", "failed"] as const).map((status, i) => ({
      status,
      createdAt: `2026-01-0${i + 1}T00:00:00.000Z`,
    }));
    expect(groupBuilds(builds).map((group) => [group.title, group.builds.map((build) => build.status)])).toEqual([
      ["Live", ["live"]],
      ["Candidates", ["building", "ready"]],
      ["Superseded", ["superseded"]],
      ["Not usable", ["failed"]],
    ]);
  });

  it("names a build by its note, else by its time", () => {
    expect(buildTitle({ note: "Longer passages\nmore", createdAt: "2026-01-01T10:00:00.000Z" })).toBe(
      "Longer passages",
    );
    expect(buildTitle({ note: "", createdAt: "2026-01-01T10:00:00.000Z" })).toMatch(/^Build of 1 Jan, \d\d:00$/);
  });
});

import { hasPermission, type Permission, type Role } from "@samla/contracts/plain";
import { describe, expect, it } from "vitest";
import { agentActions } from "./agent-actions.ts";
import { releaseState, taskState } from "./words.ts";

type Shown = Parameters<typeof agentActions>[0];
const actions = (role: Role, agent: Partial<Shown>) =>
  [
    ...agentActions({ paused: false, liveReleaseId: "rel_1" as never, ...agent }, (permission: Permission) =>
      hasPermission([role], permission),
    ),
  ].sort();
const by = { kind: "person", id: "otto", name: "otto" } as const;
const held = { releaseId: "rel_2" as never, n: 2, by, at: "2026-01-01T00:00:00.000Z" };

describe("what can be done with an agent", () => {
  it("is nothing for readers and editors", () => {
    expect(actions("reader", {})).toEqual([]);
    expect(actions("editor", {})).toEqual([]);
  });

  it("is protecting for administrators alone", () => {
    expect(actions("operator", {})).toEqual(["pause", "release", "restart", "roll-back", "scale"]);
    expect(actions("admin", {})).toEqual(["pause", "protect", "release", "restart", "roll-back", "scale"]);
  });

  it("begins no second act while a release is on its way", () => {
    expect(actions("operator", { busy: held })).toEqual([]);
  });

  it("begins no release while it is pinned, and offers to unpin", () => {
    const pinned = actions("operator", { pin: { ...held, reason: "worse" } });
    expect(pinned).toContain("unpin");
    expect(pinned).not.toContain("release");
  });

  it("offers an agent without a release its first one only", () => {
    expect(actions("operator", { liveReleaseId: undefined })).toEqual(["release"]);
  });

  it("resumes what is paused, and scales it no further", () => {
    expect(actions("operator", { paused: true })).toEqual(["release", "resume", "roll-back"]);
  });
});

describe("the colour of a release", () => {
  it("is green only when it is live and was judged well", () => {
    expect(releaseState({ status: "live", ok: true }).tone).toBe("success");
    for (const status of ["rolled-back", "failed", "stopped", "superseded", "withdrawn", "rolling"] as const)
      expect(releaseState({ status, ok: true }).tone, status).not.toBe("success");
    expect(releaseState({ status: "live", ok: false }).tone).not.toBe("success");
  });
});

describe("a task's state", () => {
  it("names why a task stopped, and is calm about planned ends", () => {
    expect(taskState({ state: "stopped", health: "unknown", cause: "out_of_memory", exitCode: 137 })).toEqual({
      label: "Out of memory",
      tone: "danger",
    });
    expect(taskState({ state: "stopped", health: "unknown", cause: "none", exitCode: 143 }).tone).toBe("neutral");
  });
});

import { hasPermission, type Permission, type Role, type VersionStatus } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { batchActionsOf, canMakeLive, documentActions } from "./actions.ts";

const nowMs = Date.parse("2026-02-01T00:00:00.000Z");
const mayAs = (role: Role) => (permission: Permission) => hasPermission([role], permission);
const offered = (status: VersionStatus, role: Role, more = {}) =>
  [...documentActions({ status, ...more }, mayAs(role), nowMs)].sort().join(" ");

describe("what may be done with a document", () => {
  it.each([
    ["uploading", "editor", "access cancel delete rename tag"],
    ["queued", "editor", "access cancel delete download rename replace tag"],
    ["extracting", "editor", "access cancel delete download rename replace tag"],
    ["indexing", "editor", "access cancel delete download rename replace tag"],
    ["ready", "editor", "access delete download rename replace reprocess tag"],
    ["failed", "editor", "access delete download rename replace reprocess tag"],
    ["cancelled", "admin", "access delete download rename replace reprocess tag"],
    ["ready", "reader", "download"],
    ["uploading", "reader", ""],
    ["ready", "operator", "download"],
  ] as const)("%s as %s: %s", (status, role, expected) => expect(offered(status, role)).toBe(expected));

  it("a deleted one can be restored until it is purged, and nothing else", () => {
    const deletedAt = "2026-01-20T00:00:00.000Z";
    expect(offered("ready", "editor", { deletedAt, purgeAt: "2026-02-19T00:00:00.000Z" })).toBe("restore");
    expect(offered("ready", "editor", { deletedAt, purgeAt: "2026-01-31T00:00:00.000Z" })).toBe("");
    expect(offered("ready", "reader", { deletedAt })).toBe("");
  });

  it("a selection offers an action with the number it fits", () => {
    const documents = [{ status: "ready" }, { status: "failed" }, { status: "extracting" }] as const;
    expect(batchActionsOf(documents, mayAs("editor"), nowMs)).toEqual({
      delete: 3,
      restore: 0,
      reprocess: 2,
      cancel: 1,
      tag: 3,
      access: 3,
    });
    expect(batchActionsOf(documents, mayAs("reader"), nowMs)).toEqual({
      delete: 0,
      restore: 0,
      reprocess: 0,
      cancel: 0,
      tag: 0,
      access: 0,
    });
  });

  it.each([
    [{ status: "ready", live: false }, "editor", true],
    [{ status: "ready", live: true }, "editor", false],
    [{ status: "failed", live: false }, "editor", false],
    [{ status: "ready", live: false }, "reader", false],
  ] as const)("a version with %j can be made live by %s: %s", (version, role, expected) => {
    expect(canMakeLive(version, {}, mayAs(role))).toBe(expected);
  });
});

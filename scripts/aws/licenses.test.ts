import { describe, expect, it } from "vitest";
import { findProblems, isAllowed } from "./licenses.ts";
import { type LockedPackage, readLocked } from "./packages.ts";

const made = (license: string | undefined, name = "made-up"): LockedPackage => ({
  name,
  version: "1.0.0",
  path: `node_modules/${name}`,
  license,
  integrity: "sha512-x",
  development: false,
  dependencies: [],
});

describe("packages", () => {
  it("are all under licences that somebody has agreed to, and locked to their bytes", () => {
    for (const folder of ["", "infra"] as const) {
      const packages = readLocked(folder);
      expect(packages.length).toBeGreaterThan(100);
      expect(findProblems(packages)).toEqual([]);
    }
  });

  it("are refused under strong copyleft, unknown or no licence, and without promised bytes", () => {
    for (const license of [
      "GPL-3.0-only",
      "AGPL-3.0-or-later",
      "SSPL-1.0",
      "UNLICENSED",
      "MIT AND GPL-2.0-only",
      undefined,
    ])
      expect(findProblems([made(license)]), String(license)).toHaveLength(1);
    expect(findProblems([{ ...made("MIT"), integrity: undefined }])).toHaveLength(1);
    expect(findProblems([made("MPL-2.0")])).toHaveLength(1);
    expect(findProblems([made("MPL-2.0", "axe-core")])).toEqual([]);
  });

  it("may choose a side of OR and must keep both of AND", () => {
    expect(isAllowed("(MIT OR GPL-3.0-only)")).toBe(true);
    expect(isAllowed("Apache-2.0 AND MIT")).toBe(true);
    expect(isAllowed("Apache-2.0 AND LGPL-3.0-or-later")).toBe(false);
  });
});

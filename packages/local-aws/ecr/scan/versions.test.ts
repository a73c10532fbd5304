import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compareDebian, compareSemver } from "./versions.ts";

const sign = (order: number): number => Math.sign(order);

describe("versions", () => {
  it("are ordered as semver.org shows it", () => {
    const ordered = ["0.9.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2"];
    ordered.push("1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0");
    for (let i = 1; i < ordered.length; i += 1)
      expect(sign(compareSemver(ordered[i - 1] ?? "", ordered[i] ?? "")), ordered[i]).toBe(-1);
    expect(compareSemver("v1.2", "1.2.0+build")).toBe(0);
  });

  const pairs = [
    ["1.0", "1.1"],
    ["1.0~rc1", "1.0"],
    ["1.0-1", "1.0-2"],
    ["2.36-9+deb12u9", "2.36-9+deb12u14"],
    ["1:0.1", "2.0"],
    ["1.0a", "1.0+"],
    ["1.0~~", "1.0~~a"],
    ["1.002", "1.2"],
    ["1.0-1", "1.0"],
    ["12.2.0-14+deb12u1", "12.2.0-14"],
  ] as const;
  it("are ordered as dpkg orders them", (context) => {
    if (!existsSync("/usr/bin/dpkg")) return context.skip("needs dpkg, which is not on this machine");
    for (const [a, b] of pairs) {
      const says = (relation: string): boolean => {
        try {
          execFileSync("/usr/bin/dpkg", ["--compare-versions", a, relation, b]);
          return true;
        } catch {
          return false;
        }
      };
      expect(sign(compareDebian(a, b)), `${a} and ${b}`).toBe(says("lt") ? -1 : says("gt") ? 1 : 0);
    }
  });
});

import { describe, expect, it } from "vitest";
import { lambdaDir } from "../scripts/aws/build-functions.ts";
import { consoleSbom, functionsSbom } from "../scripts/aws/sbom.ts";

describe.each([
  [
    "functions",
    () => functionsSbom(lambdaDir),
    ["zod", "jose", "@lancedb/lancedb", "pdfjs-dist", "@aws-sdk/client-s3"],
  ],
  ["console", consoleSbom, ["next", "react", "zod", "openid-client"]],
] as const)("the inventory of the %s", (_, make, expected) => {
  const sbom = make();
  const names = sbom.components.map((one) => one.name);

  it("names what is in it, once, with version, licence and hash", () => {
    expect(names).toEqual(expect.arrayContaining([...expected]));
    expect(new Set(sbom.components.map((one) => one["bom-ref"])).size).toBe(sbom.components.length);
    for (const one of sbom.components) {
      expect(one.purl, one.name).toMatch(/^pkg:npm\/.+@\d/);
      expect(one.licenses, one.name).toHaveLength(1);
      expect(one.hashes, one.name).toHaveLength(1);
    }
  });

  it("holds no tool of build or tests, and is the same each time", () => {
    for (const tool of ["vitest", "@playwright/test", "esbuild", "sst", "@pulumi/pulumi"])
      expect(names).not.toContain(tool);
    expect(make()).toEqual(sbom);
  });
});

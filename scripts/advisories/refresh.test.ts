import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { matchAdvisories } from "../../packages/local-aws/ecr/scan/advisories.ts";
import { refreshAdvisories } from "./refresh.ts";

const record = {
  id: "GHSA-aaaa-bbbb-cccc",
  aliases: ["CVE-2099-1"],
  summary: "Something",
  details: "long".repeat(1000),
  affected: [
    {
      package: { ecosystem: "npm", name: "left" },
      ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "2.0.0" }] }],
    },
    { package: { ecosystem: "PyPI", name: "left" }, ranges: [] },
  ],
  database_specific: { severity: "MODERATE" },
  references: [{ type: "ADVISORY", url: "https://example.com/a" }],
};
const nodeCore = {
  "1": {
    cve: ["CVE-2099-2"],
    vulnerable: "22.x || 24.x",
    patched: "^22.1.1 || ^24.2.3",
    description: "In Node",
    severity: "high",
  },
  "2": { cve: ["CVE-2010-1"], vulnerable: "0.10.x", patched: "^0.10.2", description: "Old" },
};

describe("advisories are refreshed", () => {
  let server: Server;
  let base = "";
  let dir = "";
  let isDown = false;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "samla-advisories-"));
    server = createServer((req, res) => {
      const answer = (value: unknown) => res.writeHead(isDown ? 503 : 200).end(JSON.stringify(value));
      let body = "";
      req.on("data", (chunk) => {
        body += chunk;
      });
      req.on("end", () => {
        if (req.url === "/v1/querybatch") {
          const { queries } = JSON.parse(body) as { queries: { package: { name: string } }[] };
          answer({
            results: queries.map((one) => (one.package.name === "left" ? { vulns: [{ id: record.id }] } : {})),
          });
        } else if (req.url === `/v1/vulns/${record.id}`) answer(record);
        else answer(nodeCore);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    base = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(dir, { recursive: true, force: true });
  });
  const packages = [
    { ecosystem: "npm", name: "left", version: "1.0.0" },
    { ecosystem: "npm", name: "right", version: "1.0.0" },
  ];

  it("for the packages of images and for Node.js, and match them", async () => {
    const file = join(dir, "a", "advisories.json");
    const content = await refreshAdvisories({ packages, file, sources: { osv: base, nodeCore: `${base}/core` } });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(content)));
    expect(JSON.stringify(content)).not.toContain("longlong");
    const inventory = [
      { ecosystem: "npm" as const, name: "left", version: "1.0.0", purl: "" },
      { ecosystem: "Node.js" as const, name: "node", version: "24.2.0", purl: "" },
    ];
    expect(matchAdvisories(inventory, content.advisories)).toMatchObject([
      { name: "CVE-2099-2", severity: "HIGH", fixedIn: "24.2.3" },
      { name: "CVE-2099-1", severity: "MEDIUM", package: "left", fixedIn: "2.0.0" },
    ]);
    const mended = inventory.map((one) => ({ ...one, version: one.name === "node" ? "24.2.3" : "2.0.0" }));
    expect(matchAdvisories(mended, content.advisories)).toEqual([]);
  });

  it("all or not at all", async () => {
    const file = join(dir, "advisories.json");
    writeFileSync(file, "as it was");
    isDown = true;
    await expect(
      refreshAdvisories({ packages, file, sources: { osv: base, nodeCore: `${base}/core` } }),
    ).rejects.toThrow(/answered 503/);
    expect(readFileSync(file, "utf8")).toBe("as it was");
  });
});

import type { Advisory } from "../../packages/local-aws/ecr/scan/advisories.ts";

type Entry = {
  cve?: string[];
  vulnerable?: string;
  patched?: string;
  ref?: string;
  description?: string;
  severity?: string;
};

/**
 * The Node.js project's own list of its vulnerabilities (nodejs/security-wg, vuln/core/index.json, MIT) in the OSV format.
 * Entries that name no release lines (`24.x`) or no CVE are left out.
 */
export const convertNodeCore = (index: Record<string, Entry>, fromLine: number): Advisory[] =>
  Object.values(index).flatMap(({ cve = [], vulnerable = "", patched = "", ref, description, severity }) => {
    const lines = [...vulnerable.matchAll(/(?:^|\|\|)\s*[<=^~]*\s*(\d+)\.x/g)].map(([, line]) => Number(line));
    const ranges = lines
      .filter((line) => line >= fromLine)
      .map((line) => {
        const fixed = [...patched.matchAll(/\^?(\d+)\.(\d+)\.(\d+)/g)].find(([, major]) => Number(major) === line);
        return {
          type: "SEMVER",
          events: [
            { introduced: `${line}.0.0` },
            fixed ? { fixed: fixed[0].replace("^", "") } : { last_affected: `${line}.99999.99999` },
          ],
        };
      });
    const [id] = cve;
    if (id === undefined || ranges.length === 0) return [];
    return [
      {
        id,
        summary: (description ?? id).replace(/\s+/g, " ").slice(0, 200),
        affected: [{ package: { ecosystem: "Node.js", name: "node" }, ranges }],
        database_specific: severity && severity !== "unknown" ? { severity } : {},
        references: ref && /^https:\/\//.test(ref) ? [{ type: "ADVISORY", url: ref }] : [],
      },
    ];
  });

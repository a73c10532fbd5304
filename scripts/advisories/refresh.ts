import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { AdvisoryFile } from "../../packages/local-aws/ecr/scan/advisories.ts";
import { convertNodeCore } from "./node-core.ts";
import { type Coordinate, fetchOsv } from "./osv.ts";

const oldestNodeLine = 20;
const timeoutMs = 30_000;

export const usualSources = {
  osv: "https://api.osv.dev",
  nodeCore: "https://raw.githubusercontent.com/nodejs/security-wg/main/vuln/core/index.json",
};

/**
 * Fetches advisories for packages and for Node.js and puts them at `file`, all or nothing: a source that does not answer
 * leaves the file as it was.
 * @throws Error naming the source
 */
export const refreshAdvisories = async (options: {
  packages: readonly Coordinate[];
  file: string;
  sources?: typeof usualSources;
  now?: () => number;
}): Promise<AdvisoryFile> => {
  const { packages, file, sources = usualSources, now = Date.now } = options;
  const [osv, node] = await Promise.all([
    fetchOsv(sources.osv, packages),
    fetch(sources.nodeCore, { signal: AbortSignal.timeout(timeoutMs) }).then(async (answer) => {
      if (!answer.ok) throw new Error(`${new URL(sources.nodeCore).host} answered ${answer.status}`);
      return convertNodeCore((await answer.json()) as Parameters<typeof convertNodeCore>[0], oldestNodeLine);
    }),
  ]);
  const asOf = new Date(now()).toISOString();
  const content: AdvisoryFile = {
    asOf,
    sources: [
      { name: "OSV", url: sources.osv, asOf, note: `${osv.length} advisories for ${packages.length} packages` },
      { name: "Node.js project", url: sources.nodeCore, asOf, note: `${node.length} advisories for Node.js` },
    ],
    advisories: [...osv, ...node],
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 1)}\n`);
  renameSync(`${file}.new`, file);
  return content;
};

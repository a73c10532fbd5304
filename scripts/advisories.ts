import { join } from "node:path";
import type { Coordinate } from "./advisories/osv.ts";
import { refreshAdvisories } from "./advisories/refresh.ts";
import { readLocked } from "./aws/packages.ts";
import { stateDir } from "./build.ts";
import { collectRuntime } from "./image/runtime-files.ts";

/** What images are made of: the locked npm packages and, on Debian, the packages of the runtime's libraries. */
const packagesOfImages = (): Coordinate[] => {
  const npm = readLocked("").map(({ name, version }) => ({ ecosystem: "npm", name, version }));
  const runtime = collectRuntime();
  const osRelease = runtime.files.find(({ path }) => path === "etc/os-release");
  const release = osRelease?.kind === "text" ? /^VERSION_ID="?(\d+)/m.exec(osRelease.text)?.[1] : undefined;
  const debian = runtime.packages.map(({ source, version }) => ({
    ecosystem: `Debian:${release}`,
    name: source,
    version,
  }));
  return [...new Map([...npm, ...debian].map((one) => [JSON.stringify(one), one])).values()];
};

const main = async (): Promise<void> => {
  const file = join(stateDir, "aws", "ecr", "advisories.json");
  const { asOf, sources } = await refreshAdvisories({ packages: packagesOfImages(), file });
  console.log(
    `\n  ${file}\n  as of ${asOf}: ${sources.map(({ note }) => note).join(", ")}\n  The next scans use them.\n`,
  );
};

main().catch((error: unknown) => {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : "";
  const why = `${error instanceof Error ? error.message : String(error)}${cause}`;
  console.error(
    `\n  ✗ The advisories could not be refreshed: ${why}.\n    Those at hand stay as they are; try again with a network.\n`,
  );
  process.exitCode = 1;
});

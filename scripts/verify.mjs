// The fast gate: format, lint, boundaries, types and unit tests. Offline; needs the packages only.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { installInfra, runTs } from "./aws/tools.mjs";
import { checkMachine, install, node24, root, run, step, stop } from "./tools.mjs";

const bin = (name) => join(root, "node_modules", ".bin", name);

/** Runs one check; its output is shown only when it fails. */
const check = (name, command, args) =>
  step(name, async () => {
    const { code, output } = await run(command, args, { quiet: true, timeoutMs: 600_000 });
    if (code !== 0) {
      console.error(output.split("\n").slice(-120).join("\n"));
      stop(`${name} failed.`);
    }
  });

export const verify = async (unitReport = join(root, ".samla", "reports", "unit.json")) => {
  await check("format and lint", bin("biome"), ["check", "--error-on-warnings", "."]);
  await check("boundaries", bin("depcruise"), [
    "--config",
    ".dependency-cruiser.cjs",
    "packages",
    "functions",
    "infra",
    "scripts",
    "bench",
    "web/app",
    "web/features",
    "web/bff",
    "web/lib",
    "web/ui",
  ]);
  await check("types", bin("tsc"), ["-p", "tsconfig.json"]);
  await check("types of the console", bin("tsc"), ["-p", "web/tsconfig.json"]);
  await step("sources of SST", async () => {
    if (!(await runTs("infra/testing/unpack-platform.ts"))) stop("The sst command did not give its sources.");
  });
  await check("types of the infrastructure", bin("tsc"), ["-p", "infra/tsconfig.json"]);
  rmSync(unitReport, { force: true });
  await check("unit tests", node24, [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    "--project",
    "unit",
    "--reporter=dot",
    "--reporter=json",
    `--outputFile.json=${unitReport}`,
  ]);
  return unitReport;
};

if (process.argv[1]?.endsWith("verify.mjs")) {
  console.log("\n  SAMLA verify\n");
  checkMachine();
  await step("packages", install);
  await step("packages of infra", installInfra);
  await verify();
}

// Everything: set-up (packages, Chromium), verify, contract tests, and the product in a real browser.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installInfra } from "./aws/tools.mjs";
import { checkMachine, install, node24, root, run, step, stop } from "./tools.mjs";
import { verify } from "./verify.mjs";

const startedAt = performance.now();
const reports = join(root, ".samla", "reports");
const chromium = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

const installChromium = async () => {
  if (existsSync(chromium)) return "there";
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    stop(
      `The browser tests need Chromium at ${chromium}. Install it, or name it with CHROMIUM_PATH, and run the command again.`,
    );
  const quiet = { quiet: true, env: { DEBIAN_FRONTEND: "noninteractive" }, timeoutMs: 600_000 };
  await run("apt-get", ["update", "-qq"], quiet);
  const { code, output } = await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], quiet);
  if (code !== 0 || !existsSync(chromium))
    stop(`Chromium could not be installed:\n${output.split("\n").slice(-8).join("\n")}`);
  return "apt-get install chromium";
};

const totals = { passed: 0, failed: 0, skipped: 0 };

const addVitest = (file) => {
  const report = JSON.parse(readFileSync(file, "utf8"));
  totals.passed += report.numPassedTests;
  totals.failed += report.numFailedTests;
  totals.skipped += report.numPendingTests + (report.numTodoTests ?? 0);
};

const addPlaywright = (file) => {
  const { stats } = JSON.parse(readFileSync(file, "utf8"));
  totals.passed += stats.expected;
  totals.failed += stats.unexpected;
  totals.skipped += stats.skipped;
};

console.log("\n  SAMLA tests\n");
checkMachine();
mkdirSync(reports, { recursive: true });
await step("packages", install);
await step("packages of infra", installInfra);
await step("Chromium", installChromium);
addVitest(await verify(join(reports, "unit.json")));

/** One of vitest's projects; its output is shown when it fails, and what it printed of figures always. */
const runProject = (name, project) =>
  step(name, async () => {
    const report = join(reports, `${project}.json`);
    rmSync(report, { force: true });
    const { code, output } = await run(
      node24,
      [
        join(root, "node_modules/vitest/vitest.mjs"),
        "run",
        "--project",
        project,
        "--reporter=dot",
        "--reporter=json",
        `--outputFile.json=${report}`,
      ],
      { quiet: true, timeoutMs: 1_200_000 },
    );
    if (existsSync(report)) addVitest(report);
    if (code !== 0) {
      console.error(output.split("\n").slice(-200).join("\n"));
      if (totals.failed === 0) totals.failed += 1;
    } else
      for (const line of output.split("\n").filter((one) => /\bMRR\b|\d\/\d|\bskip|^figure:|unpacked with/i.test(one)))
        console.log(`    ${line.trim()}`);
  });

await runProject("contract tests", "contract");
await runProject("what would be deployed to AWS", "aws");
await runProject("real documents and judged collections", "corpus");

await step("browser tests", async () => {
  const report = join(reports, "browser.json");
  rmSync(report, { force: true });
  const { code } = await run(node24, [join(root, "node_modules/@playwright/test/cli.js"), "test"], {
    env: { CHROMIUM_PATH: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    timeoutMs: 1_200_000,
  });
  if (existsSync(report)) addPlaywright(report);
  if (code !== 0 && totals.failed === 0) totals.failed += 1;
});

console.log(`\n  ${((performance.now() - startedAt) / 60_000).toFixed(1)} min\n`);
console.log(`${totals.passed} passed, ${totals.failed} failed${totals.skipped ? `, ${totals.skipped} skipped` : ""}`);
process.exit(totals.failed > 0 ? 1 : 0);

import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const planted = [
  {
    file: "packages/contracts/planted-boundary.ts",
    code: 'import "../core/kernel/index.ts";\n',
    rule: "contracts-stand-alone",
  },
  { file: "packages/core/planted-boundary.ts", code: 'import "@aws-sdk/client-s3";\n', rule: "core-is-free" },
  {
    file: "packages/local-aws/planted-boundary.ts",
    code: 'import "../contracts/index.ts";\n',
    rule: "stand-in-knows-nothing",
  },
  {
    file: "web/lib/planted-boundary.ts",
    code: 'import "../../packages/core/kernel/index.ts";\n',
    rule: "web-knows-contracts",
  },
];

beforeAll(async () => {
  for (const { file, code } of planted) {
    await mkdir(join(root, file, ".."), { recursive: true });
    await writeFile(join(root, file), code);
  }
});
afterAll(() => Promise.all(planted.map(({ file }) => rm(join(root, file), { force: true }))));

it("reports an import across each boundary as an error", async () => {
  const run = promisify(execFile)(
    process.execPath,
    [
      join(root, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs"),
      "--config",
      ".dependency-cruiser.cjs",
      "--output-type",
      "err",
      ...planted.map(({ file }) => file),
    ],
    { cwd: root },
  );
  const output = await run.then(
    () => "no error",
    (error: { stdout: string }) => error.stdout,
  );
  for (const { file, rule } of planted) expect(output).toContain(`error ${rule}: ${file}`);
});

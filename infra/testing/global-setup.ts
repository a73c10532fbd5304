import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { buildForLambda } from "../../scripts/aws/build-functions.ts";
import { hashFiles, whenChanged } from "../../scripts/build.ts";
import { markConsoleBuilt } from "../../scripts/laptop/console.ts";
import { node, stackFile, stages } from "./stack.ts";
import { root } from "./unpack-platform.ts";

const buildConsole = async (): Promise<void> => {
  const { status, stdout, stderr } = spawnSync(node, [join(root, "scripts/aws/build-console.mjs")], {
    encoding: "utf8",
    timeout: 600_000,
  });
  if (status !== 0 || !existsSync(join(root, "web/.open-next/open-next.output.json")))
    throw new Error(`The console was not built for Lambda:\n${`${stdout}${stderr}`.split("\n").slice(-40).join("\n")}`);
  // The laptop serves the same build.
  await markConsoleBuilt();
};

/** Builds what would be deployed where it changed, and runs the SST program once for each stage. */
export const setup = async (): Promise<void> => {
  await buildForLambda();
  await whenChanged(
    "open-next",
    hashFiles([
      "web/{app,bff,features,lib,ui}/**/*",
      "web/*.{ts,mjs,json}",
      "packages/contracts/**/*.ts",
      "packages/aws/**/*.ts",
      "public/**/*",
      "scripts/aws/build-console.mjs",
      "package-lock.json",
      "infra/package-lock.json",
    ]),
    // SST's component reads from both folders.
    join(
      root,
      existsSync(join(root, "web/.next/BUILD_ID")) ? "web/.open-next/open-next.output.json" : "web/.next/BUILD_ID",
    ),
    buildConsole,
  );
  for (const stage of stages)
    execFileSync(node, [join(root, "infra/testing/synth.ts"), "--stage", stage, "--out", stackFile(stage)], {
      cwd: root,
      timeout: 180_000,
      stdio: ["ignore", "pipe", "pipe"],
    });
};

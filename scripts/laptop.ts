import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { EmbedderSettings } from "../packages/engine/embedders/open-embedders.ts";
import { startLocalAws } from "../packages/local-aws/index.ts";
import { buildFunctions, root, stateDir } from "./build.ts";
import { ensureAgentPlatform, type LaptopAgents } from "./laptop/agent-platform.ts";
import { buildConsole, consoleCommand, consoleEnvironment } from "./laptop/console.ts";
import { prepareEmbedders } from "./laptop/embedder.ts";
import { createMachineClient } from "./laptop/machine-client.ts";
import { seedManual } from "./laptop/seed.ts";
import { accounts, createSettings, type Settings } from "./laptop/settings.ts";
import { awsEnvironment, createStandInConfig } from "./laptop/stand-in.ts";
import "./laptop/give-back-memory.mjs";
import { step } from "./tools.mjs";

const waitFor = async (url: string, timeoutMs: number): Promise<void> => {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const ok = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(5_000) }).then(
      (response) => response.status < 500,
      () => false,
    );
    if (ok) return;
    if (Date.now() > until) throw new Error(`${url} did not answer within ${timeoutMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** Once it is being ended, calls that fail are no news. */
let ending = false;

const main = async (): Promise<void> => {
  const settings = createSettings({
    web: Number(process.env.SAMLA_PORT ?? 3000),
    aws: Number(process.env.SAMLA_AWS_PORT ?? 4566),
  });
  for (const dir of [settings.dataDir, settings.engineDir, settings.cacheDir, settings.modelDir])
    mkdirSync(dir, { recursive: true });
  let functionsDir = "";
  let embedders: EmbedderSettings = { SAMLA_EMBEDDER: { kind: "none" }, SAMLA_EMBEDDERS: [] };
  await step("embedding model", async () => {
    embedders = await prepareEmbedders(settings);
  });
  await step("functions", async () => {
    functionsDir = await buildFunctions();
  });
  await step("console", buildConsole);
  const aws = await startLocalAws(
    createStandInConfig(settings, functionsDir, embedders, { warm: process.env.SAMLA_WARM !== "0" }),
  );
  let agents: LaptopAgents | undefined;
  if (process.env.SAMLA_AGENTS !== "0")
    await step("agents' platform", async () => {
      agents = await ensureAgentPlatform(settings);
    });
  const { args, cwd } = consoleCommand(settings);
  const console_ = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...consoleEnvironment(settings, agents?.parameters) },
    stdio: ["pipe", "ignore", "inherit"],
  });
  let releasing: ChildProcess | undefined;
  const end = async (code: number): Promise<void> => {
    if (ending) return;
    ending = true;
    console_.kill("SIGTERM");
    releasing?.kill("SIGTERM");
    await aws.close();
    process.exit(code);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void end(0));
  console_.on("exit", (code) => {
    if (!ending) console.error(`  ✗ the console ended with code ${code}`);
    void end(1);
  });
  await step("services", () => waitFor(`${settings.apiUrl}/health`, 60_000));
  await step("console answers", () => waitFor(`${settings.publicUrl}/sign-in`, 60_000));
  const seeded = await seedManual(createMachineClient(settings));
  console.log(`
  SAMLA runs at ${settings.publicUrl}
  ${seeded ? `Its manual (${seeded} documents) is being read into the index "manual".\n  ` : ""}Sign in as${accounts.map((account) => `\n    ${account.username.padEnd(6)} password ${account.password.padEnd(6)} ${account.groups.join(", ")}`).join("")}

  API ${settings.apiUrl}/openapi.json   State ${stateDir}   End with Ctrl-C
`);
  // After the first page, in a process of its own: building and packing images takes a while and memory.
  if (agents) releasing = releaseAgents(settings, agents);
};

/** Builds, pushes and releases the shipped agents that are not released yet; says how each went. Ends with this process. */
const releaseAgents = (settings: Settings, agents: LaptopAgents): ChildProcess => {
  const { web, aws } = settings.ports;
  const child = spawn(
    process.execPath,
    [
      "--import",
      join(root, "scripts", "laptop", "die-with-parent.mjs"),
      join(root, "scripts", "laptop", "release-agents.ts"),
    ],
    {
      cwd: root,
      env: {
        ...process.env,
        ...awsEnvironment(settings),
        SAMLA_PORT: String(web),
        SAMLA_AWS_PORT: String(aws),
        SAMLA_LAPTOP_AGENTS: JSON.stringify(agents),
      },
      stdio: ["pipe", "inherit", "inherit"],
    },
  );
  child.on("error", (error) => console.error(`  ✗ agents: ${error.message}`));
  return child;
};

main().catch((error: unknown) => {
  if (ending) return;
  const text = error instanceof Error ? error.message : String(error);
  console.error(
    `\n  ✗ ${/ENOSPC/.test(text) ? "The disk is full. Free some space and run the command again." : text}\n`,
  );
  process.exit(1);
});

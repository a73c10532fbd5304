import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import type { EmbedderSettings } from "../packages/engine/embedders/open-embedders.ts";
import { startLocalAws } from "../packages/local-aws/index.ts";
import { buildFunctions, stateDir } from "./build.ts";
import { buildConsole, consoleCommand, consoleEnvironment } from "./laptop/console.ts";
import { prepareEmbedders } from "./laptop/embedder.ts";
import { createMachineClient } from "./laptop/machine-client.ts";
import { seedManual } from "./laptop/seed.ts";
import { accounts, createSettings } from "./laptop/settings.ts";
import { createStandInConfig } from "./laptop/stand-in.ts";
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
  const { args, cwd } = consoleCommand(settings);
  const console_ = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...consoleEnvironment(settings) },
    stdio: ["pipe", "ignore", "inherit"],
  });
  let ending = false;
  const end = async (code: number): Promise<void> => {
    if (ending) return;
    ending = true;
    console_.kill("SIGTERM");
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
};

main().catch((error: unknown) => {
  const text = error instanceof Error ? error.message : String(error);
  console.error(
    `\n  ✗ ${/ENOSPC/.test(text) ? "The disk is full. Free some space and run the command again." : text}\n`,
  );
  process.exit(1);
});

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startLocalAws } from "../packages/local-aws/index.ts";
import { buildFunctions, hashFiles, root, stateDir, whenChanged } from "./build.ts";
import { prepareEmbedder } from "./laptop/embedder.ts";
import { createMachineClient } from "./laptop/machine-client.ts";
import { seedManual } from "./laptop/seed.ts";
import { accounts, createSettings, type Settings } from "./laptop/settings.ts";
import { awsEnvironment, createStandInConfig } from "./laptop/stand-in.ts";
import { step } from "./tools.mjs";

const next = join(root, "node_modules", "next", "dist", "bin", "next");

const buildConsole = async (): Promise<string | undefined> => {
  const hash = hashFiles([
    "web/{app,bff,features,lib,ui}/**/*",
    "web/*.{ts,mjs,json}",
    "packages/contracts/*.ts",
    "packages/aws/**/*.ts",
    "public/**/*",
    "package-lock.json",
  ]);
  const built = await whenChanged("console", hash, join(root, "web", ".next", "BUILD_ID"), () =>
    runNode([next, "build"], { cwd: join(root, "web"), env: { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" } }),
  );
  return built ? undefined : "up to date";
};

const runNode = (args: string[], options: { cwd: string; env: Record<string, string> }): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`${args.at(-1)} failed:\n${output.split("\n").slice(-40).join("\n")}`)),
    );
  });

/** A secret of this machine, made once. */
const readSecret = (): string => {
  const file = join(stateDir, "session-secret");
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600 });
  return readFileSync(file, "utf8");
};

const consoleEnvironment = (settings: Settings): Record<string, string> => ({
  NODE_ENV: "production",
  NEXT_TELEMETRY_DISABLED: "1",
  SAMLA_PUBLIC_URL: settings.publicUrl,
  SAMLA_API_URL: settings.apiUrl,
  SAMLA_ISSUER_URL: settings.issuerUrl,
  SAMLA_CLIENT_ID: settings.consoleClientId,
  SAMLA_SESSION_SECRET: readSecret(),
  SAMLA_SESSIONS_TABLE: settings.sessionsTable,
  SAMLA_CONNECT_ORIGINS: `${settings.awsUrl} ${settings.awsUrl.replace(/^http/, "ws")}`,
  SAMLA_ALLOW_HTTP_ISSUER: "1",
  ...awsEnvironment(settings),
});

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
  let embedder: object = {};
  await step("embedding model", async () => {
    embedder = await prepareEmbedder(settings);
  });
  await step("functions", async () => {
    functionsDir = await buildFunctions();
  });
  await step("console", buildConsole);
  const aws = await startLocalAws(
    createStandInConfig(settings, functionsDir, embedder, { warm: process.env.SAMLA_WARM !== "0" }),
  );
  const console_ = spawn(
    process.execPath,
    [
      "--import",
      join(root, "scripts/laptop/die-with-parent.mjs"),
      next,
      "start",
      "--hostname",
      "127.0.0.1",
      "--port",
      String(settings.ports.web),
    ],
    {
      cwd: join(root, "web"),
      env: { ...process.env, ...consoleEnvironment(settings) },
      stdio: ["pipe", "ignore", "inherit"],
    },
  );
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

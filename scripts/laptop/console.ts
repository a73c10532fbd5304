import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashFiles, root, stateDir, whenChanged } from "../build.ts";
import type { Settings } from "./settings.ts";
import { agentNames, awsEnvironment } from "./stand-in.ts";

const next = join(root, "node_modules", "next", "dist", "bin", "next");
const production = { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };

/** What the console is built from. */
const hashConsole = (): string =>
  hashFiles([
    "web/{app,bff,features,lib,ui}/**/*",
    "web/*.{ts,mjs,json}",
    "packages/{contracts,core}/**/*.ts",
    "packages/aws/**/*.ts",
    "public/**/*",
    "package-lock.json",
  ]);

const whenConsoleChanged = (build: () => Promise<void>): Promise<boolean> =>
  whenChanged("console", hashConsole(), join(root, "web", ".next", "BUILD_ID"), build);

/** Builds the console when its sources changed. Says so when they did not. */
export const buildConsole = async (): Promise<string | undefined> =>
  (await whenConsoleChanged(() => runNext(["build"]))) ? undefined : "up to date";

/** Says that `web/.next` was built from the sources as they are, by whatever builds around it. */
export const markConsoleBuilt = async (): Promise<void> => {
  await whenConsoleChanged(async () => undefined);
};

const runNext = (args: string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [next, ...args], {
      cwd: join(root, "web"),
      env: { ...process.env, ...production },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const keep = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("close", (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`The console could not be built:\n${output.split("\n").slice(-40).join("\n")}`)),
    );
  });

/** How the built console is started; it ends when its stdin closes. */
export const consoleCommand = (settings: Settings): { args: string[]; cwd: string } => ({
  args: [
    "--import",
    join(root, "scripts", "laptop", "die-with-parent.mjs"),
    "--import",
    join(root, "scripts", "laptop", "give-back-memory.mjs"),
    next,
    "start",
    "--hostname",
    "127.0.0.1",
    "--port",
    String(settings.ports.web),
  ],
  cwd: join(root, "web"),
});

/** A secret of this machine, made once. */
const readSecret = (): string => {
  const file = join(stateDir, "session-secret");
  mkdirSync(stateDir, { recursive: true });
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600 });
  return readFileSync(file, "utf8");
};

/** The console's settings; on AWS the same names come from the deployment. */
export const consoleEnvironment = (
  settings: Settings,
  /** Values of the agents' template that are the same for all agents. */
  agentParameters: Record<string, string> = { ClusterName: settings.agentsCluster },
): Record<string, string> => ({
  ...production,
  SAMLA_PUBLIC_URL: settings.publicUrl,
  SAMLA_API_URL: settings.apiUrl,
  SAMLA_ISSUER_URL: settings.issuerUrl,
  SAMLA_CLIENT_ID: settings.consoleClientId,
  SAMLA_SESSION_SECRET: readSecret(),
  SAMLA_SESSIONS_TABLE: settings.sessionsTable,
  SAMLA_AGENTS_TABLE: settings.agentsTable,
  SAMLA_CATALOG_TABLE: settings.catalogTable,
  SAMLA_AGENT_PLATFORM: JSON.stringify({ stage: settings.stage, names: agentNames(), parameters: agentParameters }),
  SAMLA_AGENT_TEMPLATE: join(root, "agents", "agent.template.yaml"),
  SAMLA_CONNECT_ORIGINS: `${settings.awsUrl} ${settings.awsUrl.replace(/^http/, "ws")}`,
  SAMLA_ALLOW_HTTP_ISSUER: "1",
  ...awsEnvironment(settings),
});

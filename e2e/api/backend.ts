import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiError, type Client, type IndexSlug, type Role } from "../../packages/contracts/index.ts";
import type { EmbedderSettings } from "../../packages/engine/embedders/open-embedders.ts";
import type { LocalAwsConfig } from "../../packages/local-aws/index.ts";
import { buildDir, buildFunctions } from "../../scripts/build.ts";
import { prepareEmbedders } from "../../scripts/laptop/embedder.ts";
import { createMachineClient } from "../../scripts/laptop/machine-client.ts";
import { createSettings, type Settings } from "../../scripts/laptop/settings.ts";
import { createStandInConfig } from "../../scripts/laptop/stand-in.ts";

export type Backend = {
  settings: Settings;
  /** Holds every role. */
  client: Client;
  /** A machine that holds one role, or none. */
  as: (role: Role | "nobody") => Client;
  /** A fresh access token of a machine with the role. */
  token: (role: Role | "nobody") => Promise<string>;
  /** Process ids of a function's execution environments. */
  pidsOf: (functionName: string) => number[];
  /** Ends the stand-in as a power cut would. */
  kill: () => Promise<void>;
  /** Starts it again on the same state and port. */
  start: () => Promise<void>;
  close: () => Promise<void>;
};

export const library = "library" as IndexSlug;

/** Polls quickly enough to see short states, and long enough for two busy cores. */
export const patient = { timeout: 45_000, interval: 100 };

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** One builder at a time: test files run side by side and share what is built. */
const buildOnce = async (settings: Settings): Promise<{ functionsDir: string; embedders: EmbedderSettings }> => {
  mkdirSync(buildDir, { recursive: true });
  const lock = join(buildDir, "build-tests.lock");
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch {
      const holder = existsSync(lock) ? Number(readFileSync(lock, "utf8")) : 0;
      if (holder && !isAlive(holder)) rmSync(lock, { force: true });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  try {
    return { embedders: await prepareEmbedders(settings), functionsDir: await buildFunctions() };
  } finally {
    rmSync(lock, { force: true });
  }
};

/** The first calls wait for cold functions, which a busy machine may not start in time. */
const createLibrary = async (client: Client): Promise<void> => {
  const until = Date.now() + 60_000;
  for (;;) {
    try {
      await client.call("indexes.create", { body: { slug: library, name: "Library" } });
      return;
    } catch (error) {
      const code = error instanceof ApiError ? error.problem.code : "";
      if (code === "already_exists") return;
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
};

/** Waits as a refusal for too many calls asks, as the console does: cold functions take few calls at once. */
const withPatience = (client: Client): Client => ({
  call: async (id, ...input) => {
    for (;;) {
      try {
        return await client.call(id, ...input);
      } catch (error) {
        if (!(error instanceof ApiError) || error.problem.code !== "rate_limited") throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  },
});

const roleClients = ["reader", "editor", "operator", "admin", "nobody"] as const;
const secretOf = (role: string): string => `secret-of-the-${role}-used-in-tests-only`;

/** The whole backend, built functions behind the stand-in, with empty state and one index, `library`. */
export const startBackend = async (
  options: { tune?: (config: LocalAwsConfig) => void; environment?: Record<string, string> } = {},
): Promise<Backend> => {
  const state = await mkdtemp(join(tmpdir(), "samla-api-"));
  const settings = createSettings({ web: 1, aws: await freePort() });
  settings.dataDir = join(state, "aws");
  settings.engineDir = join(state, "engine");
  for (const dir of [settings.dataDir, settings.engineDir, settings.cacheDir, settings.modelDir])
    mkdirSync(dir, { recursive: true });
  const { functionsDir, embedders } = await buildOnce(settings);
  const config = createStandInConfig(settings, functionsDir, embedders, { warm: false });
  for (const role of roleClients)
    config.issuer?.clients.push({
      clientId: `test-${role}`,
      clientSecret: secretOf(role),
      redirectUris: [],
      postLogoutRedirectUris: [],
      grantTypes: ["client_credentials"],
      scopes: [],
      groups: role === "nobody" ? [] : [role],
    });
  for (const one of config.functions) Object.assign(one.environment, options.environment);
  options.tune?.(config);
  const configFile = join(state, "config.json");
  writeFileSync(configFile, JSON.stringify(config));

  let child: ChildProcess | undefined;
  let printed = "";
  const start = async (): Promise<void> => {
    const started = spawn(process.execPath, [join(import.meta.dirname, "backend-process.ts"), configFile], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    child = started;
    printed = "";
    await new Promise<void>((resolve, reject) => {
      started.once("exit", (code) => reject(new Error(`the stand-in ended with ${code}:\n${printed}`)));
      for (const stream of [started.stdout, started.stderr])
        stream?.on("data", (chunk: Buffer) => {
          printed += chunk.toString();
          if (printed.includes("ready")) resolve();
        });
    });
  };
  const ended = (): Promise<void> =>
    new Promise((resolve) => {
      if (!child || child.exitCode !== null || child.signalCode !== null) resolve();
      else child.once("exit", () => resolve());
    });
  /** Everything the stand-in has started names its folder of built functions and this port in its environment. */
  const pidsOf = (functionName: string): number[] =>
    readdirSync("/proc").flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      try {
        const environment = readFileSync(join("/proc", name, "environ"), "utf8").split("\0");
        const ours = environment.includes(`SAMLA_API_URL=${settings.apiUrl}`);
        const named = functionName === "*" || environment.includes(`AWS_LAMBDA_FUNCTION_NAME=${functionName}`);
        return ours && named ? [Number(name)] : [];
      } catch {
        return [];
      }
    });
  const as = (role: (typeof roleClients)[number]): Client =>
    withPatience(
      createMachineClient({ ...settings, machineClientId: `test-${role}`, machineClientSecret: secretOf(role) }),
    );
  const client = withPatience(createMachineClient(settings));
  await start();
  await createLibrary(client);
  return {
    settings,
    client,
    as,
    token: async (role) => {
      const response = await fetch(`${settings.issuerUrl}/token`, {
        method: "POST",
        headers: { authorization: `Basic ${Buffer.from(`test-${role}:${secretOf(role)}`).toString("base64")}` },
        body: new URLSearchParams({ grant_type: "client_credentials" }),
      });
      return ((await response.json()) as { access_token: string }).access_token;
    },
    pidsOf,
    kill: async () => {
      const gone = ended();
      child?.kill("SIGKILL");
      await gone;
    },
    start,
    close: async () => {
      const gone = ended();
      child?.stdin?.end();
      await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 10_000))]);
      child?.kill("SIGKILL");
      await gone;
      await rm(state, { recursive: true, force: true });
    },
  };
};

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

/** Starts a laptop of its own with empty state, unless `SAMLA_URL` names a SAMLA that runs. Returns what ends it. */
const globalSetup = async (): Promise<(() => Promise<void>) | undefined> => {
  if (process.env.SAMLA_URL) return undefined;
  const stateDir = mkdtempSync(join(tmpdir(), "samla-e2e-"));
  const [web, aws] = [await freePort(), await freePort()];
  const logFile = join(stateDir, "laptop.log");
  const log = openSync(logFile, "w");
  const laptop: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, "..", "scripts", "laptop.ts")], {
    env: { ...process.env, SAMLA_PORT: String(web), SAMLA_AWS_PORT: String(aws), SAMLA_STATE_DIR: stateDir },
    stdio: ["ignore", log, log],
  });
  Object.assign(process.env, {
    SAMLA_URL: `http://127.0.0.1:${web}`,
    SAMLA_API_URL: `http://127.0.0.1:${aws}/_api/samla/v1`,
    SAMLA_LAPTOP_PID: String(laptop.pid),
    SAMLA_LAPTOP_LOG: logFile,
  });
  const until = Date.now() + 400_000;
  while (!readFileSync(logFile, "utf8").includes("SAMLA runs at")) {
    if (laptop.exitCode !== null || Date.now() > until)
      throw new Error(`the laptop did not start:\n${readFileSync(logFile, "utf8")}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return async () => {
    const ended = new Promise((resolve) => laptop.once("exit", resolve));
    laptop.kill("SIGTERM");
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 15_000))]);
    if (laptop.exitCode === null) laptop.kill("SIGKILL");
    rmSync(stateDir, { recursive: true, force: true });
  };
};

export default globalSetup;

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, statfsSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const project = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "samla-start-"));
const bin = join(folder, "bin");

beforeAll(() => {
  cpSync(join(project, "scripts"), join(folder, "scripts"), { recursive: true });
  writeFileSync(join(folder, "package-lock.json"), "{}");
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, "node"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const listen = async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    }),
  );
  return { port, close: () => new Promise((resolve) => server.close(resolve)) };
};

/** Runs `npm start` of a clone on which nothing is installed, with only Node on the path. */
const start = async (env: Record<string, string> = {}): Promise<{ code: number | null; said: string }> => {
  const [web, aws] = [await listen(), await listen()];
  await Promise.all([web.close(), aws.close()]);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(folder, "scripts", "start.mjs")], {
      env: { PATH: bin, SAMLA_PORT: String(web.port), SAMLA_AWS_PORT: String(aws.port), ...env },
      timeout: 20_000,
    });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += String(chunk);
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, said: said.trim() }));
  });
};

const disk = statfsSync(folder);
const hasRoom = disk.bavail * disk.bsize > 5e9;

describe("npm start says in one sentence", () => {
  it("that a port is taken, and how to choose another", async ({ skip }) => {
    if (!hasRoom) skip("the disk of temporary files has less than 5 GB free");
    const { port, close } = await listen();
    const { code, said } = await start({ SAMLA_PORT: String(port) });
    await close();
    expect(code).toBe(1);
    expect(said).toMatch(new RegExp(`^✗ Port ${port} is in use .*SAMLA_PORT=\\d+ npm start$`));
  });

  it("that npm is missing", async ({ skip }) => {
    if (!hasRoom) skip("the disk of temporary files has less than 5 GB free");
    const { code, said } = await start();
    expect(code).toBe(1);
    expect(said).toBe("✗ npm was not found. Install Node.js 20 or later with npm and run the command again.");
  });

  it("that its folder cannot be made, naming it", async ({ skip }) => {
    if (!hasRoom) skip("the disk of temporary files has less than 5 GB free");
    const state = join(folder, ".samla");
    rmSync(state, { recursive: true, force: true });
    writeFileSync(state, "");
    const { code, said } = await start();
    rmSync(state);
    expect(code).toBe(1);
    expect(said).toBe(
      `✗ "packages" failed at ${state}: a file is where a folder belongs. Move it away, then run the command again.`,
    );
  });
});

import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ImagePort, PulledImage } from "../kernel/container-ports.ts";

/** The tests' agent: what it does wrong is chosen by its environment. Never shipped. */
export const AGENT = `
import { createServer } from "node:http";
import { spawn } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
const env = process.env;
const modes = new Set((env.MODE ?? "").split(","));
console.log(JSON.stringify({ level: "info", message: "start", version: env.VERSION, pid: process.pid }));
if (env.PID_FILE) appendFileSync(env.PID_FILE, process.pid + "\\n");
if (modes.has("exit")) { console.error("fatal: cannot go on"); process.exit(Number(env.EXIT_CODE ?? 64)); }
if (modes.has("fork")) {
  for (const detached of [false, true]) {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore", detached });
    appendFileSync(env.PID_FILE, child.pid + "\\n");
    child.unref();
  }
}
if (modes.has("leak")) { const kept = []; setInterval(() => kept.push(Buffer.alloc(32 << 20, 1)), 20); }
if (modes.has("flood")) {
  const line = "x".repeat(190) + "\\n";
  setInterval(() => { for (let i = 0; i < 900; i += 1) process.stdout.write(line); }, 100);
}
if (modes.has("fill")) writeFileSync(path.join(os.tmpdir(), "big"), Buffer.alloc(8 << 20, 1));
if (modes.has("deaf")) process.on("SIGTERM", () => console.log("no"));
let isBad = modes.has("unwell");
const server = createServer(async (req, res) => {
  const url = new URL(req.url, "http://x");
  if (url.pathname === "/health") return res.writeHead(isBad ? 500 : 200).end();
  if (url.pathname === "/sicken") { isBad = true; return res.end(); }
  if (url.pathname === "/slow") await new Promise((resolve) => setTimeout(resolve, 300));
  if (url.pathname === "/metadata") return res.end(await (await fetch(env.ECS_CONTAINER_METADATA_URI_V4 + "/task")).text());
  if (url.pathname === "/env") return res.end(JSON.stringify(env));
  res.end(env.VERSION ?? "none");
});
setTimeout(() => server.listen(Number(env.PORT ?? 8080), () => console.log("listening on " + server.address().port)), Number(env.START_MS ?? 0));
if (!modes.has("deaf")) process.on("SIGTERM", () => {
  console.log("draining");
  if (modes.has("rude")) process.exit(0);
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
`;

/** Makes the folder of an unpacked image with this Node and the tests' agent. */
export async function makeTestImage(rootDir: string): Promise<void> {
  await mkdir(path.join(rootDir, "usr/local/bin"), { recursive: true });
  await mkdir(path.join(rootDir, "app"), { recursive: true });
  await symlink(process.execPath, path.join(rootDir, "usr/local/bin/node")).catch(() => undefined);
  await writeFile(path.join(rootDir, "app/main.mjs"), AGENT);
}

/** Images in folders: `<anything>/<name>:<tag>` is there when `<dir>/<name>` is. */
export function createFolderImages(dir: string): ImagePort & { pulls: string[] } {
  const pulls: string[] = [];
  return {
    pulls,
    async pull(reference): Promise<PulledImage> {
      pulls.push(reference);
      const name = /([^/:@]+)[:@][^/]+$/.exec(reference)?.[1] ?? "";
      const rootDir = path.join(dir, name);
      if (name !== "agent")
        throw new Error(
          `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: ${reference}: not found`,
        );
      await mkdir(rootDir, { recursive: true });
      return {
        digest: `sha256:${"a".repeat(64)}`,
        rootDir,
        sizeBytes: 1,
        config: {
          env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
          entrypoint: ["/usr/local/bin/node", "/app/main.mjs"],
          command: [],
          workingDir: "/app",
          user: "1000:1000",
          labels: {},
          stopSignal: "SIGTERM",
        },
      };
    },
  };
}

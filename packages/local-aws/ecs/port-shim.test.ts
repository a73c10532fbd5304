import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { releaseHostPort, takeHostPort } from "./host-ports.ts";

const shim = new URL("./port-shim.mjs", import.meta.url).href;

/** Runs `code` as a process of a task whose definition maps port 8080. */
const runInTask = async (dir: string, hostPort: number, code: string): Promise<unknown> => {
  const file = path.join(dir, "main.mjs");
  await writeFile(file, code);
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", shim, file], {
    env: { ECS_LOCAL_PORTS: JSON.stringify({ 8080: hostPort }), ECS_LOCAL_PORT_DIR: path.join(dir, "ports") },
    timeout: 20_000,
  });
  return JSON.parse(stdout);
};

describe("the ports of a task", () => {
  let dir: string;
  let hostPort: number;
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "samla-ports-"));
    hostPort = await takeHostPort();
  });
  afterAll(async () => {
    releaseHostPort(hostPort);
    await rm(dir, { recursive: true, force: true });
  });

  it("are its own, however a server listens and a client calls, and never leave the loopback", async () => {
    const seen = await runInTask(
      dir,
      hostPort,
      `import http from "node:http"; import net from "node:net";
       const seen = {};
       const listening = (server, ...args) => new Promise((resolve) => server.listen(...args, () => resolve(server)));
       const make = (name) => http.createServer((req, res) => res.end(name));
       const mapped = await listening(make("mapped"), 8080, "0.0.0.0");
       const other = await listening(make("other"), { port: 9090 });
       const any = await listening(make("any"));
       seen.addresses = [mapped, other, any].map((server) => server.address().address);
       seen.ports = [mapped, other].map((server) => server.address().port);
       seen.fetch = await (await fetch("http://127.0.0.1:8080/")).text();
       seen.localhost = await (await fetch("http://localhost:9090/")).text();
       seen.get = await new Promise((resolve) => http.get({ port: 9090 }, (res) => res.on("data", (chunk) => resolve(String(chunk)))));
       seen.connect = await new Promise((resolve) => { const socket = net.connect(8080, () => socket.write("GET / HTTP/1.0\\r\\n\\r\\n")); socket.once("data", (chunk) => resolve(String(chunk).startsWith("HTTP/1.1 200"))); });
       console.log(JSON.stringify(seen));
       process.exit(0);`,
    );
    expect(seen).toEqual({
      addresses: ["127.0.0.1", "127.0.0.1", "127.0.0.1"],
      ports: [8080, 9090],
      fetch: "mapped",
      localhost: "other",
      get: "other",
      connect: true,
    });
  });

  it("refuse a call to a mapped port nobody listens on, whatever this machine has there, and let others through", async () => {
    const outside = createServer((socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nhere"));
    await new Promise<void>((resolve) => outside.listen(0, "127.0.0.1", resolve));
    const address = outside.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const seen = await runInTask(
      dir,
      hostPort,
      `const seen = {};
       seen.mapped = await fetch("http://127.0.0.1:8080/").then(() => "answered", (error) => error.cause.code);
       seen.outside = await (await fetch("http://127.0.0.1:${port}/")).text();
       console.log(JSON.stringify(seen));`,
    );
    outside.close();
    expect(seen).toEqual({ mapped: "ECONNREFUSED", outside: "here" });
  });
});

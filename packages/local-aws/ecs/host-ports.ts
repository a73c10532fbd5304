import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ports systems give to outgoing calls (from 32768 on Linux), so that none of those takes it in between. */
const FIRST_PORT = 18_000;
const LAST_PORT = 32_000;
const ATTEMPTS = 200;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

const given = new Set<number>();

/** A loopback port nobody listens on, held for the task until `releaseHostPort`. @throws Error when none is found */
export async function takeHostPort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
    given.delete(port);
  }
  throw new Error(`No free port between ${FIRST_PORT} and ${LAST_PORT} on 127.0.0.1.`);
}

export function releaseHostPort(port: number): void {
  given.delete(port);
}

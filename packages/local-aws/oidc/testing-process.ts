import { startIssuer } from "./testing.ts";

// Started by a test that ends it with SIGKILL: `node testing-process.ts <dir> <port>`; prints its port when ready.
const [dir, port] = process.argv.slice(2);
if (dir === undefined) throw new Error("usage: testing-process.ts <dir> [port]");
const issuer = await startIssuer(dir, Number(port ?? 0));
console.log(issuer.port);

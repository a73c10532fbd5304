import { startDynamoDb } from "./testing.ts";

// Started by a test that ends it with SIGKILL: `node testing-process.ts <dir> <port>`; prints its address when ready.
const [dir, port] = process.argv.slice(2);
if (dir === undefined) throw new Error("usage: testing-process.ts <dir> [port]");
const server = await startDynamoDb(
  dir,
  [
    {
      name: "kept",
      attributes: { pk: "S", writer: "S" },
      partitionKey: "pk",
      indexes: [{ name: "by-writer", partitionKey: "writer", sortKey: "pk", projection: "KEYS_ONLY" }],
      stream: "KEYS_ONLY",
    },
  ],
  Number(port ?? 0),
);
console.log(server.url);

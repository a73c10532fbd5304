import { startTestStack } from "./test-stack.ts";

/**
 * For the kill -9 test: a stand-in of its own process. Arguments: folder, and a file its functions write to. Prints its
 * address as one JSON line when it serves.
 */
const [dir = "", out = ""] = process.argv.slice(2);
const code = `
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
export const handler = async (event) => {
  appendFileSync(process.env.OUT, JSON.stringify({ name: event.name, pid: process.pid }) + "\\n");
  if (event.name === "first") {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    appendFileSync(process.env.OUT, JSON.stringify({ name: "grandchild", pid: child.pid }) + "\\n");
    for (;;) {}
  }
};`;
const stack = await startTestStack({
  dir,
  functions: [{ name: "work", code, timeoutSeconds: 600, concurrency: 1, environment: { OUT: out } }],
});
console.log(JSON.stringify({ url: stack.url }));

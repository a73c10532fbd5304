import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "./test-stack.ts";

type Line = { name: string; pid: number };

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe.skipIf(process.platform === "win32")("kill -9 of the stand-in", () => {
  let dir: string;
  let out: string;
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "local-aws-kill-"));
    out = path.join(dir, "out");
  });
  afterAll(async () => {
    for (const child of started) child.kill("SIGKILL");
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  });

  const start = async (): Promise<{ child: ChildProcess; lambda: LambdaClient }> => {
    const script = fileURLToPath(new URL("./survivor.ts", import.meta.url));
    const child = spawn(process.execPath, [script, path.join(dir, "state"), out], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    started.push(child);
    const line = await new Promise<string>((resolve, reject) => {
      child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString()));
      child.once("exit", () => reject(new Error("The stand-in ended before it served.")));
    });
    const { url } = JSON.parse(line) as { url: string };
    const credentials = { accessKeyId: "test-key", secretAccessKey: "test-secret" };
    return { child, lambda: new LambdaClient({ region: "eu-north-1", endpoint: url, credentials }) };
  };
  const readLines = async (): Promise<Line[]> =>
    (await readFile(out, "utf8").catch(() => ""))
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Line);

  it("leaves no process behind, spinning handlers and their children included, and loses no accepted event", async () => {
    const { child, lambda } = await start();
    for (const name of ["first", "second"])
      await lambda.send(
        new InvokeCommand({ FunctionName: "work", InvocationType: "Event", Payload: JSON.stringify({ name }) }),
      );
    const before = await waitFor(async () => {
      const lines = await readLines();
      return lines.length >= 2 ? lines : undefined;
    });
    expect(before.map(({ name }) => name)).toEqual(["first", "grandchild"]);
    child.kill("SIGKILL");
    for (const { pid } of before) await waitFor(() => (isAlive(pid) ? undefined : true));

    const again = await start();
    await waitFor(async () => ((await readLines()).length >= 4 ? true : undefined));
    expect((await readLines()).slice(2).map(({ name }) => name)).toEqual(["first", "grandchild"]);
    again.child.kill("SIGKILL");
    for (const { pid } of await readLines()) await waitFor(() => (isAlive(pid) ? undefined : true));
  });
});

import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  ResourceNotFoundException,
  TooManyRequestsException,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestStack, type TestStack, waitFor } from "./test-stack.ts";

const code = `
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
let count = 0;
export const handler = async (event, context) => {
  switch (event.do) {
    case "throw": throw new TypeError("boom");
    case "exit": process.exit(7);
    case "spin": for (;;) {}
    case "fork": {
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
      appendFileSync(event.file, String(child.pid));
      await new Promise(() => {});
    }
    case "grow": {
      const kept = [];
      for (;;) { kept.push(Buffer.alloc(5e6, 1)); await new Promise((resolve) => setTimeout(resolve, 1)); }
    }
    case "wait": await new Promise((resolve) => setTimeout(resolve, event.ms)); return process.pid;
    case "large": return "x".repeat(7 * 1024 * 1024);
    case "append": appendFileSync(event.file, "x"); throw new Error("never");
  }
  console.log("hello\\nfrom", event.name ?? "nobody");
  return {
    count: ++count,
    event,
    pid: process.pid,
    id: context.awsRequestId,
    remaining: context.getRemainingTimeInMillis(),
    region: process.env.AWS_REGION,
    endpoint: process.env.AWS_ENDPOINT_URL,
    colour: process.env.COLOUR,
    tmp: process.env.TMPDIR,
    home: process.env.LANG,
  };
};`;

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();
const json = (bytes: Uint8Array | undefined) => JSON.parse(text(bytes));

describe("Lambda", () => {
  let stack: TestStack;
  let lambda: LambdaClient;
  let scratch: string;

  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), "local-aws-scratch-"));
    stack = await startTestStack({
      queues: [{ name: "dead", fifo: false, visibilityTimeoutSeconds: 30 }],
      functions: [
        { name: "echo", code, environment: { COLOUR: "blue" } },
        { name: "short", code, timeoutSeconds: 1 },
        { name: "small", code, memoryMb: 128 },
        { name: "single", code, concurrency: 1 },
        { name: "broken", code: "throw new RangeError('no start');" },
        { name: "absent", code: "export const other = 1;" },
        { name: "fail", code, asyncRetries: 0, deadLetterQueue: "dead" },
      ],
    });
    lambda = new LambdaClient({ ...stack.client, maxAttempts: 1 });
  });
  afterAll(() => stack?.close());

  const invoke = (name: string, event: object, more: object = {}) =>
    lambda.send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event), ...more }));

  it("runs the handler in a process that is used again, with the environment of a function", async () => {
    const first = json((await invoke("echo", { name: "a" })).Payload);
    const second = json((await invoke("echo", { name: "b" })).Payload);
    expect(first.event).toEqual({ name: "a" });
    expect(second).toMatchObject({
      count: 2,
      pid: first.pid,
      region: "eu-north-1",
      endpoint: stack.url,
      colour: "blue",
    });
    expect(first.pid).not.toBe(process.pid);
    expect(second.remaining).toBeGreaterThan(0);
    expect(first.tmp).toContain(stack.dir);
  });

  it("answers LogType Tail with START, the handler's lines, END and REPORT", async () => {
    const { LogResult } = await invoke("echo", { name: "tail" }, { LogType: "Tail" });
    const log = Buffer.from(LogResult ?? "", "base64").toString();
    expect(log).toMatch(
      /START RequestId: .*\n.*\tINFO\thello\nfrom tail\nEND RequestId: .*\nREPORT RequestId: .*Duration: /,
    );
  });

  it("reports a handler's error as FunctionError and keeps serving", async () => {
    const answer = await invoke("echo", { do: "throw" });
    expect(answer.FunctionError).toBe("Unhandled");
    expect(json(answer.Payload)).toMatchObject({ errorType: "TypeError", errorMessage: "boom" });
    expect((await invoke("echo", {})).FunctionError).toBeUndefined();
  });

  it("survives process.exit in a handler", async () => {
    const answer = await invoke("echo", { do: "exit" });
    expect(json(answer.Payload)).toMatchObject({ errorType: "Runtime.ExitError" });
    expect(json(answer.Payload).errorMessage).toContain("exit status 7");
    expect((await invoke("echo", {})).FunctionError).toBeUndefined();
  });

  it("ends a handler that spins past its timeout", async () => {
    const answer = await invoke("short", { do: "spin" });
    expect(json(answer.Payload)).toMatchObject({ errorType: "Sandbox.Timedout" });
  });

  it("ends what a handler forked when it times out", async () => {
    const file = path.join(scratch, "forked");
    await invoke("short", { do: "fork", file });
    const pid = Number(await readFile(file, "utf8"));
    await waitFor(() => {
      try {
        process.kill(pid, 0);
        return undefined;
      } catch {
        return true;
      }
    });
  });

  it.skipIf(process.platform !== "linux")("ends a handler that outgrows its memory outside the heap", async () => {
    const answer = await invoke("small", { do: "grow" });
    expect(json(answer.Payload)).toMatchObject({ errorType: "Runtime.OutOfMemory" });
  });

  it("refuses an answer above 6 MB", async () => {
    expect(json((await invoke("echo", { do: "large" })).Payload).errorType).toBe("Function.ResponseSizeTooLarge");
  });

  it("throttles above the reserved concurrency with TooManyRequestsException", async () => {
    const calls = await Promise.allSettled([1, 2, 3].map(() => invoke("single", { do: "wait", ms: 300 })));
    const refused = calls.filter((call) => call.status === "rejected").map((call) => call.reason);
    expect(refused).toHaveLength(2);
    for (const error of refused) expect(error).toBeInstanceOf(TooManyRequestsException);
  });

  it("answers init errors and missing handlers as errors of the call", async () => {
    expect(json((await invoke("broken", {})).Payload)).toMatchObject({ errorType: "RangeError" });
    expect(json((await invoke("absent", {})).Payload)).toMatchObject({ errorType: "Runtime.HandlerNotFound" });
  });

  it("tells unknown functions, broken payloads, dry runs and missing operations apart", async () => {
    await expect(invoke("nothing", {})).rejects.toBeInstanceOf(ResourceNotFoundException);
    await expect(lambda.send(new InvokeCommand({ FunctionName: "echo", Payload: "{" }))).rejects.toMatchObject({
      name: "InvalidRequestContentException",
    });
    expect((await invoke("echo", {}, { InvocationType: "DryRun" })).StatusCode).toBe(204);
    await expect(lambda.send(new UpdateFunctionCodeCommand({ FunctionName: "echo" }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 501 },
      message: expect.stringContaining("UpdateFunctionCode"),
    });
  });

  it("describes its functions, also by ARN", async () => {
    const { Functions } = await lambda.send(new ListFunctionsCommand({}));
    const echo = Functions?.find(({ FunctionName }) => FunctionName === "echo");
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: echo?.FunctionArn }));
    expect(Configuration).toMatchObject({
      FunctionName: "echo",
      MemorySize: 256,
      Timeout: 10,
      Handler: "index.handler",
    });
  });

  it("sends an event whose handler keeps failing to the dead-letter queue with its cause", async () => {
    const file = path.join(scratch, "appended");
    const { StatusCode } = await invoke("fail", { do: "append", file }, { InvocationType: "Event" });
    expect(StatusCode).toBe(202);
    const [message] = await waitFor(async () => {
      const messages = await stack.queues.receive("dead", {
        maxMessages: 1,
        waitMs: 500,
        signal: new AbortController().signal,
      });
      return messages.length > 0 ? messages : undefined;
    });
    expect(JSON.parse(message?.body ?? "")).toEqual({ do: "append", file });
    expect(message?.messageAttributes).toMatchObject({ ErrorMessage: { StringValue: "never" } });
    expect(await readFile(file, "utf8")).toBe("x");
  });
});

/**
 * The client side of Lambda's Runtime API (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), run in each
 * execution environment: loads the handler, then asks for one invocation after the other. Plain JavaScript, so that a
 * cold start pays for no type stripping.
 */
import { existsSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";
import v8 from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";

// A handler may spin for ever, so the watch on stdin (which closes when the stand-in ends, however it ends) has a
// thread of its own and takes the whole process group with it.
new Worker(
  `const net = require("node:net");
   const end = () => { try { process.kill(-process.pid, "SIGKILL"); } catch {} process.kill(process.pid, "SIGKILL"); };
   const stdin = new net.Socket({ fd: 0 });
   stdin.on("end", end).on("error", end).on("close", end).resume();`,
  { eval: true, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 } },
).unref();

const env = process.env;
const [host, port] = String(env.AWS_LAMBDA_RUNTIME_API).split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
let currentId;

let isBusy = false;

function call(method, urlPath, body, headers = {}, viaAgent = agent) {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? undefined : { "content-length": Buffer.byteLength(body) };
    const req = http.request(
      {
        host,
        port,
        agent: viaAgent,
        method,
        path: `/2018-06-01/runtime${urlPath}`,
        headers: { ...headers, ...length },
      },
      (res) => {
        const chunks = [];
        res.on("data", (chunk) => chunks.push(chunk));
        res.on("end", () => resolve({ headers: res.headers, body: Buffer.concat(chunks) }));
        res.on("error", reject);
      },
    );
    req.on("error", reject);
    req.end(body);
  });
}

function describeError(error) {
  const isError = error instanceof Error;
  return JSON.stringify({
    errorType: isError ? error.name : typeof error,
    errorMessage: isError ? error.message : String(error),
    trace: isError ? String(error.stack ?? "").split("\n") : [],
  });
}

// Console lines get Lambda's prefix; a line break inside one event travels as a carriage return, as in AWS.
for (const [name, level] of Object.entries({
  log: "INFO",
  info: "INFO",
  debug: "DEBUG",
  trace: "TRACE",
  warn: "WARN",
  error: "ERROR",
})) {
  const stream = level === "ERROR" || level === "WARN" ? process.stderr : process.stdout;
  console[name] = (...args) => {
    const text = format(...args).replace(/\r?\n/g, "\r");
    stream.write(`${new Date().toISOString()}\t${currentId ?? "undefined"}\t${level}\t${text}\n`);
  };
}

async function loadHandler() {
  const name = env._HANDLER ?? "";
  const folder = path.dirname(name);
  const [file, ...keys] = path.basename(name).split(".");
  const base = path.resolve(env.LAMBDA_TASK_ROOT ?? ".", folder, file);
  const found = [".mjs", ".js", ".cjs"].map((ext) => base + ext).find((candidate) => existsSync(candidate));
  if (!found)
    throw Object.assign(new Error(`Error: Cannot find module '${file}'`), { name: "Runtime.ImportModuleError" });
  const module = await import(pathToFileURL(found).href);
  let target = keys[0] in module ? module : (module.default ?? module);
  for (const key of keys) target = target?.[key];
  if (typeof target !== "function")
    throw Object.assign(new Error(`${name} is undefined or not exported`), { name: "Runtime.HandlerNotFound" });
  return target;
}

async function fail(error, exitCode) {
  console.error(`${exitCode === 1 ? "Uncaught Exception" : "Unhandled Promise Rejection"}\t${describeError(error)}`);
  const headers = { "lambda-runtime-function-error-type": error?.name ?? "Error" };
  // A connection of its own: the kept one may be waiting for the next invocation.
  if (isBusy)
    await call("POST", `/invocation/${currentId}/error`, describeError(error), headers, false).catch(() => undefined);
  process.exit(exitCode);
}
process.on("uncaughtException", (error) => fail(error, 1));
process.on("unhandledRejection", (error) =>
  fail(Object.assign(new Error(String(error?.message ?? error)), { name: "Runtime.UnhandledPromiseRejection" }), 128),
);

let handler;
try {
  handler = await loadHandler();
} catch (error) {
  console.error(`Uncaught Exception\t${describeError(error)}`);
  await call("POST", "/init/error", describeError(error), {
    "lambda-runtime-function-error-type": error?.name ?? "Error",
  });
  process.exit(1);
}

// A process that waits gives back what its last calls left behind: dozens of them may wait on one laptop.
v8.setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");
const collectAfterMs = 10_000;
let idle;
const restSoon = () => {
  clearTimeout(idle);
  idle = setTimeout(() => collect({ type: "major", execution: "sync", flavor: "last-resort" }), collectAfterMs);
};

for (;;) {
  restSoon();
  const next = await call("GET", "/invocation/next").catch(() => process.exit(0));
  const id = next.headers["lambda-runtime-aws-request-id"];
  const deadlineMs = Number(next.headers["lambda-runtime-deadline-ms"]);
  currentId = id;
  isBusy = true;
  clearTimeout(idle);
  env._X_AMZN_TRACE_ID = next.headers["lambda-runtime-trace-id"] ?? "";
  const context = {
    awsRequestId: id,
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: next.headers["lambda-runtime-invoked-function-arn"],
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
  try {
    const output = await handler(JSON.parse(next.body.toString("utf8")), context);
    isBusy = false;
    await call("POST", `/invocation/${id}/response`, JSON.stringify(output ?? null) ?? "null", {
      "content-type": "application/json",
    });
  } catch (error) {
    isBusy = false;
    console.error(`Invoke Error\t${describeError(error)}`);
    await call("POST", `/invocation/${id}/error`, describeError(error), {
      "lambda-runtime-function-error-type": error?.name ?? "Error",
    });
  }
}

import type { EventSourceConfig } from "../config.ts";
import { AwsError, createNotImplementedError } from "../kernel/errors.ts";
import { answerJson, answerJsonError } from "../kernel/json-protocol.ts";
import type { AwsCall, Identity, Service } from "../kernel/types.ts";
import type { AsyncQueue } from "./async-queue.ts";
import { PAYLOAD_LIMIT_BYTES } from "./environment.ts";
import type { FunctionPool } from "./pool.ts";

/** Raised from 256 KB in October 2025: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const ASYNC_PAYLOAD_LIMIT_BYTES = 1024 * 1024;
const LIST_LIMIT = 50;

export type LambdaServiceOptions = {
  pools: ReadonlyMap<string, FunctionPool>;
  events: AsyncQueue;
  identity: Identity;
  eventSources: readonly EventSourceConfig[];
};

type Route = { method: string; pattern: RegExp; name: string; answer?(call: AwsCall, name: string): unknown };

/** Lambda's REST API: invocations and what can be read of functions; changes to functions answer 501. */
export function createLambdaService(options: LambdaServiceOptions): Service {
  const routes: Route[] = [
    {
      method: "POST",
      pattern: /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/,
      name: "Invoke",
      answer: (call, name) => invoke(options, call, name),
    },
    {
      method: "GET",
      pattern: /^\/2015-03-31\/functions\/?$/,
      name: "ListFunctions",
      answer: (call) => answerJson(call, "rest", listFunctions(options, call.url)),
    },
    {
      method: "GET",
      pattern: /^\/2015-03-31\/functions\/([^/]+)\/?$/,
      name: "GetFunction",
      answer: (call, name) => answerJson(call, "rest", describeFunction(findPool(options, name))),
    },
    {
      method: "GET",
      pattern: /^\/2015-03-31\/functions\/([^/]+)\/configuration$/,
      name: "GetFunctionConfiguration",
      answer: (call, name) => answerJson(call, "rest", describeConfiguration(findPool(options, name))),
    },
    {
      method: "GET",
      pattern: /^\/2019-09-30\/functions\/([^/]+)\/concurrency$/,
      name: "GetFunctionConcurrency",
      answer: (call, name) => {
        const { concurrency } = findPool(options, name).config;
        answerJson(call, "rest", concurrency === undefined ? {} : { ReservedConcurrentExecutions: concurrency });
      },
    },
    {
      method: "GET",
      pattern: /^\/2015-03-31\/event-source-mappings\/?$/,
      name: "ListEventSourceMappings",
      answer: (call) => answerJson(call, "rest", listEventSources(options, call.url)),
    },
    {
      method: "POST",
      pattern: /^\/2021-11-15\/functions\/[^/]+\/response-streaming-invocations/,
      name: "InvokeWithResponseStream",
    },
    { method: "POST", pattern: /^\/2015-03-31\/functions\/?$/, name: "CreateFunction" },
    { method: "DELETE", pattern: /^\/2015-03-31\/functions\/[^/]+\/?$/, name: "DeleteFunction" },
    { method: "PUT", pattern: /^\/2015-03-31\/functions\/[^/]+\/code/, name: "UpdateFunctionCode" },
    { method: "PUT", pattern: /^\/2015-03-31\/functions\/[^/]+\/configuration/, name: "UpdateFunctionConfiguration" },
    { method: "PUT", pattern: /^\/2017-10-31\/functions\/[^/]+\/concurrency/, name: "PutFunctionConcurrency" },
  ];
  return {
    scopes: ["lambda"],
    async handle(call) {
      try {
        const { pathname } = call.url;
        const route = routes.find(
          (candidate) => candidate.method === call.req.method && candidate.pattern.test(pathname),
        );
        if (!route?.answer) throw createNotImplementedError("Lambda", route?.name ?? `${call.req.method} ${pathname}`);
        await route.answer(call, decodeURIComponent(route.pattern.exec(pathname)?.[1] ?? ""));
      } catch (error) {
        answerJsonError(call, "rest", error);
      }
    },
    close: async () => undefined,
  };
}

/** Name, `account:function:name`, or ARN, each with an optional qualifier; the only version here is `$LATEST`. */
export function parseFunctionName(reference: string): { name: string; qualifier: string | undefined } {
  const rest = reference.includes("function:") ? reference.slice(reference.lastIndexOf("function:") + 9) : reference;
  const [name = "", qualifier] = rest.split(":");
  return { name, qualifier };
}

function findPool(options: LambdaServiceOptions, reference: string, qualifier?: string | null): FunctionPool {
  const { region, accountId } = options.identity;
  const parsed = parseFunctionName(reference);
  const wanted = qualifier ?? parsed.qualifier ?? "$LATEST";
  const pool = options.pools.get(parsed.name);
  if (pool && wanted === "$LATEST") return pool;
  const suffix = wanted === "$LATEST" ? "" : `:${wanted}`;
  throw new AwsError(
    "ResourceNotFoundException",
    `Function not found: arn:aws:lambda:${region}:${accountId}:function:${parsed.name}${suffix}`,
    { statusCode: 404, fields: { Type: "User" } },
  );
}

async function invoke(options: LambdaServiceOptions, call: AwsCall, reference: string): Promise<void> {
  const pool = findPool(options, reference, call.url.searchParams.get("Qualifier"));
  const type = call.req.headers["x-amz-invocation-type"] ?? "RequestResponse";
  const limitBytes = type === "Event" ? ASYNC_PAYLOAD_LIMIT_BYTES : PAYLOAD_LIMIT_BYTES;
  if (call.body.length > limitBytes)
    throw new AwsError(
      "RequestTooLargeException",
      `${call.body.length} byte payload is too large for the ${String(type)} invocation type (limit ${limitBytes} bytes)`,
      { statusCode: 413, fields: { Type: "User" } },
    );
  assertJson(call.body);
  if (type === "DryRun") {
    call.res.writeHead(204).end();
    return;
  }
  if (type === "Event") {
    options.events.accept(pool.config.name, call.body.length > 0 ? call.body : Buffer.from("{}"));
    call.res.writeHead(202, { "content-length": 0 }).end();
    return;
  }
  if (type !== "RequestResponse")
    throw new AwsError(
      "InvalidParameterValueException",
      `Invocation type ${String(type)} is not one of RequestResponse, Event, DryRun.`,
    );
  const outcome = await pool.run(call.body);
  call.res
    .writeHead(200, {
      "content-type": "application/json",
      "content-length": outcome.payload.length,
      "x-amzn-requestid": outcome.requestId,
      "x-amz-executed-version": "$LATEST",
      ...(outcome.functionError && { "x-amz-function-error": outcome.functionError }),
      ...(call.req.headers["x-amz-log-type"] === "Tail" && {
        "x-amz-log-result": Buffer.from(outcome.logTail).toString("base64"),
      }),
    })
    .end(outcome.payload);
}

function assertJson(body: Buffer): void {
  if (body.length === 0) return;
  try {
    JSON.parse(body.toString("utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AwsError("InvalidRequestContentException", `Could not parse request body into json: ${reason}`, {
      fields: { Type: "User" },
    });
  }
}

function describeConfiguration(pool: FunctionPool): Record<string, unknown> {
  const { config, arn } = pool;
  return {
    FunctionName: config.name,
    FunctionArn: arn,
    Runtime: "nodejs24.x",
    Handler: config.handler,
    Timeout: config.timeoutSeconds,
    MemorySize: config.memoryMb,
    Version: "$LATEST",
    PackageType: "Zip",
    Architectures: [process.arch === "arm64" ? "arm64" : "x86_64"],
    State: "Active",
    LastUpdateStatus: "Successful",
    Environment: { Variables: config.environment },
    LoggingConfig: { LogFormat: "Text", LogGroup: `/aws/lambda/${config.name}` },
    ...(config.deadLetterQueue !== undefined && {
      DeadLetterConfig: {
        TargetArn: arn.replace(/^arn:aws:lambda:(.*):function:.*$/, `arn:aws:sqs:$1:${config.deadLetterQueue}`),
      },
    }),
  };
}

function describeFunction(pool: FunctionPool): Record<string, unknown> {
  const { concurrency } = pool.config;
  return {
    Configuration: describeConfiguration(pool),
    ...(concurrency !== undefined && { Concurrency: { ReservedConcurrentExecutions: concurrency } }),
  };
}

function listFunctions(options: LambdaServiceOptions, url: URL): Record<string, unknown> {
  const pools = [...options.pools.values()].sort((a, b) => (a.config.name < b.config.name ? -1 : 1));
  const start = Number.parseInt(url.searchParams.get("Marker") || "0", 10);
  const asked = Number.parseInt(url.searchParams.get("MaxItems") || String(LIST_LIMIT), 10);
  const end = start + Math.min(LIST_LIMIT, Math.max(1, asked));
  return {
    Functions: pools.slice(start, end).map(describeConfiguration),
    ...(end < pools.length && { NextMarker: String(end) }),
  };
}

function listEventSources(options: LambdaServiceOptions, url: URL): Record<string, unknown> {
  const { region, accountId } = options.identity;
  const wanted = url.searchParams.get("FunctionName");
  const name = wanted === null ? undefined : parseFunctionName(wanted).name;
  return {
    EventSourceMappings: options.eventSources
      .filter((source) => name === undefined || source.function === name)
      .map((source) => ({
        FunctionArn: options.pools.get(source.function)?.arn,
        EventSourceArn:
          "queue" in source
            ? `arn:aws:sqs:${region}:${accountId}:${source.queue}`
            : `arn:aws:dynamodb:${region}:${accountId}:table/${source.tableStream}/stream/latest`,
        BatchSize: source.batchSize,
        State: "Enabled",
      })),
  };
}

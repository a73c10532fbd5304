import { AwsError, createNotImplementedError, toAwsError } from "./errors.ts";
import { createInnerCall } from "./operations.ts";
import type { AwsCall, JsonObject, Service } from "./types.ts";

export type { JsonObject } from "./types.ts";

/** AWS JSON 1.0 / 1.1 (`x-amz-target`), or plain JSON over REST paths (Lambda, API Gateway, Scheduler). */
export type JsonProtocol = "1.0" | "1.1" | "rest";

const CONTENT_TYPES: Record<JsonProtocol, string> = {
  "1.0": "application/x-amz-json-1.0",
  "1.1": "application/x-amz-json-1.1",
  rest: "application/json",
};

/**
 * The JSON document of a call; an empty body is `{}`.
 * @throws AwsError `SerializationException` when it is not a JSON object
 */
export function readJsonInput(call: Pick<AwsCall, "body">): JsonObject {
  if (call.body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(call.body.toString("utf8"));
  } catch {
    throw new AwsError("SerializationException", "The request body is not valid JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new AwsError("SerializationException", "The request body must be a JSON object.");
  return value as JsonObject;
}

export function answerJson(
  call: AwsCall,
  protocol: JsonProtocol,
  output: unknown,
  options: { statusCode?: number; headers?: Record<string, string> } = {},
): void {
  const body = output === undefined ? "" : JSON.stringify(output);
  call.res
    .writeHead(options.statusCode ?? 200, {
      "content-type": CONTENT_TYPES[protocol],
      "content-length": Buffer.byteLength(body),
      ...options.headers,
    })
    .end(body);
}

/**
 * Answers an error in the JSON protocols: `__type` in the body, `x-amzn-errortype` in the headers, and
 * `x-amzn-query-error` when the error has a legacy code. `namespace` such as `com.amazonaws.sqs` prefixes `__type`.
 */
export function answerJsonError(call: AwsCall, protocol: JsonProtocol, error: unknown, namespace?: string): void {
  const known = toAwsError(error);
  if (call.res.headersSent) {
    call.res.destroy();
    return;
  }
  const type = namespace && known.statusCode < 500 ? `${namespace}#${known.code}` : known.code;
  // DynamoDB and most JSON clients read `message`; some older shapes read `Message`.
  const body: JsonObject = { __type: type, message: known.message, ...known.fields };
  if (protocol === "rest") {
    body.Message = known.message;
    delete body.__type;
  }
  answerJson(call, protocol, body, {
    statusCode: known.statusCode,
    headers: {
      "x-amzn-errortype": known.code,
      ...(known.queryCode && { "x-amzn-query-error": `${known.queryCode};Sender` }),
    },
  });
}

/** An operation of a JSON service: input document in, output document out (undefined answers an empty body). */
export type JsonOperation = (input: JsonObject, call: AwsCall) => unknown;

/**
 * A service that speaks AWS JSON 1.0 or 1.1: dispatches by the operation in `x-amz-target`, answers what it lacks
 * with 501 `NotImplemented` naming service and operation.
 */
export function createJsonService(options: {
  name: string;
  scopes: readonly string[];
  protocol: "1.0" | "1.1";
  namespace?: string;
  operations: Record<string, JsonOperation>;
  close?(): Promise<void>;
}): Service {
  const { name, protocol, namespace } = options;
  const operations = new Map(Object.entries(options.operations));
  const { scopes } = options;
  return {
    scopes,
    async operate(action, input) {
      const operation = operations.get(action);
      if (!operation) throw createNotImplementedError(name, action);
      // As over the wire: what is undefined is left out, dates are texts.
      const sent = JSON.parse(JSON.stringify(input)) as JsonObject;
      return operation(sent, createInnerCall(scopes[0] ?? name, action));
    },
    async handle(call) {
      try {
        const operation = operations.get(call.operation ?? "");
        if (!operation)
          throw createNotImplementedError(name, call.operation ?? `${call.req.method} ${call.url.pathname}`);
        const output = await operation(readJsonInput(call), call);
        if (!call.res.writableEnded && !call.res.headersSent) answerJson(call, protocol, output);
      } catch (error) {
        answerJsonError(call, protocol, error, namespace);
      }
    },
    close: async () => options.close?.(),
  };
}

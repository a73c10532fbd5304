import { randomUUID } from "node:crypto";
import { createNotImplementedError } from "./errors.ts";
import type { AwsCall, JsonObject, Service } from "./types.ts";

/**
 * One service asks another inside the process, by the same operations and shapes as over the wire: scope of its
 * signature (`ecs`, `elasticloadbalancing`), operation, input; answers the output.
 * @throws AwsError as the service words it; `NotImplemented` for a service or operation that is not there
 */
export type CallOperation = (scope: string, operation: string, input: JsonObject) => Promise<JsonObject>;

/** `find` is asked at each call, so services may be added later. */
export function createCallOperation(find: (scope: string) => Service | undefined): CallOperation {
  return async (scope, operation, input) => {
    const service = find(scope);
    if (!service?.operate) throw createNotImplementedError(`service ${scope}`, operation);
    return ((await service.operate(operation, input)) ?? {}) as JsonObject;
  };
}

/** The call of an operation from inside the process: it has no connection, so operations that stream cannot be used. */
export function createInnerCall(scope: string, operation: string): AwsCall {
  const refuse = (): never => {
    throw createNotImplementedError(scope, `${operation} from inside the process`);
  };
  return {
    get req(): never {
      return refuse();
    },
    get res(): never {
      return refuse();
    },
    url: new URL("http://127.0.0.1/"),
    scope,
    operation,
    requestId: randomUUID(),
    body: Buffer.alloc(0),
    verified: undefined,
  };
}

import { createHash } from "node:crypto";
import {
  errorTable,
  limits,
  matchRoute,
  type Problem,
  problemOf,
  type Role,
  type Route,
  type RouteId,
  roles,
  type routes,
} from "@samla/contracts";
import { type Actor, Failure, isFailure, type StorageContext } from "@samla/core/kernel";
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import type { z } from "zod";
import { createContext } from "./compose.ts";
import { createLog } from "./log.ts";

type Routes = typeof routes;
type Parsed<R, K extends string> = R extends Record<K, infer T extends z.ZodType> ? z.output<T> : unknown;

/** Params, query and body of a call in one object, as verbs take them. */
export type RouteInput<Id extends RouteId> = Parsed<Routes[Id], "params"> &
  Parsed<Routes[Id], "query"> &
  Parsed<Routes[Id], "body"> & { ifMatch?: number | undefined };
export type RouteOutput<Id extends RouteId> = Routes[Id] extends { response: infer T extends z.ZodType }
  ? z.input<T>
  : unknown;

/** The verb of each route a function serves. */
export type RouteVerbs<Ids extends RouteId> = {
  [Id in Ids]: (ctx: StorageContext, input: RouteInput<Id>) => Promise<RouteOutput<Id>>;
};

type AnyVerb = (ctx: StorageContext, input: never) => Promise<unknown>;

/** A Lambda handler for API Gateway REST proxy events: finds the route, parses by contract, calls the verb, maps the answer. */
export const createHttpHandler =
  <Ids extends RouteId>(verbs: RouteVerbs<Ids>) =>
  async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const requestId = event.requestContext.requestId;
    try {
      const found = matchRoute(event.httpMethod, event.path);
      const verb = found && (verbs as Record<string, AnyVerb | undefined>)[found.id];
      if (!found || !verb)
        throw new Failure("not_found", `There is no ${event.httpMethod} ${event.path}.`, {
          nextStep: "See /v1/openapi.json for what there is.",
        });
      const ctx = createContext(actorOf(event), requestId);
      const input = parseInput(found.route, event, found.params);
      const run = (): Promise<APIGatewayProxyResult> =>
        verb(ctx, input as never).then((output) => answerOf(found.route, output, requestId));
      const key = headerOf(event, "idempotency-key");
      return await (found.route.idempotent && key ? runOnce(ctx, key, found.id, event.body ?? "", run) : run());
    } catch (error) {
      return failureAnswer(error, requestId, event);
    }
  };

const headerOf = (event: APIGatewayProxyEvent, name: string): string | undefined =>
  Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1] ?? undefined;

/** The caller as the authorizer found it; nobody on open routes. */
const actorOf = (event: APIGatewayProxyEvent): Actor => {
  const found = event.requestContext.authorizer ?? {};
  const list = (value: unknown): string[] => (typeof value === "string" && value !== "" ? value.split(",") : []);
  const held = list(found.roles).filter((role): role is Role => (roles as readonly string[]).includes(role));
  return {
    kind: found.kind === "machine" ? "machine" : "person",
    id: String(found.sub ?? "anonymous"),
    name: String(found.name ?? found.sub ?? "Anonymous"),
    roles: held,
    groups: list(found.groups),
    ...(typeof found.email === "string" && found.email ? { email: found.email } : {}),
  };
};

const parseInput = (
  route: Route,
  event: APIGatewayProxyEvent,
  params: Record<string, string>,
): Record<string, unknown> => {
  const query = Object.fromEntries(
    Object.entries(event.multiValueQueryStringParameters ?? {}).map(([name, values]) => [
      name,
      values && values.length > 1 ? values : values?.[0],
    ]),
  );
  const ifMatch = headerOf(event, "if-match");
  const revision =
    ifMatch === undefined || ifMatch === "*"
      ? undefined
      : Number(/^(?:W\/)?"(\d{1,9})"$/.exec(ifMatch)?.[1] ?? Number.NaN);
  if (revision !== undefined && Number.isNaN(revision))
    throw new Failure("invalid_request", "The If-Match header is not an ETag of ours.", {
      errors: [{ field: "If-Match", message: 'must look like "3"' }],
    });
  return {
    ...parsePart(route.params, params, "path"),
    ...parsePart(route.query, query, "query"),
    ...parsePart(route.body, route.body ? parseBody(event) : undefined, "body"),
    ...(revision === undefined ? {} : { ifMatch: revision }),
  };
};

const parseBody = (event: APIGatewayProxyEvent): unknown => {
  const text =
    event.body === null ? "" : event.isBase64Encoded ? Buffer.from(event.body, "base64").toString("utf8") : event.body;
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure("invalid_request", "The body is not valid JSON.", {
      nextStep: "Send a JSON object with content-type application/json.",
    });
  }
};

const parsePart = (schema: z.ZodType | undefined, value: unknown, place: string): Record<string, unknown> => {
  if (!schema) return {};
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data as Record<string, unknown>;
  const errors = parsed.error.issues
    .slice(0, 20)
    .map((issue) => ({ field: issue.path.join(".") || place, message: issue.message }));
  // An id that cannot exist names nothing: the same answer as for one that does not exist.
  if (place === "path")
    throw new Failure(
      "not_found",
      `There is nothing at this address: ${errors.map((error) => `${error.field} ${error.message}`).join("; ")}.`,
    );
  throw new Failure("invalid_request", errors.map((error) => `${error.field}: ${error.message}`).join("; "), {
    errors,
  });
};

const json = (
  statusCode: number,
  body: unknown,
  requestId: string,
  more: Record<string, string> = {},
): APIGatewayProxyResult => ({
  statusCode,
  headers: { "content-type": "application/json", "cache-control": "no-store", "x-request-id": requestId, ...more },
  body: JSON.stringify(body),
});

const answerOf = (route: Route, output: unknown, requestId: string): APIGatewayProxyResult => {
  if (!route.response)
    return { statusCode: 204, headers: { "x-request-id": requestId, "cache-control": "no-store" }, body: "" };
  const revision =
    typeof output === "object" && output !== null && "revision" in output ? Number(output.revision) : undefined;
  // Checked here, once, for every client: defaults are filled in, and what the contract does not name stays inside.
  return json(
    route.successStatus,
    route.response.parse(output),
    requestId,
    revision === undefined ? {} : { etag: `"${revision}"` },
  );
};

/** Same key and same body: the same answer, and the work is done once. */
const runOnce = async (
  ctx: StorageContext,
  key: string,
  routeId: string,
  body: string,
  run: () => Promise<APIGatewayProxyResult>,
): Promise<APIGatewayProxyResult> => {
  if (key.length > 128) throw new Failure("invalid_request", "The Idempotency-Key is longer than 128 characters.");
  const claimKey = createHash("sha256").update(`${ctx.actor.id}\n${routeId}\n${key}`).digest("hex");
  const fingerprint = createHash("sha256").update(body).digest("hex");
  const claim = await ctx.catalog.claimRequest(
    claimKey,
    fingerprint,
    Math.floor(ctx.now() / 1000) + limits.idempotencyHours * 3600,
  );
  if (claim.state === "mismatch")
    throw new Failure("idempotency_mismatch", "This Idempotency-Key was used for a request with another body.", {
      nextStep: "Use a fresh key for each new request.",
    });
  if (claim.state === "busy")
    throw new Failure("conflict", "The same request is under way.", {
      nextStep: "Wait a moment and repeat it with the same key.",
    });
  if (claim.state === "done") return JSON.parse(claim.answer) as APIGatewayProxyResult;
  let answer: APIGatewayProxyResult;
  try {
    answer = await run();
  } catch (error) {
    await ctx.catalog.releaseRequest(claimKey).catch(() => undefined);
    throw error;
  }
  // The work is done: the key stays claimed even when its answer could not be kept, so that nothing is done twice.
  await ctx.catalog
    .completeRequest(claimKey, JSON.stringify(answer))
    .catch((error: unknown) => ctx.log("error", "an idempotent answer was not kept", { error: String(error) }));
  return answer;
};

/** Our failures as they are; anything else as `internal`, with the cause in the log only. */
const failureAnswer = (error: unknown, requestId: string, event: APIGatewayProxyEvent): APIGatewayProxyResult => {
  const problem: Problem = isFailure(error)
    ? problemOf(error.code, error.message, {
        requestId,
        ...(error.nextStep ? { nextStep: error.nextStep } : {}),
        ...(error.errors ? { errors: error.errors } : {}),
      })
    : problemOf("internal", "Something went wrong on our side.", {
        requestId,
        nextStep: "Try again. If it fails again, give the request id to your administrator.",
      });
  if (!isFailure(error) || problem.status >= 500)
    createLog({ requestId })("error", "request failed", {
      method: event.httpMethod,
      path: event.path,
      code: problem.code,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      cause: error instanceof Error && error.cause instanceof Error ? error.cause.stack : undefined,
    });
  return json(errorTable[problem.code].status, problem, requestId, {
    "content-type": "application/problem+json",
    ...(errorTable[problem.code].retryable ? { "retry-after": "2" } : {}),
  });
};

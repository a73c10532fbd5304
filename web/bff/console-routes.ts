import "server-only";
import { randomUUID } from "node:crypto";
import { type ConsoleRoute, type ErrorCode, problemOf } from "@samla/contracts";
import { type Actor, isFailure } from "@samla/core/kernel";
import type { z } from "zod";
import { findActor } from "./actor.ts";
import { getEnv } from "./env.ts";
import { readLimited } from "./read-limited.ts";
import { refuseForeign } from "./same-origin.ts";

const bodySizeBytesMax = 256 * 1024;
const timeoutMs = 55_000;

export type ConsoleInput = {
  params: Record<string, string>;
  query: Record<string, unknown>;
  body: unknown;
};
/** Serves one route for a person; what it gives is checked against the route's response. */
export type ConsoleHandler = (actor: Actor, input: never, requestId: string) => Promise<unknown>;
export type ConsoleTable<Id extends string> = {
  /** `METHOD /path` below `/api`. */
  endpoints: Record<Id, string>;
  routes: Record<Id, ConsoleRoute>;
  handlers: Record<Id, (actor: Actor, input: never, requestId: string) => Promise<unknown>>;
};

type Matched<Id extends string> = { id: Id; params: Record<string, string> };

/** The route of a method and path; literal segments win over parameters. */
export const matchConsoleRoute = <Id extends string>(
  endpoints: Record<Id, string>,
  method: string,
  pathname: string,
): Matched<Id> | undefined => {
  const parts = pathname
    .replace(/^\/api/, "")
    .split("/")
    .filter(Boolean);
  let best: (Matched<Id> & { literals: number }) | undefined;
  for (const [id, endpoint] of Object.entries(endpoints) as [Id, string][]) {
    const [wanted, path = ""] = endpoint.split(" ");
    const pattern = path.split("/").filter(Boolean);
    if (wanted !== method || pattern.length !== parts.length) continue;
    const params: Record<string, string> = {};
    let literals = 0;
    const fits = pattern.every((segment, i) => {
      if (!segment.startsWith("{")) {
        literals += 1;
        return segment === parts[i];
      }
      try {
        params[segment.slice(1, -1)] = decodeURIComponent(parts[i] ?? "");
        return true;
      } catch {
        return false;
      }
    });
    if (fits && (!best || literals > best.literals)) best = { id, params, literals };
  }
  return best && { id: best.id, params: best.params };
};

export const requestIdOf = (headers: Headers): string => {
  const given = headers.get("x-request-id");
  return given && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
};

type More = { nextStep?: string | undefined; errors?: { field: string; message: string }[] | undefined };

export const refuse = (code: ErrorCode, detail: string, requestId: string, more: More = {}): Response => {
  const problem = problemOf(code, detail, {
    requestId,
    ...(more.nextStep ? { nextStep: more.nextStep } : {}),
    ...(more.errors ? { errors: more.errors } : {}),
  });
  return Response.json(problem, {
    status: problem.status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", "x-request-id": requestId },
  });
};

/** Our refusals as they are; anything else is logged and told as what it is: a fault of ours. */
export const refuseError = (error: unknown, requestId: string): Response => {
  if (isFailure(error)) return refuse(error.code, error.message, requestId, error);
  const name = error instanceof Error ? error.name : "";
  console.error(
    JSON.stringify({
      level: "error",
      message: "a console call failed",
      requestId,
      error: String(error),
      stack: error instanceof Error ? error.stack : undefined,
    }),
  );
  return name === "TimeoutError"
    ? refuse("timeout", "A part of AWS did not answer in time.", requestId, { nextStep: "Try again in a moment." })
    : refuse("internal", "Something went wrong in the console.", requestId, {
        nextStep: `Try again; if it stays, the log says more under ${requestId}.`,
      });
};

const issuesOf = (error: z.ZodError, part: string) =>
  error.issues.map((issue) => ({
    field: [...(part === "body" ? [] : [part]), ...issue.path].join("."),
    message: issue.message,
  }));

const within = <T>(work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => {
      const error = new Error("timed out");
      error.name = "TimeoutError";
      setTimeout(() => reject(error), timeoutMs).unref();
    }),
  ]);

/** The person of a request from our own pages, or the answer that refuses it. */
export const admit = async (request: Request, requestId: string): Promise<Actor | Response> => {
  const foreign = refuseForeign(request.headers, request.method, getEnv().SAMLA_PUBLIC_URL);
  if (foreign) return refuse("forbidden", foreign, requestId, { nextStep: "Use the console from its own address." });
  const actor = await findActor();
  return actor ?? refuse("unauthenticated", "Your session has ended.", requestId, { nextStep: "Sign in again." });
};

/**
 * Serves the console's own routes: only those of the table, only from our own pages, for the person of the session, with
 * checked input and output, problem details and a time limit. Roles are checked by the verbs.
 */
export const serveConsole = async <Id extends string>(request: Request, table: ConsoleTable<Id>): Promise<Response> => {
  const requestId = requestIdOf(request.headers);
  try {
    const url = new URL(request.url);
    const match = matchConsoleRoute(table.endpoints, request.method, url.pathname);
    if (!match) return refuse("not_found", "The console has no such route.", requestId);
    const actor = await admit(request, requestId);
    if (actor instanceof Response) return actor;
    const route = table.routes[match.id];
    const raw = request.method === "GET" ? undefined : await readLimited(request.body, bodySizeBytesMax);
    if (raw === "too-large") return refuse("too_large", "The request is over 256 KiB.", requestId);
    let json: unknown = {};
    if (raw && raw.byteLength > 0)
      try {
        json = JSON.parse(raw.toString("utf8"));
      } catch {
        return refuse("invalid_request", "The body is not JSON.", requestId, { nextStep: "Send JSON." });
      }
    const input: ConsoleInput = { params: match.params, query: Object.fromEntries(url.searchParams), body: json };
    for (const part of ["params", "query", "body"] as const) {
      const parsed = route[part]?.safeParse(input[part]);
      if (!parsed) continue;
      if (!parsed.success)
        return part === "params"
          ? refuse("not_found", "There is no such thing.", requestId, { errors: issuesOf(parsed.error, part) })
          : refuse("invalid_request", "Some of what was sent is not valid.", requestId, {
              errors: issuesOf(parsed.error, part),
              nextStep: "Correct the fields that are named.",
            });
      input[part] = parsed.data as never;
    }
    const output = await within(table.handlers[match.id](actor, input as never, requestId));
    return Response.json(route.response.parse(output), {
      status: route.successStatus,
      headers: { "cache-control": "no-store", "x-request-id": requestId },
    });
  } catch (error) {
    return refuseError(error, requestId);
  }
};

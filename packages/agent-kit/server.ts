import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiError } from "@samla/contracts";
import { FatalError } from "./fatal.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { type AgentRequest, parseJson, RequestError, readText, requestIdOf, sendProblem } from "./request.ts";

export type AgentRoute = {
  /** `*` for all. */
  method: string;
  /** Below `/agents/<name>`; `{name}` stands for one segment. */
  path: string;
  handle: (request: AgentRequest) => Promise<void> | void;
  /** Default 64 kB. */
  bodyMaxBytes?: number;
  /** Default 60 s. */
  timeoutMs?: number;
  /** Left out of metrics and of the log, as a health check each few seconds would drown them. */
  quiet?: boolean;
};

const defaults = { bodyMaxBytes: 64 * 1024, timeoutMs: 60_000, requestsMax: 200 };
/** Longer than the balancer keeps an idle connection, so that it never sends into one that we close. */
const keepAliveMs = 310_000;

export type AgentServer = {
  port: number;
  /** Stops taking connections, waits for answers under way, and ends the rest after `withinMs`. Gives how many those were. */
  drain(withinMs: number): Promise<number>;
};

const matchPath = (pattern: string, path: string): Record<string, string> | undefined => {
  const wanted = pattern.split("/");
  const parts = path.split("/");
  if (wanted.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const given = parts[i] ?? "";
    if (!part.startsWith("{")) {
      if (part !== given) return undefined;
      continue;
    }
    try {
      params[part.slice(1, -1)] = decodeURIComponent(given);
    } catch {
      return undefined;
    }
  }
  return params;
};

/** The refusal behind an error: our own, the API's as it is, a timeout, or `internal` with the cause in the log only. */
const refusalOf = (error: unknown, log: Log): RequestError => {
  if (error instanceof RequestError) return error;
  if (error instanceof ApiError)
    return new RequestError(error.problem.code, error.problem.detail, {
      ...(error.problem.nextStep ? { nextStep: error.problem.nextStep } : {}),
    });
  if (error instanceof FatalError) return new RequestError("unavailable", error.message, { nextStep: error.nextStep });
  if (error instanceof Error && error.name === "TimeoutError")
    return new RequestError("timeout", "The agent did not finish in time.", {
      nextStep: "Try again, or ask for less.",
    });
  log("error", "request failed", { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  return new RequestError("internal", "Something went wrong in the agent.", {
    nextStep: "Try again. If it fails again, give the request id to your administrator.",
  });
};

/** Serves routes on all addresses of the container. The prefix by which the gateway and the balancer name the agent is taken off. */
export const startServer = async (options: {
  agent: string;
  port: number;
  host?: string;
  routes: AgentRoute[];
  log: Log;
  metrics: Metrics;
}): Promise<AgentServer> => {
  const { routes, log, metrics } = options;
  const underWay = new Map<string, AbortController>();
  const prefix = new RegExp(`^(?:/v1)?/agents/${options.agent}(?=/|$)`);
  let isDraining = false;

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const startedMs = performance.now();
    const id = requestIdOf(incoming);
    const url = new URL(incoming.url ?? "/", "http://agent.invalid");
    const path = url.pathname.replace(prefix, "") || "/";
    const requestLog = log.with({ requestId: id });
    outgoing.setHeader("x-request-id", id);
    if (isDraining) outgoing.setHeader("connection", "close");

    const ofPath = routes.flatMap((route) => {
      const params = matchPath(route.path, path);
      return params ? [{ route, params }] : [];
    });
    const found = ofPath.find(({ route }) => route.method === "*" || route.method === incoming.method);
    const ended = new AbortController();
    const key = `${id} ${startedMs}`;
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(found?.route.timeoutMs ?? defaults.timeoutMs)]);
    outgoing.once("close", () => {
      underWay.delete(key);
      // A connection that falls idle while the server closes would be kept for as long as an idle one may live.
      if (isDraining) setImmediate(() => server.closeIdleConnections());
      if (!outgoing.writableFinished) ended.abort(new DOMException("The caller went away.", "AbortError"));
      if (found?.route.quiet) return;
      const latencyMs = performance.now() - startedMs;
      metrics.count({ status: outgoing.statusCode, latencyMs });
      requestLog("info", "request", {
        method: incoming.method,
        path,
        status: outgoing.statusCode,
        latencyMs: Math.round(latencyMs),
        ...(outgoing.writableFinished ? {} : { closedByCaller: true }),
      });
    });
    underWay.set(key, ended);
    try {
      if (!found)
        throw new RequestError("not_found", `There is no ${incoming.method} ${path} at this agent.`, {
          ...(ofPath.length > 0 ? { nextStep: `Use ${ofPath.map(({ route }) => route.method).join(" or ")}.` } : {}),
        });
      if (underWay.size > defaults.requestsMax && !found.route.quiet)
        throw new RequestError("rate_limited", "This agent answers as many as it can at the moment.", {
          nextStep: "Try again in a moment.",
        });
      const bodyMaxBytes = found.route.bodyMaxBytes ?? defaults.bodyMaxBytes;
      await found.route.handle({
        id,
        method: incoming.method ?? "GET",
        path,
        params: found.params,
        query: url.searchParams,
        header: (name) => {
          const value = incoming.headers[name];
          return Array.isArray(value) ? value[0] : value;
        },
        authorization: () => {
          const given = incoming.headers.authorization;
          if (given && /^Bearer \S+$/i.test(given)) return given;
          throw new RequestError("unauthenticated", "Sign in: this agent acts with your rights and needs your token.");
        },
        text: () => readText(incoming, bodyMaxBytes),
        json: async (shape) => parseJson(await readText(incoming, bodyMaxBytes), shape),
        signal,
        log: requestLog,
        incoming,
        outgoing,
      });
    } catch (error) {
      if (ended.signal.aborted && outgoing.destroyed) return;
      sendProblem(outgoing, id, refusalOf(signal.aborted ? (signal.reason ?? error) : error, requestLog));
      // What of a body was not read would be taken for the next request.
      if (!incoming.readableEnded) incoming.resume();
    }
  };

  const server: Server = createServer(
    { keepAliveTimeout: keepAliveMs, headersTimeout: 15_000, requestTimeout: 60_000, maxHeaderSize: 32 * 1024 },
    (incoming, outgoing) => {
      outgoing.on("error", () => undefined);
      void serve(incoming, outgoing);
    },
  );
  server.on("clientError", (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new FatalError(
          "port_in_use",
          `Port ${options.port} could not be opened: ${error.code ?? error.message}.`,
          "Use a free port above 1023 and give the same in Port of the release.",
          { port: options.port },
        ),
      ),
    );
    server.listen(options.port, options.host ?? "0.0.0.0", resolve);
  });

  return {
    port: (server.address() as AddressInfo).port,
    drain: async (withinMs) => {
      isDraining = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      let ended = 0;
      const limit = setTimeout(() => {
        ended = underWay.size;
        for (const request of underWay.values()) request.abort(new DOMException("The agent ends.", "TimeoutError"));
        setTimeout(() => server.closeAllConnections(), 500);
      }, withinMs);
      await closed;
      clearTimeout(limit);
      return ended;
    },
  };
};

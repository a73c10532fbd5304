import { agentNamePattern } from "./agents.ts";
import { ApiError, problemOf } from "./errors.ts";
import { answeredOr, type TransportOptions } from "./transport.ts";

/**
 * The way to the agents' own endpoints through the API: any method, whatever is below an agent's name, streamed. What an
 * agent answers is between it and its caller, so there are no shapes here.
 */
export const agentPassage = {
  /** As gateways write it; `{proxy+}` is one segment or more. */
  path: "/agents/{agent}/{proxy+}",
  /** Methods that pages of the console may use. */
  methods: ["GET", "POST", "DELETE"],
  throttle: { ratePerSecond: 50, burst: 100 },
  bodySizeBytesMax: 2 * 1024 * 1024,
  /** An answer may stream for so long, and be silent within for so long. */
  streamTimeoutMs: 15 * 60_000,
  idleTimeoutMs: 5 * 60_000,
} as const;

const segmentPattern = /^[\w.~!$&'()*+,;=:@%-]{1,256}$/;

/**
 * The agent and its path (percent-encoded as given, with leading slash) of a path below the API's stage; undefined when
 * it leads to no agent. Dot segments, empty ones and encoded slashes are refused: no server may read another path.
 */
export const matchAgentPassage = (path: string): { agent: string; rest: string } | undefined => {
  const [, agent = "", rest = ""] = /^\/agents\/([^/]+)(\/.+)$/.exec(path) ?? [];
  const segments = rest.split("/").slice(1);
  const isPlain = segments.every(
    (part) => segmentPattern.test(part) && !/^(\.|%2e){1,2}$/i.test(part) && !/%(2f|5c|00)/i.test(part),
  );
  return agentNamePattern.test(agent) && segments.length > 0 && isPlain ? { agent, rest } : undefined;
};

/** Calls an agent and gives its answer as it comes. Throws `ApiError` for all that is not a success. */
export type CallAgent = (
  agent: string,
  /** With leading slash and query, such as `/ask`. */
  path: string,
  init?: { method?: string; body?: unknown; headers?: Record<string, string>; signal?: AbortSignal },
) => Promise<Response>;

/** A body that is no text goes as JSON. The caller reads `response.body`, or `response.json()`, and ends it by its signal. */
export const createAgentCaller =
  (options: TransportOptions): CallAgent =>
  async (agent, path, { method = "GET", body, headers, signal } = {}) => {
    const where = `/agents/${agent}${path.split("?")[0]}`;
    if (!matchAgentPassage(where))
      throw new ApiError(
        problemOf("not_found", `${where} leads to no agent.`, { nextStep: "Check the agent's name." }),
      );
    return answeredOr(options, `${options.baseUrl}/agents/${agent}${path}`, {
      method,
      headers: {
        ...(body === undefined || typeof body === "string" ? {} : { "content-type": "application/json" }),
        ...headers,
        ...(await options.headers?.()),
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  };

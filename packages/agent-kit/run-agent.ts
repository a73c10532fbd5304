import { AgentManifest, type AgentManifestInput } from "@samla/contracts";
import { type Api, createApi } from "./api.ts";
import { type CardParts, createCard } from "./card.ts";
import { checkNeeds } from "./check-needs.ts";
import { type Environment, readEnvironment } from "./environment.ts";
import { asFatal, FatalError } from "./fatal.ts";
import { createHealth, type HealthReport } from "./health.ts";
import { type Identity, readIdentity } from "./identity.ts";
import { createLog, type Log } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { sendJson } from "./request.ts";
import { type AgentRoute, startServer } from "./server.ts";

/** What an agent is given to work with. */
export type Kit = {
  manifest: AgentManifest;
  environment: Environment;
  /** Which task of which image this is, as far as ECS said. */
  identity: Identity;
  api: Api;
  log: Log;
  /** Aborts when the agent must end: background work stops at its next good moment. */
  ending: AbortSignal;
};

export type AgentParts = {
  card: CardParts;
  routes: AgentRoute[];
  /** Called when the agent drains, after its last answer. */
  close?: () => Promise<void> | void;
};

export type AgentDefinition = {
  /** The content of `agent.json`. */
  manifest: AgentManifestInput | unknown;
  /** Makes the agent's own routes. What it throws ends the process; a `FatalError` with its own code. */
  open: (kit: Kit) => Promise<AgentParts> | AgentParts;
};

export type RunningAgent = {
  port: number;
  health(): Promise<HealthReport>;
  /** Finishes answers under way and closes; gives how many had to be cut off. */
  stop(): Promise<number>;
};

/** Five seconds below the `StopTimeout` of the agents' template. */
const drainMs = 55_000;
const metricsMs = 60_000;

/**
 * Starts an agent: environment, own routes, server, health. Resolves once the server listens; `ready` resolves when
 * what it needs is there. Both throw `FatalError` for what no retry mends.
 */
export const startAgent = async (
  definition: AgentDefinition,
  options: { env: Record<string, string | undefined>; write: (line: string) => void; host?: string },
): Promise<RunningAgent & { ready: Promise<void> }> => {
  const parsed = AgentManifest.safeParse(definition.manifest);
  if (!parsed.success)
    throw new FatalError(
      "bad_configuration",
      `agent.json is not valid: ${parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`).join("; ")}.`,
      "Correct agent.json and build the image again.",
    );
  const manifest = parsed.data;
  const environment = readEnvironment(manifest, options.env);
  const identity = await readIdentity(environment.metadataUrl);
  const log = createLog(
    {
      agent: environment.agent,
      releaseId: environment.releaseId,
      ...(identity.taskId ? { taskId: identity.taskId } : {}),
    },
    options.write,
  );
  const metrics = createMetrics({ Agent: environment.agent, Stage: environment.stage }, options.write);
  const api = createApi(environment.apiUrl, environment.credentials);
  const ending = new AbortController();
  const health = createHealth((signal) => checkNeeds(manifest, environment.settings, api, signal));
  const parts = await definition.open({ manifest, environment, identity, api, log, ending: ending.signal });
  const card = createCard(manifest, environment.apiUrl, parts.card);

  const server = await startServer({
    agent: environment.agent,
    port: environment.port,
    ...(options.host ? { host: options.host } : {}),
    log,
    metrics,
    routes: [
      {
        method: "GET",
        path: manifest.health.path,
        quiet: true,
        timeoutMs: 5_000,
        handle: async ({ outgoing }) => {
          const { status, checks } = await health.report();
          sendJson(outgoing, status === "ready" || status === "degraded" ? 200 : 503, {
            status,
            agent: environment.agent,
            version: manifest.version,
            releaseId: environment.releaseId,
            ...identity,
            checks,
          });
        },
      },
      {
        method: "GET",
        path: "/.well-known/agent-card.json",
        handle: ({ outgoing }) => sendJson(outgoing, 200, card, { "cache-control": "public, max-age=300" }),
      },
      ...parts.routes,
    ],
  });
  const timer = setInterval(metrics.flush, metricsMs);
  timer.unref();
  log("info", "listening", { port: server.port, version: manifest.version, ...identity });

  const waitUntilReady = async (): Promise<void> => {
    const { ready, checks } = await health.waitUntilReady(manifest.health.startSeconds * 1000);
    if (ending.signal.aborted) return;
    if (!ready)
      throw new FatalError(
        "api_unreachable",
        `The API at ${environment.apiUrl} did not answer within ${manifest.health.startSeconds} s.`,
        "Check ApiUrl of the release and that the agents' security group may reach it.",
        { checks },
      );
    log("info", "ready", { checks });
  };
  return {
    port: server.port,
    ready: waitUntilReady(),
    health: health.report,
    stop: async () => {
      health.drain();
      ending.abort(new DOMException("The agent ends.", "AbortError"));
      const cut = await server.drain(drainMs);
      await parts.close?.();
      clearInterval(timer);
      metrics.flush();
      log(cut > 0 ? "warn" : "info", "drained", { answersCutOff: cut });
      return cut;
    },
  };
};

/**
 * The main function of an agent's container: starts it, ends it gracefully on SIGTERM and SIGINT with exit code 0, and
 * ends with a fatal line and the code's exit code when it cannot work.
 */
export const runAgent = (definition: AgentDefinition): void => {
  const write = (line: string): void => {
    process.stdout.write(line);
  };
  const fail = (error: unknown): void => {
    const fatal = asFatal(error);
    const line = createLog(
      { agent: process.env.SAMLA_AGENT, releaseId: process.env.SAMLA_RELEASE_ID },
      // The process ends only when the line is out.
      (text) => process.stdout.write(text, () => process.exit(fatal.exitCode)),
    );
    line("fatal", fatal.message, {
      code: fatal.code,
      nextStep: fatal.nextStep,
      ...fatal.details,
      ...(fatal.code === "internal" && fatal.cause instanceof Error ? { stack: fatal.cause.stack } : {}),
    });
  };
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  let isEnding = false;
  startAgent(definition, { env: process.env, write }).then((agent) => {
    agent.ready.catch(fail);
    for (const signal of ["SIGTERM", "SIGINT"] as const)
      process.on(signal, () => {
        if (isEnding) return;
        isEnding = true;
        agent.stop().then(() => process.exit(0), fail);
      });
  }, fail);
};

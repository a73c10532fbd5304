import "server-only";
import { type AgentEndpointId, agentEndpoints, agentRoutes } from "@samla/contracts";
import * as verbs from "@samla/core/agents";
import type { Actor } from "@samla/core/kernel";
import type { z } from "zod";
import { createConsoleContext } from "./agents.ts";
import type { ConsoleTable } from "./console-routes.ts";

type Routes = typeof agentRoutes;
type Part<R, K extends string> = R extends Record<K, infer T extends z.ZodType> ? z.output<T> : unknown;
type Input<Id extends AgentEndpointId> = {
  params: Part<Routes[Id], "params">;
  query: Part<Routes[Id], "query">;
  body: Part<Routes[Id], "body">;
};
type Output<Id extends AgentEndpointId> = z.input<Routes[Id]["response"]>;
type Handlers = {
  [Id in AgentEndpointId]: (ctx: verbs.AgentContext, input: Input<Id>) => Promise<Output<Id>>;
};

const handlers: Handlers = {
  "agents.list": (ctx) => verbs.listAgents(ctx),
  "agents.get": (ctx, { params }) => verbs.getAgent(ctx, params),
  "agents.releases": (ctx, { params, query }) => verbs.listReleases(ctx, { ...params, ...query }),
  "agents.propose": (ctx, { params, body }) => verbs.proposeRelease(ctx, { ...params, ...body }),
  "agents.release": (ctx, { params }) => verbs.getRelease(ctx, params),
  "agents.differences": (ctx, { params, query }) => verbs.diffReleases(ctx, { ...params, ...query }),
  "agents.execute": (ctx, { params, body }) => verbs.executeRelease(ctx, { ...params, ...body }),
  "agents.withdraw": (ctx, { params }) => verbs.withdrawRelease(ctx, params),
  "agents.stop": (ctx, { params, body }) => verbs.stopRelease(ctx, { ...params, ...body }),
  "agents.rollBack": (ctx, { params, body }) => verbs.rollBackAgent(ctx, { ...params, ...body }),
  "agents.unpin": async (ctx, { params, body }) => {
    await verbs.unpinAgent(ctx, { ...params, ...body });
    return verbs.getAgent(ctx, params);
  },
  "agents.restart": (ctx, { params, body }) => verbs.restartAgent(ctx, { ...params, ...body }),
  "agents.scale": (ctx, { params, body }) => verbs.scaleAgent(ctx, { ...params, ...body }),
  "agents.pause": (ctx, { params, body }) => verbs.pauseAgent(ctx, { ...params, ...body }),
  "agents.resume": (ctx, { params, body }) => verbs.resumeAgent(ctx, { ...params, ...body }),
  "agents.protect": async (ctx, { params, body }) => {
    await verbs.protectAgent(ctx, { ...params, ...body });
    return verbs.getAgent(ctx, params);
  },
  "agents.tasks": (ctx, { params, query }) => verbs.listTasks(ctx, { ...params, ...query }),
  "agents.task": (ctx, { params }) => verbs.getTask(ctx, params),
  "agents.stopTask": (ctx, { params, body }) => verbs.stopTask(ctx, { ...params, ...body }),
  "agents.logs": (ctx, { params, query }) => verbs.readLogs(ctx, { ...params, ...query }),
  "agents.metrics": (ctx, { params, query }) => verbs.readMetrics(ctx, { ...params, ...query }),
  "agents.scaling": (ctx, { params }) => verbs.scalingHistory(ctx, params),
  "agents.chain": (ctx, { params, query }) => verbs.chainOf(ctx, { ...params, ...query }),
};

type Any = (ctx: verbs.AgentContext, input: never) => Promise<unknown>;

export const agentsTable: ConsoleTable<AgentEndpointId> = {
  endpoints: agentEndpoints,
  routes: agentRoutes,
  handlers: Object.fromEntries(
    (Object.entries(handlers) as [AgentEndpointId, Any][]).map(([id, verb]) => [
      id,
      (actor: Actor, input: never, requestId: string) => verb(createConsoleContext(actor, requestId), input),
    ]),
  ) as ConsoleTable<AgentEndpointId>["handlers"],
};

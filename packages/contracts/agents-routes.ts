import { z } from "zod";
import { AgentName } from "./agent-manifest.ts";
import {
  AgentActBody,
  AgentDetail,
  AgentList,
  AgentMetricsResult,
  AgentScaling,
  AgentTaskDetail,
  AgentTaskPage,
  Chain,
  ChainQuery,
  Differences,
  DifferencesQuery,
  DownloadLogsQuery,
  ExecuteReleaseBody,
  ListReleasesQuery,
  ListTasksQuery,
  LogPage,
  ProposeReleaseBody,
  ProtectAgentBody,
  ReadLogsQuery,
  ReadMetricsQuery,
  type Release,
  ReleasePage,
  RollBackAgentBody,
  ScaleAgentBody,
  StopReleaseBody,
  TaskId,
} from "./agents.ts";
import { ReleaseId } from "./ids.ts";
import type { AgentEndpointId } from "./plain/agents.ts";
import { ReleaseDetail } from "./releases.ts";
import type { Permission } from "./roles.ts";

const agent = z.object({ agent: AgentName });
const release = z.object({ agent: AgentName, releaseId: ReleaseId });
const task = z.object({ agent: AgentName, taskId: TaskId });

export type ConsoleRoute = {
  permission: Permission;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  response: z.ZodType;
  successStatus: number;
};

const read = { permission: "agents.read", successStatus: 200 } as const;
const act = <const P extends Permission>(permission: P) => ({ permission, successStatus: 200 }) as const;

/** The console's own routes for agents, below `/api`; method and path are in `plain/agents.ts`. */
export const agentRoutes = {
  "agents.list": { ...read, response: AgentList },
  "agents.get": { ...read, params: agent, response: AgentDetail },
  "agents.releases": { ...read, params: agent, query: ListReleasesQuery, response: ReleasePage },
  "agents.propose": {
    permission: "agents.release",
    successStatus: 201,
    params: agent,
    body: ProposeReleaseBody,
    response: ReleaseDetail,
  },
  "agents.release": { ...read, params: release, response: ReleaseDetail },
  "agents.differences": { ...read, params: release, query: DifferencesQuery, response: Differences },
  "agents.execute": { ...act("agents.release"), params: release, body: ExecuteReleaseBody, response: ReleaseDetail },
  "agents.withdraw": { ...act("agents.release"), params: release, response: ReleaseDetail },
  "agents.stop": { ...act("agents.rollBack"), params: release, body: StopReleaseBody, response: ReleaseDetail },
  "agents.rollBack": { ...act("agents.rollBack"), params: agent, body: RollBackAgentBody, response: ReleaseDetail },
  "agents.unpin": { ...act("agents.rollBack"), params: agent, body: AgentActBody, response: AgentDetail },
  "agents.restart": { ...act("agents.scale"), params: agent, body: AgentActBody, response: ReleaseDetail },
  "agents.scale": { ...act("agents.scale"), params: agent, body: ScaleAgentBody, response: ReleaseDetail },
  "agents.pause": { ...act("agents.scale"), params: agent, body: AgentActBody, response: ReleaseDetail },
  "agents.resume": { ...act("agents.scale"), params: agent, body: AgentActBody, response: ReleaseDetail },
  "agents.protect": { ...act("agents.protect"), params: agent, body: ProtectAgentBody, response: AgentDetail },
  "agents.tasks": { ...read, params: agent, query: ListTasksQuery, response: AgentTaskPage },
  "agents.task": { ...read, params: task, response: AgentTaskDetail },
  "agents.stopTask": { ...act("agents.scale"), params: task, body: AgentActBody, response: AgentTaskDetail },
  "agents.logs": { ...act("agents.logs"), params: agent, query: ReadLogsQuery, response: LogPage },
  "agents.metrics": { ...read, params: agent, query: ReadMetricsQuery, response: AgentMetricsResult },
  "agents.scaling": { ...read, params: agent, response: AgentScaling },
  "agents.chain": { ...read, params: agent, query: ChainQuery, response: Chain },
} as const satisfies Record<AgentEndpointId, ConsoleRoute>;

/** Queries of the answers that are no JSON. */
export const agentStreamQueries = { download: DownloadLogsQuery } as const;

type Routes = typeof agentRoutes;
type Part<R, K extends string> = R extends Record<K, infer T extends z.ZodType> ? z.input<T> : undefined;

/** What a call takes, by the route table; a part without mandatory members may be left out. */
export type AgentCallInput<Id extends AgentEndpointId> = {
  [K in "params" | "query" | "body" as Routes[Id] extends Record<K, z.ZodType> ? K : never]: Part<Routes[Id], K>;
} & { signal?: AbortSignal };
export type AgentCallOutput<Id extends AgentEndpointId> = z.output<Routes[Id]["response"]>;
export type { Release };

import type { EventActor, Release, ReleaseConfig } from "@samla/contracts";
import type {
  AgentCatalog,
  AgentImages,
  AgentLogs,
  AgentMetricsPort,
  AgentNeeds,
  AgentPlatform,
  AgentRecord,
  ContainerPort,
  Context,
  StackPort,
} from "../kernel/index.ts";
import { Failure, notFound } from "../kernel/index.ts";

/** What the verbs of agents have: the agents' own table, and AWS behind ports. No right over documents. */
export type AgentContext = Omit<Context, "catalog"> & {
  agents: AgentCatalog;
  stacks: StackPort;
  containers: ContainerPort;
  logs: AgentLogs;
  metrics: AgentMetricsPort;
  images: AgentImages;
  needs: AgentNeeds;
  platform: AgentPlatform;
  /** Text of `agents/agent.template.yaml`. */
  template: string;
};

type Named = { platform: Pick<AgentPlatform, "stage" | "parameters"> };

export const stackNameOf = ({ platform }: Named, agent: string): string => `samla-${platform.stage}-agent-${agent}`;
export const serviceNameOf = ({ platform }: Named, agent: string): string => `samla-${platform.stage}-${agent}`;
export const logGroupOf = ({ platform }: { platform: Pick<AgentPlatform, "stage"> }, agent: string): string =>
  `/samla/${platform.stage}/agents/${agent}`;
export const alarmNameOf = ({ platform }: Named, agent: string): string =>
  `samla-${platform.stage}-agent-${agent}-faults`;
export const clusterOf = ({ platform }: Named): string => platform.parameters.ClusterName ?? "";
/** The template names the container `agent`, with the stream prefix `agent`. */
export const logStreamOf = (taskId: string): string => `agent/agent/${taskId}`;
export const taskIdOfStream = (stream: string): string | undefined => /([0-9a-f]{32})$/.exec(stream)?.[1];

export const actorOf = (ctx: Pick<Context, "actor">): EventActor => ({
  kind: ctx.actor.kind,
  id: ctx.actor.id,
  name: ctx.actor.name,
});

/** The agent's row; one that the stage has a repository for, but no release yet, is made up. */
export const requireAgent = async (ctx: AgentContext, name: string): Promise<AgentRecord> => {
  const found = await ctx.agents.getAgent(name);
  if (found) return found;
  if (ctx.platform.names.includes(name)) return newAgent(name, new Date(ctx.now()).toISOString());
  throw notFound("agent", name);
};

/** A row that is not written yet: its revision is 0. */
export const newAgent = (name: string, createdAt: string): AgentRecord => ({
  name,
  title: name,
  description: "",
  n: 0,
  protected: false,
  rulePriority: 0,
  createdAt,
  revision: 0,
});

export const requireRelease = async (ctx: AgentContext, agent: string, releaseId: string): Promise<Release> => {
  const release = await ctx.agents.getRelease(agent, releaseId);
  if (!release) throw notFound("release", releaseId);
  return release;
};

export const liveReleaseOf = async (ctx: AgentContext, agent: AgentRecord): Promise<Release | undefined> =>
  agent.liveReleaseId ? ctx.agents.getRelease(agent.name, agent.liveReleaseId) : undefined;

/** Of a protected agent, whoever changes it types its name. */
export const requireConfirmation = (agent: AgentRecord, confirmName: string | undefined): void => {
  if (agent.protected && confirmName !== agent.name)
    throw new Failure("invalid_request", `${agent.name} is protected: type its name to go on.`, {
      nextStep: `Give "${agent.name}" as the confirmation.`,
      errors: [{ field: "confirmName", message: `must be ${agent.name}` }],
    });
};

const clock = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;

/** While one release rolls, nobody starts another. */
export const requireFree = (agent: AgentRecord, releaseId?: string): void => {
  if (agent.busy && agent.busy.releaseId !== releaseId)
    throw new Failure(
      "conflict",
      `${agent.busy.by.name} is releasing ${agent.name} since ${clock(agent.busy.at)} (release ${agent.busy.n}).`,
      { nextStep: "Wait until that release has ended, or stop it." },
    );
};

export const somebodyWasFaster = (agent: string): Failure =>
  new Failure("conflict", `Somebody else changed ${agent} at the same moment.`, {
    nextStep: "Look at what it is now, and decide again.",
  });

/** Parameters of the agents' template for a release. */
export const parametersOf = (
  ctx: Pick<AgentContext, "platform">,
  agent: Pick<AgentRecord, "name" | "rulePriority">,
  release: { runsAs: string; image: { digest: string }; config: ReleaseConfig },
): Record<string, string> => ({
  ...ctx.platform.parameters,
  AgentName: agent.name,
  Stage: ctx.platform.stage,
  ReleaseId: release.runsAs,
  ImageDigest: release.image.digest,
  ApiUrl: ctx.platform.apiUrl,
  Settings: JSON.stringify(release.config.settings),
  Port: String(release.config.port),
  HealthPath: release.config.healthPath,
  CredentialsArn: release.config.secretArn ?? "",
  RulePriority: String(agent.rulePriority),
  Cpu: String(release.config.cpu),
  Memory: String(release.config.memory),
  MinTasks: String(release.config.minTasks),
  MaxTasks: String(release.config.maxTasks),
  CpuTarget: String(release.config.cpuTarget),
});

/** Paused is who runs no task and knows how it was before. */
export const isPaused = (agent: Pick<AgentRecord, "paused">, live: Release | undefined): boolean =>
  agent.paused !== undefined && live?.config.minTasks === 0;

/** Names CloudFormation's run of this release; tokens take no underscore. */
export const tokenOf = (releaseId: string): string => releaseId.replace("_", "-");

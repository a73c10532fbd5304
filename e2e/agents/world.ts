import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ECRClient } from "@aws-sdk/client-ecr";
import { CreateClusterCommand, ECSClient } from "@aws-sdk/client-ecs";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  CreatePrivateDnsNamespaceCommand,
  ListNamespacesCommand,
  ServiceDiscoveryClient,
} from "@aws-sdk/client-servicediscovery";
import { ReleaseConfig } from "@samla/contracts";
import { type AgentContext, watchAgent } from "@samla/core/agents";
import { type Actor, createIds } from "@samla/core/kernel";
import { tables } from "../../infra/resources.ts";
import { createCloudWatchLogs } from "../../packages/aws/agent-logs/cloudwatch-logs.ts";
import { createDynamoDbAgentCatalog } from "../../packages/aws/catalog/agents.ts";
import { createEcsContainers } from "../../packages/aws/containers/ecs.ts";
import { createCloudWatchMetrics } from "../../packages/aws/metrics/cloudwatch.ts";
import { createCloudFormationStacks } from "../../packages/aws/stacks/cloudformation.ts";
import type { LocalAwsConfig } from "../../packages/local-aws/config.ts";
import { createTestImage, pushTestImage } from "../../packages/local-aws/ecr/testing-images.ts";
import { fixtureConfig, fixtureLayers } from "./fixture-image.ts";

export const credentials = { accessKeyId: "AKIATEST000000000000", secretAccessKey: "test" };
const region = "eu-central-1";
const accountId = "000000000000";
const stage = "test";
const root = join(import.meta.dirname, "..", "..");

export const standInConfig = (dir: string, port: number): LocalAwsConfig => ({
  dir,
  port,
  region,
  accountId,
  credentials: [credentials],
  buckets: [],
  queues: [],
  tables: [
    {
      name: "catalog",
      ...tables.catalog,
      attributes: { ...tables.catalog.attributes },
      indexes: tables.catalog.indexes.map(({ projection, ...index }) => ({
        ...index,
        projection: projection === "ALL" ? projection : { include: [...projection.include] },
      })),
    },
    {
      name: "agents",
      ...tables.agents,
      attributes: { ...tables.agents.attributes },
      indexes: tables.agents.indexes.map(({ projection, ...index }) => ({
        ...index,
        projection: { include: [...projection.include] },
      })),
    },
  ],
  functions: [],
  eventSources: [],
  restApis: [],
  webSocketApis: [],
  rules: [],
  schedules: [],
  containers: { healthCheckTimeScale: 0.05 },
});

export const person = (name: string, role: Actor["roles"][number] = "operator"): Actor => ({
  kind: "person",
  id: name.toLowerCase(),
  name,
  roles: [role],
  groups: [],
});

/** What a stage offers to agents, made through the SDK, and an image; then what the verbs take. */
export const createWorld = async (url: string) => {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
  const balancing = new ElasticLoadBalancingV2Client({});
  const discovery = new ServiceDiscoveryClient({});
  await new ECSClient({}).send(new CreateClusterCommand({ clusterName: `samla-${stage}-agents` }));
  const { LoadBalancers } = await balancing.send(
    new CreateLoadBalancerCommand({
      Name: `samla-${stage}-agents`,
      Scheme: "internal",
      Type: "application",
      Subnets: ["subnet-00000001", "subnet-00000002"],
    }),
  );
  const balancer = LoadBalancers?.[0];
  const { Listeners } = await balancing.send(
    new CreateListenerCommand({
      LoadBalancerArn: balancer?.LoadBalancerArn,
      Port: 80,
      Protocol: "HTTP",
      DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "404" } }],
    }),
  );
  await discovery.send(new CreatePrivateDnsNamespaceCommand({ Name: "agents.test", Vpc: "vpc-00000001" }));
  const { Namespaces } = await discovery.send(new ListNamespacesCommand({}));
  const digest = await pushTestImage(
    new ECRClient({}),
    url,
    `samla/${stage}/answer`,
    "v1",
    await createTestImage(fixtureLayers, { config: fixtureConfig }),
  );
  const newId = createIds();
  const now = Date.now;
  const platform = {
    stage,
    apiUrl: "http://127.0.0.1:1/v1",
    names: ["answer"],
    parameters: {
      ClusterName: `samla-${stage}-agents`,
      VpcId: "vpc-00000001",
      SubnetIds: "subnet-00000001,subnet-00000002",
      SecurityGroupId: "sg-00000001",
      NamespaceId: Namespaces?.[0]?.Id ?? "",
      ListenerArn: Listeners?.[0]?.ListenerArn ?? "",
      BalancerName: balancer?.LoadBalancerArn?.split("loadbalancer/")[1] ?? "",
      ExecutionRoleArn: `arn:aws:iam::${accountId}:role/samla-${stage}-agent-execution`,
      TaskRoleArn: `arn:aws:iam::${accountId}:role/samla-${stage}-agent-task`,
      RepositoryPrefix: `${new URL(url).host}/samla/${stage}`,
    },
  };
  const contextOf = (actor: Actor): AgentContext => ({
    actor,
    requestId: "test",
    newId,
    now,
    log: () => undefined,
    platform,
    template: readFileSync(join(root, "agents", "agent.template.yaml"), "utf8"),
    agents: createDynamoDbAgentCatalog({ table: "agents", catalogTable: "catalog", now, newId }),
    stacks: createCloudFormationStacks(),
    containers: createEcsContainers({ cluster: platform.parameters.ClusterName }),
    logs: createCloudWatchLogs(),
    metrics: createCloudWatchMetrics(),
    // The registry has tests of its own; here an image may also be one that is not there.
    images: {
      find: async (_, wanted) => ({ image: { digest: wanted, tag: "v1" } }),
      gate: async (_, wanted) => ({
        passed: true,
        digest: wanted,
        threshold: "critical",
        scan: "complete",
        counts: {},
        findings: [],
        obstacles: [],
      }),
    },
    needs: { findIndex: async () => undefined, listEmbedders: async () => [] },
  });
  return {
    digest,
    contextOf,
    /** Where the balancer passes requests for the agent on. */
    agentUrl: `${url}/_elb/samla-${stage}-agents/agents/answer/ask`,
    config: (settings: Record<string, string>, more: Partial<ReleaseConfig> = {}): ReleaseConfig =>
      ReleaseConfig.parse({ cpu: 256, memory: 512, maxTasks: 4, ...more, settings }),
  };
};
export type World = Awaited<ReturnType<typeof createWorld>>;

/** Does the recorder's work until the agent is free, and gives the release as it ended. */
export const settle = async (ctx: AgentContext, releaseId: string, timeoutMs = 90_000) => {
  const untilMs = Date.now() + timeoutMs;
  for (;;) {
    await watchAgent(ctx, "answer");
    const release = await ctx.agents.getRelease("answer", releaseId);
    if (release && release.status !== "rolling") return release;
    if (Date.now() > untilMs) throw new Error(`release ${releaseId} is still ${release?.status}`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
};

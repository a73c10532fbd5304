import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createCloudWatchLogs } from "../../packages/aws/agent-logs/cloudwatch-logs.ts";
import { createDynamoDbAgentCatalog } from "../../packages/aws/catalog/agents.ts";
import { createDynamoDbGateCatalog } from "../../packages/aws/catalog/gates.ts";
import { createDynamoDbImageLedger } from "../../packages/aws/catalog/image-ledger.ts";
import { createEcsContainers } from "../../packages/aws/containers/ecs.ts";
import { createCloudWatchMetrics } from "../../packages/aws/metrics/cloudwatch.ts";
import { createEcrRegistry } from "../../packages/aws/registry/ecr.ts";
import { createCloudFormationStacks } from "../../packages/aws/stacks/cloudformation.ts";
import { ApiError, type Client } from "../../packages/contracts/index.ts";
import type { AgentContext } from "../../packages/core/agents/index.ts";
import { createAgentImages } from "../../packages/core/images/index.ts";
import { createIds, systemActor } from "../../packages/core/kernel/index.ts";
import { root } from "../build.ts";
import type { Settings } from "./settings.ts";
import { agentNames } from "./stand-in.ts";

/** What the verbs of agents have when SAMLA itself releases; the AWS clients take the environment's endpoint. */
export const createLaptopContext = (
  settings: Settings,
  parameters: Record<string, string>,
  client: Client,
): AgentContext => {
  const newId = createIds();
  const now = Date.now;
  const { stage, agentsTable: table, catalogTable } = settings;
  const platform = { stage, names: agentNames(), parameters, apiUrl: settings.apiUrl };
  const registry = createEcrRegistry({ prefix: `samla/${stage}` });
  const tables = { table, catalogTable, now, newId };
  return {
    newId,
    now,
    platform,
    template: readFileSync(join(root, "agents", "agent.template.yaml"), "utf8"),
    agents: createDynamoDbAgentCatalog(tables),
    stacks: createCloudFormationStacks(),
    containers: createEcsContainers({ cluster: settings.agentsCluster }),
    logs: createCloudWatchLogs(),
    metrics: createCloudWatchMetrics(),
    images: createAgentImages({
      registry,
      gates: createDynamoDbGateCatalog(tables),
      ledger: createDynamoDbImageLedger(tables),
      now,
      platform,
    }),
    needs: {
      findIndex: async (slug) => {
        try {
          const index = await client.call("indexes.get", { params: { index: slug as never } });
          return { slug: index.slug, buildId: index.liveBuildId, embedder: index.build.config.embedder };
        } catch (error) {
          if (error instanceof ApiError && error.problem.code === "not_found") return undefined;
          throw error;
        }
      },
      listEmbedders: async () => (await client.call("embedders.list", {})).items.map(({ id }) => id),
    },
    actor: systemActor,
    requestId: "laptop",
    log: () => undefined,
  };
};

import { createCloudWatchLogs } from "@samla/aws/agent-logs/cloudwatch-logs";
import { createDynamoDbAgentCatalog } from "@samla/aws/catalog/agents";
import { createDynamoDbGateCatalog, createDynamoDbImageMemory } from "@samla/aws/catalog/gates";
import { createDynamoDbImageLedger } from "@samla/aws/catalog/image-ledger";
import { createEcsContainers } from "@samla/aws/containers/ecs";
import { createCloudWatchMetrics } from "@samla/aws/metrics/cloudwatch";
import { createEcrRegistry } from "@samla/aws/registry/ecr";
import { createCloudFormationStacks } from "@samla/aws/stacks/cloudformation";
import { AgentPlatformSettings } from "@samla/contracts";
import type { AgentContext } from "@samla/core/agents";
import { createAgentImages, type ImageContext } from "@samla/core/images";
import { createIds, Failure, systemActor } from "@samla/core/kernel";
import { z } from "zod";
import { createLog } from "./log.ts";

/** Settings of the functions that watch agents; they hold no right over documents. */
const Env = z.object({
  SAMLA_AGENTS_TABLE: z.string(),
  SAMLA_CATALOG_TABLE: z.string(),
  SAMLA_API_URL: z.string(),
  SAMLA_AGENT_PLATFORM: z.string().transform((text) => AgentPlatformSettings.parse(JSON.parse(text))),
});

type Parts = Omit<AgentContext & ImageContext, "actor" | "requestId" | "log">;
let parts: Parts | undefined;

const refuse = (): never => {
  throw new Failure("not_built", "Whoever watches agents makes no change that needs this.");
};

const getParts = (): Parts => {
  if (parts) return parts;
  const env = Env.parse(process.env);
  const newId = createIds();
  const now = Date.now;
  const platform = { ...env.SAMLA_AGENT_PLATFORM, apiUrl: env.SAMLA_API_URL };
  const tables = { table: env.SAMLA_AGENTS_TABLE, catalogTable: env.SAMLA_CATALOG_TABLE, now, newId };
  const registry = createEcrRegistry({ prefix: `samla/${platform.stage}`, memory: createDynamoDbImageMemory(tables) });
  const gates = createDynamoDbGateCatalog(tables);
  const ledger = createDynamoDbImageLedger(tables);
  parts = {
    newId,
    now,
    platform,
    registry,
    gates,
    ledger,
    template: "",
    agents: createDynamoDbAgentCatalog(tables),
    stacks: createCloudFormationStacks(),
    containers: createEcsContainers({ cluster: platform.parameters.ClusterName ?? "" }),
    logs: createCloudWatchLogs(),
    metrics: createCloudWatchMetrics(),
    images: createAgentImages({ registry, gates, ledger, now, platform }),
    needs: { findIndex: async () => refuse(), listEmbedders: async () => refuse() },
  };
  return parts;
};

/** The context of those that watch agents: SAMLA itself. */
export const createWatchContext = (requestId: string): AgentContext & ImageContext => ({
  ...getParts(),
  actor: systemActor,
  requestId,
  log: createLog({ requestId, actor: systemActor.id, function: process.env.AWS_LAMBDA_FUNCTION_NAME }),
});

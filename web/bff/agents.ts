import "server-only";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createCloudWatchLogs } from "@samla/aws/agent-logs/cloudwatch-logs";
import { createDynamoDbAgentCatalog } from "@samla/aws/catalog/agents";
import { createDynamoDbGateCatalog, createDynamoDbImageMemory } from "@samla/aws/catalog/gates";
import { createDynamoDbImageLedger } from "@samla/aws/catalog/image-ledger";
import { createEcsContainers } from "@samla/aws/containers/ecs";
import { createCloudWatchMetrics } from "@samla/aws/metrics/cloudwatch";
import { createEcrRegistry } from "@samla/aws/registry/ecr";
import { createCloudFormationStacks } from "@samla/aws/stacks/cloudformation";
import { EmbedderList, IndexDetail } from "@samla/contracts";
import type { AgentContext } from "@samla/core/agents";
import { createAgentImages, type ImageContext } from "@samla/core/images";
import { type Actor, type AgentNeeds, createIds, isFailure } from "@samla/core/kernel";
import { askApi } from "./actor.ts";
import { readAgentsEnv } from "./agents-env.ts";
import { getEnv } from "./env.ts";

type Parts = Pick<
  AgentContext & ImageContext,
  | "newId"
  | "now"
  | "agents"
  | "stacks"
  | "containers"
  | "logs"
  | "metrics"
  | "images"
  | "platform"
  | "template"
  | "registry"
  | "gates"
  | "ledger"
>;

let parts: Parts | undefined;

/** What this process makes once: ids, adapters and the template. */
const getParts = (): Parts => {
  if (parts) return parts;
  const env = readAgentsEnv();
  const newId = createIds();
  const now = Date.now;
  const platform = { ...env.SAMLA_AGENT_PLATFORM, apiUrl: getEnv().SAMLA_API_URL };
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
    template: readFileSync(resolve(process.cwd(), env.SAMLA_AGENT_TEMPLATE), "utf8"),
    agents: createDynamoDbAgentCatalog(tables),
    stacks: createCloudFormationStacks(),
    containers: createEcsContainers({ cluster: platform.parameters.ClusterName ?? "" }),
    logs: createCloudWatchLogs(),
    metrics: createCloudWatchMetrics(),
    images: createAgentImages({ registry, gates, ledger, now, platform }),
  };
  return parts;
};

/** Indexes and embedders as the person may see them: asked of the API with their own bearer. */
const needs: AgentNeeds = {
  findIndex: async (slug) => {
    try {
      const index = IndexDetail.parse(await askApi(`/indexes/${encodeURIComponent(slug)}`));
      return { slug: index.slug, buildId: index.liveBuildId, embedder: index.build.config.embedder };
    } catch (error) {
      if (isFailure(error) && error.code === "not_found") return undefined;
      throw error;
    }
  },
  listEmbedders: async () => EmbedderList.parse(await askApi("/embedders")).items.map(({ id }) => id),
};

/** What the verbs of agents and of images have, for one call of one person. */
export const createConsoleContext = (actor: Actor, requestId: string): AgentContext & ImageContext => ({
  ...getParts(),
  actor,
  requestId,
  needs,
  log: (level, message, fields) => {
    if (level !== "debug") console.log(JSON.stringify({ level, message, requestId, actor: actor.id, ...fields }));
  },
});

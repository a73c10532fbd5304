import { createCloudWatchLogs } from "@samla/aws/agent-logs/cloudwatch-logs";
import { createDynamoDbCatalog } from "@samla/aws/catalog/dynamodb";
import { createConnections } from "@samla/aws/connections/api-gateway";
import { type Role, rolePermissions } from "@samla/contracts";
import type { TailContext } from "@samla/core/agents";
import { type Context, createIds } from "@samla/core/kernel";
import { z } from "zod";
import { createLog } from "./log.ts";

/** Settings of the live tail; it reads connections and logs, and nothing of documents. */
const Env = z.object({
  SAMLA_STAGE: z.string(),
  SAMLA_CATALOG_TABLE: z.string(),
  SAMLA_SOCKET_MANAGEMENT_URL: z.string(),
});

const makeParts = () => {
  const env = Env.parse(process.env);
  return {
    stage: env.SAMLA_STAGE,
    catalog: createDynamoDbCatalog({ table: env.SAMLA_CATALOG_TABLE, now: Date.now, newId: createIds() }),
    logs: createCloudWatchLogs(),
    connections: createConnections(env.SAMLA_SOCKET_MANAGEMENT_URL),
  };
};
let parts: ReturnType<typeof makeParts> | undefined;

export const getTailParts = (): ReturnType<typeof makeParts> => {
  parts ??= makeParts();
  return parts;
};

const isRole = (role: string): role is Role => Object.hasOwn(rolePermissions, role);

/** The context of a tail: whoever opened the connection, with the roles of that moment. */
export const createTailContext = (
  holder: { id: string; roles: string[]; groups: string[] },
  requestId: string,
): TailContext & Pick<Context, "log"> => {
  const { stage, logs } = getTailParts();
  return {
    logs,
    platform: { stage },
    now: Date.now,
    actor: { kind: "person", id: holder.id, name: "", roles: holder.roles.filter(isRole), groups: holder.groups },
    log: createLog({ requestId, actor: holder.id, function: process.env.AWS_LAMBDA_FUNCTION_NAME }),
  };
};

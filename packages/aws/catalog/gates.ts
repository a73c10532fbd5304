import type { GateSettings } from "@samla/contracts";
import type { GateCatalog } from "@samla/core/kernel";
import type { ImageMemory } from "../registry/ecr.ts";
import { eventItem, eventOf } from "./items.ts";
import { Conflict, createStore } from "./store.ts";

const keyOf = (agent: string) => ({ pk: "GATES", sk: agent });

/** Gates of agents' images in the agents' table; events in the catalog's, in one transaction. */
export const createDynamoDbGateCatalog = (options: {
  table: string;
  catalogTable: string;
  now: () => number;
  newId: (prefix: string) => string;
}): GateCatalog => {
  const store = createStore(options.table);
  return {
    getGate: async (agent) => (await store.get(keyOf(agent)))?.it as GateSettings | undefined,
    putGate: async (settings, event, actor) => {
      const at = new Date(options.now()).toISOString();
      try {
        await store.transact([
          {
            Put: {
              TableName: options.table,
              Item: { ...keyOf(settings.agent), it: settings, rev: settings.revision },
              ...(settings.revision === 1
                ? { ConditionExpression: "attribute_not_exists(pk)" }
                : {
                    ConditionExpression: "rev = :rev",
                    ExpressionAttributeValues: { ":rev": settings.revision - 1 },
                  }),
            },
          },
          {
            Put: {
              TableName: options.catalogTable,
              Item: eventItem(eventOf(event, actor, options.newId("evt"), at)),
            },
          },
        ]);
        return true;
      } catch (error) {
        if (error instanceof Conflict) return false;
        throw error;
      }
    },
  };
};

/** A row of DynamoDB takes 400 kB; the few images with more labels than this are read again. */
const memoryBytesMax = 100_000;

/** What was read of images, in the agents' table. */
export const createDynamoDbImageMemory = (options: { table: string }): ImageMemory => {
  const store = createStore(options.table);
  const rowOf = (agent: string, digest: string) => ({ pk: `IMAGES#${agent}`, sk: digest });
  return {
    get: async (agent, digest) => (await store.get(rowOf(agent, digest)))?.it,
    put: async (agent, digest, read) => {
      if (JSON.stringify(read).length > memoryBytesMax) return;
      await store.transact([{ Put: { TableName: options.table, Item: { ...rowOf(agent, digest), it: read } } }]);
    },
  };
};

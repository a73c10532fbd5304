import type { EventActor } from "@samla/contracts";
import type { ImageLedger, NewEvent, QuarantinedImage, SeenImages } from "@samla/core/kernel";
import { eventItem, eventOf, type Item } from "./items.ts";
import { Conflict, createStore, type Write } from "./store.ts";

const keys = {
  quarantined: (agent: string, digest: string) => ({ pk: `QUARANTINE#${agent}`, sk: digest }),
  seen: (agent: string) => ({ pk: "SEENIMAGES", sk: agent }),
};

/** Whether the transaction was done; false when its condition no longer held. */
const done = async (write: () => Promise<void>): Promise<boolean> => {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof Conflict) return false;
    throw error;
  }
};

/** The quarantine and what was last seen, in the agents' table; events in the catalog's, in one transaction. */
export const createDynamoDbImageLedger = (options: {
  table: string;
  catalogTable: string;
  now: () => number;
  newId: (prefix: string) => string;
}): ImageLedger => {
  const store = createStore(options.table);
  const eventWrite = (event: NewEvent, actor: EventActor): Write => ({
    Put: {
      TableName: options.catalogTable,
      Item: eventItem(eventOf(event, actor, options.newId("evt"), new Date(options.now()).toISOString())),
    },
  });
  const rowOf = (image: QuarantinedImage, rev: number): Item => ({
    ...keys.quarantined(image.agent, image.digest),
    it: image,
    rev,
  });
  return {
    listQuarantined: async (agent) =>
      (await store.queryAll(`QUARANTINE#${agent}`)).map((item) => item.it as QuarantinedImage),
    getQuarantined: async (agent, digest) =>
      (await store.get(keys.quarantined(agent, digest)))?.it as QuarantinedImage | undefined,
    addQuarantined: (image, event, actor) =>
      done(() => store.transact([store.putNew(rowOf(image, 1)), eventWrite(event, actor)])),
    settleQuarantined: async (agent, digest) => {
      const item = await store.get(keys.quarantined(agent, digest));
      if (!item) return;
      const image = { ...(item.it as QuarantinedImage), isSettled: true };
      const rev = Number(item.rev);
      await done(() => store.transact([store.replace(rowOf(image, rev + 1), rev)]));
    },
    endQuarantined: (agent, digest, event, actor) =>
      done(() =>
        store.transact([
          {
            Delete: {
              TableName: options.table,
              Key: keys.quarantined(agent, digest),
              ConditionExpression: "attribute_exists(pk)",
            },
          },
          eventWrite(event, actor),
        ]),
      ),
    getSeen: async (agent) => (await store.get(keys.seen(agent)))?.it as SeenImages | undefined,
    putSeen: (agent, seen, events, actor) => {
      const item: Item = { ...keys.seen(agent), it: seen, rev: seen.revision };
      return done(() =>
        store.transact([
          seen.revision === 1 ? store.putNew(item) : store.replace(item, seen.revision - 1),
          ...events.map((event) => eventWrite(event, actor)),
        ]),
      );
    },
  };
};

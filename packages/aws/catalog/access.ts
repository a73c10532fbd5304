import { randomUUID } from "node:crypto";
import { DeleteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Document } from "@samla/contracts";
import type { AccessCatalog, AccessChange } from "@samla/core/kernel";
import { errorName, translate } from "../failures.ts";
import { type Item, keys, readersOf } from "./items.ts";
import type { Store } from "./store.ts";

/** Stands beside a document whose readers have changed until every table carries them; a later change replaces it. */
export const accessChangeItem = (document: Document, now: number): Item => {
  const readers = readersOf(document);
  return {
    ...keys.accessChange(document.index, document.id),
    stamp: randomUUID(),
    at: new Date(now).toISOString(),
    ...(readers ? { readers } : {}),
  };
};

const changeOf = (item: Item): AccessChange => {
  const [index = "", documentId = ""] = item.sk.split("#");
  return {
    index,
    documentId,
    at: String(item.at),
    stamp: String(item.stamp),
    written: [...((item.written as Set<string> | undefined) ?? [])],
    ...(item.readers ? { readers: item.readers as string[] } : {}),
  };
};

/** Runs a conditional write; undefined when its condition no longer holds. */
const unlessReplaced = <T>(write: () => Promise<T>): Promise<T | undefined> =>
  translate(async () => {
    try {
      return await write();
    } catch (error) {
      if (errorName(error) === "ConditionalCheckFailedException") return undefined;
      throw error;
    }
  });

/** Changes of documents' readers that some table does not carry yet, and the readers of documents, present or gone. */
export const createAccessPart = ({ store }: { store: Store }): AccessCatalog => ({
  listAccessChanges: async ({ index, limit }) => {
    const changes: AccessChange[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await store.query({
        KeyConditionExpression: index ? "pk = :pk AND begins_with(sk, :ix)" : "pk = :pk",
        ExpressionAttributeValues: { ":pk": "ACCESS", ...(index ? { ":ix": `${index}#` } : {}) },
        ConsistentRead: true,
        Limit: limit - changes.length,
        ...(start ? { ExclusiveStartKey: start } : {}),
      });
      changes.push(...page.items.map(changeOf));
      start = page.lastKey;
    } while (start && changes.length < limit);
    return changes;
  },
  noteAccessWritten: (change, buildId) =>
    unlessReplaced(async () => {
      const { Attributes } = await store.client.send(
        new UpdateCommand({
          TableName: store.table,
          Key: keys.accessChange(change.index, change.documentId),
          UpdateExpression: "ADD written :build",
          ConditionExpression: "stamp = :stamp",
          ExpressionAttributeValues: { ":build": new Set([buildId]), ":stamp": change.stamp },
          ReturnValues: "ALL_NEW",
        }),
      );
      return Attributes && changeOf(Attributes as Item);
    }),
  settleAccessChange: async (change) => {
    await unlessReplaced(() =>
      store.client.send(
        new DeleteCommand({
          TableName: store.table,
          Key: keys.accessChange(change.index, change.documentId),
          ConditionExpression: "stamp = :stamp",
          ExpressionAttributeValues: { ":stamp": change.stamp },
        }),
      ),
    );
  },
  getReaders: async (documentIds) => {
    const ids = [...new Set(documentIds)];
    const items = await store.getMany(ids.flatMap((id) => [keys.lastReaders(id), keys.document(id)]));
    const found = new Map<string, readonly string[]>();
    const living = new Set<string>();
    for (const item of items)
      if (item.pk.startsWith("DOC#")) {
        living.add(item.pk.slice(4));
        const readers = readersOf(item.it as Document);
        if (readers) found.set(item.pk.slice(4), readers);
      }
    for (const item of items) {
      const id = item.pk.slice("READERS#".length);
      if (item.pk.startsWith("READERS#") && !living.has(id)) found.set(id, item.readers as string[]);
    }
    return found;
  },
});

import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Audit, Upkeep } from "@samla/contracts";
import type { AuditState, CareCatalog, CountRow } from "@samla/core/kernel";
import { errorName, translate } from "../failures.ts";
import { type Item, keys } from "./items.ts";
import { Conflict, type Store } from "./store.ts";

type Deps = { store: Store; newId: (prefix: string) => string };

const keptMax = 50;

/** Checks, upkeep and counts of an index. */
export const createCarePart = ({ store, newId }: Deps): CareCatalog => {
  const newest = async (index: string, kind: "AUDIT" | "UPKEEP"): Promise<Item[]> => {
    const { items } = await store.query({
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :kind)",
      ExpressionAttributeValues: { ":pk": keys.care(index, "").pk, ":kind": `${kind}#` },
      ConsistentRead: true,
      ScanIndexForward: false,
    });
    return items;
  };
  const forgetOld = async (index: string, kind: "AUDIT" | "UPKEEP"): Promise<void> => {
    const old = (await newest(index, kind)).slice(keptMax, keptMax + 50);
    if (old.length > 0) await store.transact(old.map(({ pk, sk }) => store.remove({ pk, sk })));
  };
  const isMine = { ConditionExpression: "#owner = :owner", ExpressionAttributeNames: { "#owner": "owner" } };

  return {
    addUpkeep: async (index, upkeep) => {
      await store.transact([store.put({ ...keys.care(index, `UPKEEP#${newId("upk")}`), it: upkeep })]);
      await forgetOld(index, "UPKEEP");
    },
    listUpkeep: async (index) => (await newest(index, "UPKEEP")).map((item) => item.it as Upkeep),
    finishAudit: async (audit, id, documentsBytes, owner) => {
      try {
        await store.transact([
          store.put({ ...keys.care(audit.index, `AUDIT#${id}`), it: audit, documentsBytes }),
          {
            Delete: {
              TableName: store.table,
              Key: keys.care(audit.index, "STATE"),
              ...isMine,
              ExpressionAttributeValues: { ":owner": owner },
            },
          },
        ]);
      } catch (error) {
        // Its time was over and somebody else goes on with it: theirs is the one that counts.
        if (!(error instanceof Conflict)) throw error;
      }
      await forgetOld(audit.index, "AUDIT");
    },
    listAudits: async (index) =>
      (await newest(index, "AUDIT")).map((item) => ({
        audit: item.it as Audit,
        documentsBytes: Number(item.documentsBytes),
      })),
    getAuditClaim: async (index) => {
      const item = await store.get(keys.care(index, "STATE"));
      return (
        item && { state: item.it as AuditState | undefined, owner: String(item.owner), until: Number(item.held_until) }
      );
    },
    claimAudit: (index, owner, now, until) =>
      translate(async () => {
        try {
          await store.client.send(
            new UpdateCommand({
              TableName: store.table,
              Key: keys.care(index, "STATE"),
              UpdateExpression: "SET #owner = :owner, held_until = :until",
              ConditionExpression: "attribute_not_exists(pk) OR held_until < :now OR #owner = :owner",
              ExpressionAttributeNames: { "#owner": "owner" },
              ExpressionAttributeValues: { ":owner": owner, ":until": until, ":now": now },
            }),
          );
          return true;
        } catch (error) {
          if (errorName(error) === "ConditionalCheckFailedException") return false;
          throw error;
        }
      }),
    keepAudit: (index, owner, state, until) =>
      translate(async () => {
        try {
          await store.client.send(
            new PutCommand({
              TableName: store.table,
              Item: { ...keys.care(index, "STATE"), owner, held_until: until, it: state },
              ...isMine,
              ExpressionAttributeValues: { ":owner": owner },
            }),
          );
          return true;
        } catch (error) {
          if (errorName(error) === "ConditionalCheckFailedException") return false;
          throw error;
        }
      }),
    readCounts: async (index) => {
      const rows = new Map<string, CountRow>();
      for (const item of await store.queryAll(keys.counter(index, 0).pk)) {
        const readers = item.readers as string[] | undefined;
        const key = readers?.join("\n") ?? "";
        const row = rows.get(key) ?? { readers, counts: {} };
        for (const [name, value] of Object.entries(item))
          if (name.startsWith("n_")) row.counts[name.slice(2)] = (row.counts[name.slice(2)] ?? 0) + Number(value);
        rows.set(key, row);
      }
      return [...rows.values()];
    },
    correctCounts: async (index, readers, deltas) => {
      // Any shard will do: only their sum is ever shown.
      const named = Object.fromEntries(Object.entries(deltas).map(([name, by]) => [`n_${name}`, by]));
      await store.transact(store.count(index, "", [{ readers, deltas: named }]));
    },
  };
};

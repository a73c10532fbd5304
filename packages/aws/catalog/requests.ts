import { DeleteCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Catalog } from "@samla/core/kernel";
import { errorName, translate } from "../failures.ts";
import { keys } from "./items.ts";
import type { Store } from "./store.ts";

type RequestPart = Pick<
  Catalog,
  | "claimRequest"
  | "completeRequest"
  | "releaseRequest"
  | "putTicket"
  | "takeTicket"
  | "putConnection"
  | "deleteConnection"
  | "findConnection"
  | "startTail"
  | "stopTail"
  | "listConnections"
  | "ping"
>;

/** A claim whose worker died is free again after this long. */
const claimSeconds = 60;

/** A live tail is an attribute of its connection's row, so both end together and one read tells of both. */
const tailPrefix = "tail_";

/** Idempotency keys, one-time tickets and open connections with their live tails: rows that expire by themselves. */
export const createRequestPart = ({ store, now }: { store: Store; now: () => number }): RequestPart => {
  const seconds = (): number => Math.floor(now() / 1000);
  return {
    claimRequest: (key, fingerprint, expiresAtSeconds) =>
      translate(async () => {
        try {
          await store.client.send(
            new PutCommand({
              TableName: store.table,
              Item: {
                ...keys.request(key),
                fingerprint,
                claimed_until: seconds() + claimSeconds,
                expires_at: expiresAtSeconds,
              },
              ConditionExpression:
                "attribute_not_exists(pk) OR expires_at < :now OR (attribute_not_exists(answer) AND claimed_until < :now AND fingerprint = :fp)",
              ExpressionAttributeValues: { ":now": seconds(), ":fp": fingerprint },
            }),
          );
          return { state: "new" };
        } catch (error) {
          if (errorName(error) !== "ConditionalCheckFailedException") throw error;
          const row = await store.get(keys.request(key));
          if (!row) return { state: "busy" };
          if (row.fingerprint !== fingerprint) return { state: "mismatch" };
          return typeof row.answer === "string" ? { state: "done", answer: row.answer } : { state: "busy" };
        }
      }),
    completeRequest: (key, answer) =>
      translate(async () => {
        await store.client.send(
          new UpdateCommand({
            TableName: store.table,
            Key: keys.request(key),
            UpdateExpression: "SET answer = :answer",
            ExpressionAttributeValues: { ":answer": answer },
          }),
        );
      }),
    releaseRequest: (key) =>
      translate(async () => {
        await store.client.send(new DeleteCommand({ TableName: store.table, Key: keys.request(key) }));
      }),
    putTicket: (ticket, actor, expiresAtSeconds) =>
      store.transact([store.putNew({ ...keys.ticket(ticket), it: actor, expires_at: expiresAtSeconds })]),
    takeTicket: (ticket, nowSeconds) =>
      translate(async () => {
        try {
          const { Attributes } = await store.client.send(
            new DeleteCommand({
              TableName: store.table,
              Key: keys.ticket(ticket),
              ConditionExpression: "attribute_exists(pk) AND expires_at >= :now",
              ExpressionAttributeValues: { ":now": nowSeconds },
              ReturnValues: "ALL_OLD",
            }),
          );
          return Attributes?.it as Awaited<ReturnType<Catalog["takeTicket"]>>;
        } catch (error) {
          if (errorName(error) === "ConditionalCheckFailedException") return undefined;
          throw error;
        }
      }),
    putConnection: (connectionId, holder, expiresAtSeconds) =>
      store.transact([store.put({ ...keys.connection(connectionId), it: holder, expires_at: expiresAtSeconds })]),
    deleteConnection: (connectionId) => store.transact([store.remove(keys.connection(connectionId))]),
    findConnection: async (connectionId) => {
      const row = await store.get(keys.connection(connectionId));
      if (!row || Number(row.expires_at) < seconds()) return undefined;
      const tails = Object.entries(row).flatMap(([name, turn]): [string, number][] =>
        name.startsWith(tailPrefix) ? [[name.slice(tailPrefix.length), Number(turn)]] : [],
      );
      return { ...(row.it as { id: string; roles: string[]; groups: string[] }), tails: new Map(tails) };
    },
    startTail: (connectionId, tailId, turn) =>
      translate(async () => {
        try {
          await store.client.send(
            new UpdateCommand({
              TableName: store.table,
              Key: keys.connection(connectionId),
              UpdateExpression: "SET #tail = :turn",
              ConditionExpression: "attribute_exists(pk) AND (attribute_not_exists(#tail) OR #tail < :turn)",
              ExpressionAttributeNames: { "#tail": tailPrefix + tailId },
              ExpressionAttributeValues: { ":turn": turn },
            }),
          );
          return true;
        } catch (error) {
          if (errorName(error) === "ConditionalCheckFailedException") return false;
          throw error;
        }
      }),
    stopTail: (connectionId, tailId) =>
      translate(async () => {
        try {
          await store.client.send(
            new UpdateCommand({
              TableName: store.table,
              Key: keys.connection(connectionId),
              UpdateExpression: "REMOVE #tail",
              ConditionExpression: "attribute_exists(pk)",
              ExpressionAttributeNames: { "#tail": tailPrefix + tailId },
            }),
          );
        } catch (error) {
          if (errorName(error) !== "ConditionalCheckFailedException") throw error;
        }
      }),
    listConnections: async () => {
      const found: { connectionId: string; id: string; roles: string[]; groups: string[] }[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const page = await store.query({
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": "CONNECTIONS" },
          ...(start ? { ExclusiveStartKey: start } : {}),
        });
        for (const item of page.items)
          found.push({ connectionId: item.sk, ...(item.it as { id: string; roles: string[]; groups: string[] }) });
        start = page.lastKey;
      } while (start);
      return found;
    },
    ping: async () => {
      await store.get(keys.index("-"));
      return true;
    },
  };
};

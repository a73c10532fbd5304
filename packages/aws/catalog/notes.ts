import { DeleteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Note } from "@samla/contracts";
import { Failure, type NoteCatalog } from "@samla/core/kernel";
import { errorName, translate } from "../failures.ts";
import { decodeCursor, encodeCursor, keyPosition } from "./cursor.ts";
import { type Item, keys } from "./items.ts";
import type { Store } from "./store.ts";

const noteOf = (item: Item): Note => ({
  key: item.sk,
  value: JSON.parse(String(item.it)) as Note["value"],
  revision: Number(item.rev),
  updatedAt: String(item.updated),
  ...(item.expires_at ? { expiresAt: new Date(Number(item.expires_at) * 1000).toISOString() } : {}),
});

/** Notes of machine accounts: a partition an account. DynamoDB removes expired rows late, so none of them is shown. */
export const createNotePart = ({ store, now }: { store: Store; now: () => number }): NoteCatalog => {
  const seconds = (): number => Math.floor(now() / 1000);
  return {
    listNotes: async (owner, { prefix, order, limit, cursor }) => {
      const scope = ["notes", owner, prefix, order];
      const start = keyPosition(decodeCursor(scope, cursor));
      const page = await store.query({
        KeyConditionExpression: prefix ? "pk = :pk AND begins_with(sk, :prefix)" : "pk = :pk",
        FilterExpression: "attribute_not_exists(expires_at) OR expires_at > :now",
        ExpressionAttributeValues: {
          ":pk": keys.note(owner, "").pk,
          ":now": seconds(),
          ...(prefix ? { ":prefix": prefix } : {}),
        },
        ConsistentRead: true,
        ScanIndexForward: order === "asc",
        Limit: limit,
        ...(start ? { ExclusiveStartKey: start } : {}),
      });
      return {
        items: page.items.map(noteOf),
        ...(page.lastKey ? { nextCursor: encodeCursor(scope, page.lastKey) } : {}),
      };
    },
    getNote: async (owner, key) => {
      const item = await store.get(keys.note(owner, key));
      return item && (!item.expires_at || Number(item.expires_at) > seconds()) ? noteOf(item) : undefined;
    },
    putNote: (owner, { key, value, ifRevision, expiresAtSeconds }) =>
      translate(async () => {
        const updated = new Date(now()).toISOString();
        // A new note takes the place of an expired one, whose revision counts on.
        const condition =
          ifRevision === undefined
            ? {}
            : ifRevision === 0
              ? { ConditionExpression: "attribute_not_exists(pk) OR expires_at <= :now" }
              : { ConditionExpression: "rev = :rev AND (attribute_not_exists(expires_at) OR expires_at > :now)" };
        try {
          const { Attributes } = await store.client.send(
            new UpdateCommand({
              TableName: store.table,
              Key: keys.note(owner, key),
              UpdateExpression: `SET it = :it, updated = :updated${expiresAtSeconds ? ", expires_at = :expires" : ""}${
                expiresAtSeconds ? "" : " REMOVE expires_at"
              } ADD rev :one`,
              ...condition,
              ExpressionAttributeValues: {
                ":it": JSON.stringify(value),
                ":updated": updated,
                ":one": 1,
                ...(expiresAtSeconds ? { ":expires": expiresAtSeconds } : {}),
                ...(ifRevision === undefined ? {} : { ":now": seconds() }),
                ...(ifRevision ? { ":rev": ifRevision } : {}),
              },
              ReturnValues: "ALL_NEW",
            }),
          );
          return noteOf(Attributes as Item);
        } catch (error) {
          if (errorName(error) !== "ConditionalCheckFailedException") throw error;
          throw new Failure("precondition_failed", `The note ${key} was written by somebody else in the meantime.`, {
            nextStep: "Read it again and decide again.",
          });
        }
      }),
    deleteNote: (owner, key) =>
      translate(async () => {
        await store.client.send(new DeleteCommand({ TableName: store.table, Key: keys.note(owner, key) }));
      }),
  };
};

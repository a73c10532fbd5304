import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { SessionStore, StoredSession } from "./session-store.ts";

/** The item: `expires_at` is in epoch seconds, as DynamoDB's TTL wants it; the lease is in milliseconds. */
type SessionItem = {
  id: string;
  user_id: string;
  sealed: string;
  created_at_ms: number;
  expires_at: number;
  revision: number;
  lease_until_ms?: number;
};

export const userIndexName = "byUser";

const sessionOf = (item: SessionItem): StoredSession => ({
  id: item.id,
  userId: item.user_id,
  sealed: item.sealed,
  createdAtMs: item.created_at_ms,
  expiresAtMs: item.expires_at * 1000,
  revision: item.revision,
});

const unlessRefused = async (send: () => Promise<unknown>): Promise<boolean> => {
  try {
    await send();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

/**
 * Sessions in a DynamoDB table: partition key `id`, GSI `byUser` on `user_id`, TTL on `expires_at`.
 * Region, endpoint and credentials come from the SDK's environment unless a client is given.
 */
export const createDynamoSessionStore = ({
  table,
  client = new DynamoDBClient({ maxAttempts: 3 }),
  now = Date.now,
}: {
  table: string;
  client?: DynamoDBClient;
  now?: () => number;
}): SessionStore => {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return {
    async get(id) {
      const { Item } = await documents.send(new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }));
      const item = Item as SessionItem | undefined;
      // TTL removes items late, so the end is checked here.
      return item && item.expires_at * 1000 > now() ? sessionOf(item) : undefined;
    },
    async create(session) {
      const item: SessionItem = {
        id: session.id,
        user_id: session.userId,
        sealed: session.sealed,
        created_at_ms: session.createdAtMs,
        expires_at: Math.floor(session.expiresAtMs / 1000),
        revision: session.revision,
      };
      await documents.send(
        new PutCommand({ TableName: table, Item: item, ConditionExpression: "attribute_not_exists(id)" }),
      );
    },
    lease: (id, revision, leaseMs) =>
      unlessRefused(() =>
        documents.send(
          new UpdateCommand({
            TableName: table,
            Key: { id },
            UpdateExpression: "SET lease_until_ms = :until",
            ConditionExpression:
              "revision = :revision AND (attribute_not_exists(lease_until_ms) OR lease_until_ms < :now)",
            ExpressionAttributeValues: { ":until": now() + leaseMs, ":revision": revision, ":now": now() },
          }),
        ),
      ),
    replace: (id, revision, { sealed, expiresAtMs }) =>
      unlessRefused(() =>
        documents.send(
          new UpdateCommand({
            TableName: table,
            Key: { id },
            UpdateExpression: "SET sealed = :sealed, expires_at = :expires, revision = :next REMOVE lease_until_ms",
            ConditionExpression: "revision = :revision",
            ExpressionAttributeValues: {
              ":sealed": sealed,
              ":expires": Math.floor(expiresAtMs / 1000),
              ":next": revision + 1,
              ":revision": revision,
            },
          }),
        ),
      ),
    async release(id, revision) {
      await unlessRefused(() =>
        documents.send(
          new UpdateCommand({
            TableName: table,
            Key: { id },
            UpdateExpression: "REMOVE lease_until_ms",
            ConditionExpression: "revision = :revision",
            ExpressionAttributeValues: { ":revision": revision },
          }),
        ),
      );
    },
    async remove(id) {
      await documents.send(new DeleteCommand({ TableName: table, Key: { id } }));
    },
    async removeAllOf(userId) {
      let removed = 0;
      let start: Record<string, unknown> | undefined;
      do {
        const page = await documents.send(
          new QueryCommand({
            TableName: table,
            IndexName: userIndexName,
            KeyConditionExpression: "user_id = :user",
            ExpressionAttributeValues: { ":user": userId },
            ExclusiveStartKey: start,
          }),
        );
        for (const item of page.Items ?? []) {
          await documents.send(new DeleteCommand({ TableName: table, Key: { id: item.id } }));
          removed += 1;
        }
        start = page.LastEvaluatedKey;
      } while (start);
      return removed;
    },
  };
};

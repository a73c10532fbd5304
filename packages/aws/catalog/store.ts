import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { Failure } from "@samla/core/kernel";
import { clientConfig } from "../client-config.ts";
import { errorName, translate } from "../failures.ts";
import { type CountChange, type Item, keys, shardOf } from "./items.ts";

export type Write = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];

/** What a refused transaction says of each of its writes, in order. */
export class Conflict extends Error {
  readonly reasons: string[];
  constructor(reasons: string[]) {
    super(`transaction refused: ${reasons.join(", ")}`);
    this.name = "Conflict";
    this.reasons = reasons;
  }
}

/** The table, with the few operations the catalog is made of. */
export const createStore = (table: string) => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const get = (key: { pk: string; sk: string }): Promise<Item | undefined> =>
    translate(
      async () =>
        (await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item as
          | Item
          | undefined,
    );
  const query = (
    input: Omit<QueryCommandInput, "TableName">,
  ): Promise<{ items: Item[]; lastKey: Record<string, unknown> | undefined }> =>
    translate(async () => {
      const page = await client.send(new QueryCommand({ TableName: table, ...input }));
      return { items: (page.Items ?? []) as Item[], lastKey: page.LastEvaluatedKey };
    });
  return {
    client,
    table,
    get,
    query,
    /** All rows of a partition as they are now; for those that are short by their nature. */
    queryAll: async (pk: string): Promise<Item[]> => {
      const items: Item[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const page = await query({
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": pk },
          ConsistentRead: true,
          ...(start ? { ExclusiveStartKey: start } : {}),
        });
        items.push(...page.items);
        start = page.lastKey;
      } while (start);
      return items;
    },
    getMany: (wanted: { pk: string; sk: string }[]): Promise<Item[]> =>
      translate(async () => {
        const items: Item[] = [];
        for (let i = 0; i < wanted.length; i += 100) {
          let Keys: Record<string, unknown>[] | undefined = wanted.slice(i, i + 100);
          for (let round = 0; Keys?.length; round += 1) {
            if (round > 8)
              throw new Failure("unavailable", "The catalog is asked too much at the moment.", {
                nextStep: "Try again in a moment.",
              });
            const answer: {
              Responses?: Record<string, Record<string, unknown>[]>;
              UnprocessedKeys?: Record<string, { Keys?: Record<string, unknown>[] }>;
            } = await client.send(new BatchGetCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }));
            items.push(...((answer.Responses?.[table] ?? []) as Item[]));
            Keys = answer.UnprocessedKeys?.[table]?.Keys;
          }
        }
        return items;
      }),
    /** Throws `Conflict` when a condition failed or somebody else wrote the same rows. */
    transact: (writes: Write[]): Promise<void> =>
      translate(async () => {
        try {
          await client.send(new TransactWriteCommand({ TransactItems: writes }));
        } catch (error) {
          if (
            errorName(error) === "TransactionCanceledException" &&
            error instanceof Error &&
            "CancellationReasons" in error
          )
            throw new Conflict(
              (error.CancellationReasons as { Code?: string }[]).map((reason) => reason.Code ?? "None"),
            );
          throw error;
        }
      }),
    putNew: (item: Item): Write => ({
      Put: { TableName: table, Item: item, ConditionExpression: "attribute_not_exists(pk)" },
    }),
    /** Writes the row only while its attribute has that value (null: while there is no such row); undefined asks for nothing. */
    putAfter: (item: Item, attribute: string, value: string | null | undefined): Write => ({
      Put: {
        TableName: table,
        Item: item,
        ...(value === undefined
          ? {}
          : value === null
            ? { ConditionExpression: "attribute_not_exists(pk)" }
            : {
                ConditionExpression: "#was = :was",
                ExpressionAttributeNames: { "#was": attribute },
                ExpressionAttributeValues: { ":was": value },
              }),
      },
    }),
    put: (item: Item): Write => ({ Put: { TableName: table, Item: item } }),
    /** Replaces the row of exactly this revision. */
    replace: (item: Item, rev: number): Write => ({
      Put: {
        TableName: table,
        Item: item,
        ConditionExpression: "rev = :rev",
        ExpressionAttributeValues: { ":rev": rev },
      },
    }),
    remove: (key: { pk: string; sk: string }): Write => ({ Delete: { TableName: table, Key: key } }),
    count: (slug: string, documentId: string, changes: CountChange[]): Write[] =>
      changes.map(({ readers, deltas }) => {
        const names = Object.keys(deltas);
        const add = `ADD ${names.map((_, i) => `#n${i} :n${i}`).join(", ")}`;
        return {
          Update: {
            TableName: table,
            Key: keys.counter(slug, shardOf(documentId), readers),
            UpdateExpression: readers ? `SET readers = :readers ${add}` : add,
            ExpressionAttributeNames: Object.fromEntries(names.map((name, i) => [`#n${i}`, name])),
            ExpressionAttributeValues: {
              ...Object.fromEntries(names.map((name, i) => [`:n${i}`, deltas[name]])),
              ...(readers ? { ":readers": readers } : {}),
            },
          },
        };
      }),
  };
};

export type Store = ReturnType<typeof createStore>;

/** Waits a little longer each time, with chance in it, so that two writers do not meet again. */
export const backOff = (attempt: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(400, 10 * 2 ** attempt)));

import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { type AnswerCatalog, Failure, type StoredAnswer } from "@samla/core/kernel";
import { translate } from "../failures.ts";
import { decodeCursor, encodeCursor, keyPosition } from "./cursor.ts";
import type { Item } from "./items.ts";
import { backOff, Conflict, type Store } from "./store.ts";

const attemptsMax = 8;
const writesPerBatch = 25;

const answerKey = (id: string) => ({ pk: `ANSWER#${id}`, sk: "ANSWER" });
const nodeKey = (node: string, value: string) => `ANSWERS#${node}#${value}`;

const answerItem = (answer: StoredAnswer, rev: number): Item => ({
  ...answerKey(answer.id),
  rev,
  it: JSON.stringify(answer),
  expires_at: answer.expiresAtSeconds,
});

const readAnswer = (item: Item | undefined): StoredAnswer | undefined =>
  typeof item?.it === "string" ? (JSON.parse(item.it) as StoredAnswer) : undefined;

/** The narrow rows that lead from each node of the chain to the answer. */
const nodeItems = (answer: StoredAnswer): Item[] => {
  const { maker } = answer;
  const nodes: [node: string, value: string | undefined][] = [
    ["actor", answer.actor?.id],
    ["release", maker.releaseId],
    ["image", maker.imageDigest],
    ["task", maker.taskId],
    ...answer.indexes.flatMap(({ slug, buildId }): [string, string][] => [
      ["index", slug],
      ["build", buildId],
    ]),
    ...answer.sources.map(({ documentId }): [string, string] => ["document", documentId]),
  ];
  const pks = new Set(nodes.flatMap(([node, value]) => (value ? [nodeKey(node, value)] : [])));
  return [...pks].map((pk) => ({ pk, sk: answer.id, expires_at: answer.expiresAtSeconds }));
};

/** Answers: a row with everything, by id, and narrow rows by each node that stands behind them. */
export const createAnswerPart = ({ store }: { store: Store }): AnswerCatalog => {
  const putAll = (items: Item[]): Promise<void> =>
    translate(async () => {
      for (let i = 0; i < items.length; i += writesPerBatch) {
        let left: { PutRequest: { Item: Item } }[] | undefined = items
          .slice(i, i + writesPerBatch)
          .map((item) => ({ PutRequest: { Item: item } }));
        for (let attempt = 0; left?.length; attempt += 1) {
          if (attempt > attemptsMax)
            throw new Failure("unavailable", "The catalog is asked too much at the moment.", {
              nextStep: "Try again in a moment.",
            });
          if (attempt > 0) await backOff(attempt);
          const answer = await store.client.send(new BatchWriteCommand({ RequestItems: { [store.table]: left } }));
          left = answer.UnprocessedItems?.[store.table] as typeof left;
        }
      }
    });

  return {
    // The answer before what leads to it, so that no list names one that is not there.
    putAnswer: async (answer) => {
      await putAll([answerItem(answer, 1)]);
      await putAll(nodeItems(answer));
    },
    getAnswer: async (id) => readAnswer(await store.get(answerKey(id))),
    changeAnswer: async (id, decide) => {
      for (let attempt = 0; attempt <= attemptsMax; attempt += 1) {
        const row = await store.get(answerKey(id));
        const before = readAnswer(row);
        if (!row || !before) return undefined;
        const after = decide(before);
        try {
          await store.transact([store.replace(answerItem(after, Number(row.rev) + 1), Number(row.rev))]);
          return after;
        } catch (error) {
          if (!(error instanceof Conflict)) throw error;
          await backOff(attempt);
        }
      }
      throw new Failure("unavailable", "This answer is being changed by too many at once.", {
        nextStep: "Try again in a moment.",
      });
    },
    listAnswers: async ({ node, value, cursor, limit }) => {
      const scope = { answers: node, value };
      const position = keyPosition(decodeCursor(scope, cursor));
      const page = await store.query({
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": nodeKey(node, value) },
        ScanIndexForward: false,
        Limit: limit,
        ...(position ? { ExclusiveStartKey: position } : {}),
      });
      const found = new Map(
        (await store.getMany(page.items.map(({ sk }) => answerKey(sk)))).map((item) => [item.pk, readAnswer(item)]),
      );
      const items = page.items.flatMap(({ sk }) => found.get(answerKey(sk).pk) ?? []);
      return { items, ...(page.lastKey ? { nextCursor: encodeCursor(scope, page.lastKey) } : {}) };
    },
  };
};

import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { type EventActor, isEvaluationOver } from "@samla/contracts";
import type { EvaluationCatalog, EvaluationRecord, NewEvent } from "@samla/core/kernel";
import { errorName, translate } from "../failures.ts";
import { decodeCursor, encodeCursor, keyPosition } from "./cursor.ts";
import { type Item, indexNames } from "./items.ts";
import { questionKeys } from "./questions.ts";
import { Conflict, type Store } from "./store.ts";

type Deps = { store: Store; event: (event: NewEvent, actor: EventActor) => Item };
type EvaluationPart = Pick<
  EvaluationCatalog,
  | "createEvaluation"
  | "getEvaluation"
  | "changeEvaluation"
  | "beatEvaluation"
  | "listEvaluations"
  | "listStaleEvaluations"
  | "forgetEvaluations"
>;

const pagesPerAnswerMax = 6;
const forgetAtOnce = 90;
const openKey = "EVALUATIONS#open";

const keyOf = (slug: string, id: string) => ({ pk: `EVALUATIONS#${slug}`, sk: id });

const evaluationItem = (evaluation: EvaluationRecord): Item => ({
  ...keyOf(evaluation.index, evaluation.id),
  rev: evaluation.rev,
  next_slice: evaluation.nextSlice,
  status: evaluation.status,
  build: evaluation.buildId,
  it: evaluation,
  ...(isEvaluationOver(evaluation.status) ? {} : { g3pk: openKey, g3sk: `${evaluation.movedAt}#${evaluation.id}` }),
});

/** Evaluation rows; those under way are also found by when they last moved. */
export const createEvaluationPart = ({ store, event }: Deps): EvaluationPart => ({
  createEvaluation: (evaluation, started, actor) =>
    store.transact([store.putNew(evaluationItem(evaluation)), store.put(event(started, actor))]),
  getEvaluation: async (slug, id) => (await store.get(keyOf(slug, id)))?.it as EvaluationRecord | undefined,
  changeEvaluation: async (evaluation, changed, actor) => {
    try {
      await store.transact([
        store.replace(evaluationItem(evaluation), evaluation.rev - 1),
        ...(changed ? [store.put(event(changed, actor))] : []),
      ]);
      return true;
    } catch (error) {
      if (error instanceof Conflict) return false;
      throw error;
    }
  },
  beatEvaluation: (evaluation, at) =>
    translate(async () => {
      try {
        await store.client.send(
          new UpdateCommand({
            TableName: store.table,
            Key: keyOf(evaluation.index, evaluation.id),
            UpdateExpression: "SET #it.movedAt = :at, g3sk = :order",
            ConditionExpression: "#status = :running AND next_slice = :slice",
            ExpressionAttributeNames: { "#it": "it", "#status": "status" },
            ExpressionAttributeValues: {
              ":at": at,
              ":order": `${at}#${evaluation.id}`,
              ":running": "running",
              ":slice": evaluation.nextSlice,
            },
          }),
        );
        return true;
      } catch (error) {
        if (errorName(error) === "ConditionalCheckFailedException") return false;
        throw error;
      }
    }),
  listEvaluations: async ({ cursor, limit, ...scope }) => {
    let start = keyPosition(decodeCursor(scope, cursor)) as Record<string, unknown> | undefined;
    const items: Item[] = [];
    for (let pages = 0; pages < pagesPerAnswerMax && items.length < limit; pages += 1) {
      const page = await store.query({
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: {
          ":pk": keyOf(scope.index, "").pk,
          ...(scope.buildId ? { ":build": scope.buildId } : {}),
        },
        ...(scope.buildId ? { FilterExpression: "build = :build" } : { Limit: limit - items.length }),
        ScanIndexForward: false,
        ConsistentRead: true,
        ...(start ? { ExclusiveStartKey: start } : {}),
      });
      items.push(...page.items);
      start = page.lastKey;
      if (!start) break;
    }
    const given = items.slice(0, limit);
    const last = given.at(-1);
    if (items.length > limit && last) start = { pk: last.pk, sk: last.sk };
    return {
      items: given.map((item) => item.it as EvaluationRecord),
      ...(start ? { nextCursor: encodeCursor(scope, start) } : {}),
    };
  },
  listStaleEvaluations: async (before, limit) => {
    const { items } = await store.query({
      IndexName: indexNames.status,
      KeyConditionExpression: "g3pk = :pk AND g3sk < :before",
      ExpressionAttributeValues: { ":pk": openKey, ":before": before },
      Limit: limit,
    });
    return items.map((item) => item.it as EvaluationRecord);
  },
  forgetEvaluations: async (slug) => {
    const some = async (pk: string, Limit: number): Promise<Item[]> =>
      (
        await store.query({
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": pk },
          Limit,
          // The newest first, as they are listed: their files have been removed by then.
          ScanIndexForward: false,
          ConsistentRead: true,
        })
      ).items;
    const evaluations = await some(keyOf(slug, "").pk, forgetAtOnce);
    const rows = evaluations.length
      ? evaluations
      : [
          ...(await some(questionKeys.question(slug, "").pk, forgetAtOnce / 2)),
          ...(await some(questionKeys.text(slug, "").pk, forgetAtOnce / 2)),
        ];
    const keys = rows.length ? rows.map(({ pk, sk }) => ({ pk, sk })) : [questionKeys.count(slug)];
    await store.transact(keys.map(store.remove));
    return { left: rows.length > 0 };
  },
});

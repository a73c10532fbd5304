import { Build, type EventActor, type Promotion } from "@samla/contracts";
import {
  type BuildCatalog,
  type BuildDocumentRecord,
  Failure,
  type FillRecord,
  type NewEvent,
  notFound,
} from "@samla/core/kernel";
import { errorName } from "../failures.ts";
import { decodeCursor, encodeCursor, keyPosition } from "./cursor.ts";
import { type Item, indexNames, keys } from "./items.ts";
import { backOff, Conflict, type Store, type Write } from "./store.ts";

type Deps = { store: Store; event: (event: NewEvent, actor: EventActor) => Item };

const attemptsMax = 12;
/** Rows of one transaction; DynamoDB takes 100 writes. */
const documentsMax = 50;
const forgetMax = 90;

/** Rows written before builds had a revision have none. */
const replaceBuild = (store: Store, build: Build): Write => ({
  Put: {
    TableName: store.table,
    Item: { ...keys.build(build.index, build.id), rev: build.revision, it: build },
    ConditionExpression: "attribute_exists(pk) AND (rev = :rev OR attribute_not_exists(rev))",
    ExpressionAttributeValues: { ":rev": build.revision - 1 },
  },
});

const rowItem = (buildId: string, row: BuildDocumentRecord, rev: number): Item => ({
  ...keys.buildDocument(buildId, row.documentId),
  rev,
  it: row,
  ...(row.outcome ? { outcome: row.outcome } : {}),
  // Only failed ones are asked for by themselves.
  ...(row.outcome === "failed" ? { g1pk: `BUILDFAILED#${buildId}`, g1sk: `${row.at}#${row.documentId}` } : {}),
});

const tooMany = (what: string): Failure =>
  new Failure("unavailable", `${what} is being changed by too many at once.`, { nextStep: "Try again in a moment." });

/** Builds, their fill, their documents and which one is live. */
export const createBuildPart = ({ store, event }: Deps): BuildCatalog => {
  const fillWrite = (buildId: string, fill: FillRecord, rev: number | undefined): Write => {
    const item = { ...keys.fill(buildId), rev: (rev ?? 0) + 1, it: fill };
    return rev === undefined ? store.putNew(item) : store.replace(item, rev);
  };
  const revOf = (item: Item | undefined): number | undefined => (item ? Number(item.rev) : undefined);

  return {
    getBuild: async (slug, buildId) => {
      const item = await store.get(keys.build(slug, buildId));
      return item && Build.parse(item.it);
    },
    listBuilds: async (slug) => (await store.queryAll(`BUILDS#${slug}`)).map((item) => Build.parse(item.it)).reverse(),
    getFills: async (buildIds) => {
      const items = await store.getMany([...new Set(buildIds)].map(keys.fill));
      return new Map(items.map((item) => [item.pk.slice("BUILD#".length), item.it as FillRecord]));
    },
    createBuild: async (build, fill, created, actor) => {
      try {
        await store.transact([
          {
            ConditionCheck: {
              TableName: store.table,
              Key: keys.index(build.index),
              ConditionExpression: "attribute_exists(pk)",
            },
          },
          store.putNew({ ...keys.build(build.index, build.id), rev: build.revision, it: build }),
          fillWrite(build.id, fill, undefined),
          store.put(event(created, actor)),
        ]);
      } catch (error) {
        if (error instanceof Conflict && error.reasons[0] === "ConditionalCheckFailed")
          throw notFound("index", build.index);
        throw error;
      }
    },
    changeBuild: async (slug, buildId, actor, decide) => {
      for (let attempt = 0; attempt <= attemptsMax; attempt += 1) {
        const [buildRow, fillRow] = await Promise.all([
          store.get(keys.build(slug, buildId)),
          store.get(keys.fill(buildId)),
        ]);
        if (!buildRow) return undefined;
        const build = Build.parse(buildRow.it);
        const fill = fillRow?.it as FillRecord | undefined;
        const next = decide(build, fill);
        if (!next) return { build, fill, changed: false };
        const changed = next.build && { ...next.build, revision: build.revision + 1 };
        try {
          await store.transact([
            ...(changed ? [replaceBuild(store, changed)] : []),
            ...(next.fill ? [fillWrite(buildId, next.fill, revOf(fillRow))] : []),
            ...(next.event ? [store.put(event(next.event, actor))] : []),
          ]);
          return { build: changed ?? build, fill: next.fill ?? fill, changed: true };
        } catch (error) {
          if (!(error instanceof Conflict)) throw error;
          await backOff(attempt);
        }
      }
      throw tooMany(`Build ${buildId}`);
    },
    deleteBuild: async (build, deleted, actor) => {
      try {
        await store.transact([
          {
            Delete: {
              TableName: store.table,
              Key: keys.build(build.index, build.id),
              ConditionExpression: "attribute_exists(pk) AND (rev = :rev OR attribute_not_exists(rev))",
              ExpressionAttributeValues: { ":rev": build.revision },
            },
          },
          store.put({ ...keys.removedBuild(build.index, build.id), it: build }),
          store.put(event(deleted, actor)),
        ]);
      } catch (error) {
        if (error instanceof Conflict)
          throw new Failure("conflict", `The build ${build.id} was changed in the meantime.`, {
            nextStep: "Look at it again and repeat the deletion.",
          });
        throw error;
      }
    },
    listRemovedBuilds: async () => (await store.queryAll("REMOVEDBUILDS")).map((item) => Build.parse(item.it)),
    forgetBuild: async (slug, buildId, before) => {
      const { items } = await store.query({
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": keys.fill(buildId).pk },
        Limit: forgetMax,
        ConsistentRead: true,
      });
      if (items.length > 0) {
        await before(items.flatMap((item) => (item.sk.startsWith("DOC#") ? [item.it as BuildDocumentRecord] : [])));
        await store.transact(items.map(({ pk, sk }) => store.remove({ pk, sk })));
        return false;
      }
      await store.transact([store.remove(keys.removedBuild(slug, buildId))]);
      return true;
    },

    getBuildDocuments: async (buildId, documentIds) => {
      const items = await store.getMany([...new Set(documentIds)].map((id) => keys.buildDocument(buildId, id)));
      return new Map(
        items.map((item) => [(item.it as BuildDocumentRecord).documentId, item.it as BuildDocumentRecord]),
      );
    },
    changeBuildDocuments: async (buildId, documentIds, decide) => {
      if (documentIds.length > documentsMax)
        throw new Error(`${documentIds.length} documents of a build in one change; at most ${documentsMax}`);
      for (let attempt = 0; attempt <= attemptsMax; attempt += 1) {
        const items = await store.getMany([
          keys.fill(buildId),
          ...[...new Set(documentIds)].map((id) => keys.buildDocument(buildId, id)),
        ]);
        const fillRow = items.find((item) => item.sk === keys.fill(buildId).sk);
        const rows = new Map(items.filter((item) => item !== fillRow).map((item) => [item.sk.slice(4), item]));
        const next = decide(
          new Map([...rows].map(([id, item]) => [id, item.it as BuildDocumentRecord])),
          fillRow?.it as FillRecord | undefined,
        );
        const writes: Write[] = [
          ...(next?.rows ?? []).map((row) => {
            const rev = revOf(rows.get(row.documentId));
            const item = rowItem(buildId, row, (rev ?? 0) + 1);
            return rev === undefined ? store.putNew(item) : store.replace(item, rev);
          }),
          ...(next?.removed ?? [])
            .filter((id) => rows.has(id))
            .map((id): Write => {
              const rev = revOf(rows.get(id));
              return {
                Delete: {
                  TableName: store.table,
                  Key: keys.buildDocument(buildId, id),
                  ConditionExpression: "rev = :rev",
                  ExpressionAttributeValues: { ":rev": rev },
                },
              };
            }),
          ...(next?.fill ? [fillWrite(buildId, next.fill, revOf(fillRow))] : []),
        ];
        if (writes.length === 0) return false;
        try {
          await store.transact(writes);
          return true;
        } catch (error) {
          if (!(error instanceof Conflict)) throw error;
          await backOff(attempt);
        }
      }
      throw tooMany(`What build ${buildId} holds`);
    },
    listBuildDocuments: async ({ buildId, outcome, cursor, limit }) => {
      const scope = { list: "build-documents", buildId, outcome };
      let start = keyPosition(decodeCursor(scope, cursor)) as Record<string, unknown> | undefined;
      const failed = outcome === "failed";
      const items: Item[] = [];
      try {
        do {
          const page = await store.query({
            ...(failed
              ? {
                  IndexName: indexNames.updated,
                  KeyConditionExpression: "g1pk = :pk",
                  ExpressionAttributeValues: { ":pk": `BUILDFAILED#${buildId}` },
                  ScanIndexForward: false,
                }
              : {
                  KeyConditionExpression: "pk = :pk AND begins_with(sk, :doc)",
                  FilterExpression: outcome ? "outcome = :outcome" : "attribute_exists(outcome)",
                  ExpressionAttributeValues: {
                    ":pk": keys.fill(buildId).pk,
                    ":doc": "DOC#",
                    ...(outcome ? { ":outcome": outcome } : {}),
                  },
                }),
            Limit: limit - items.length,
            ...(start ? { ExclusiveStartKey: start } : {}),
          });
          items.push(...page.items);
          start = page.lastKey;
        } while (start && items.length < limit);
      } catch (error) {
        if (cursor && errorName(error) === "ValidationException")
          throw new Failure("invalid_cursor", "This page cursor was changed.", {
            nextStep: "Begin again at the first page.",
            cause: error,
          });
        throw error;
      }
      return {
        items: items.map((item) => item.it as BuildDocumentRecord),
        ...(start ? { nextCursor: encodeCursor(scope, start) } : {}),
      };
    },

    switchLive: async ({ index, from, to, promotion, event: told }, actor) => {
      const told_ = event(told, actor);
      try {
        await store.transact([
          store.replace({ ...keys.index(index.slug), rev: index.revision, it: index }, index.revision - 1),
          replaceBuild(store, from),
          replaceBuild(store, to),
          // The event's id sorts by time and is there once.
          store.putNew({ ...keys.promotion(index.slug, (told_.it as { id: string }).id), it: promotion }),
          store.put(told_),
        ]);
      } catch (error) {
        if (error instanceof Conflict)
          throw new Failure("conflict", `The index ${index.slug} was changed in the meantime.`, {
            nextStep: "Look at what is live now and decide again.",
          });
        throw error;
      }
    },
    listPromotions: async (slug, limit) => {
      const { items } = await store.query({
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": keys.promotion(slug, "").pk },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: limit,
      });
      return items.map((item) => item.it as Promotion);
    },
  };
};

import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { Failure, type QueryCatalog, type QueryLine, type StoredQuery } from "@samla/core/kernel";
import { translate } from "../failures.ts";
import { decodeCursor, encodeCursor, keyPosition } from "./cursor.ts";
import { type Item, indexNames } from "./items.ts";
import { backOff, Conflict, type Store } from "./store.ts";

const pagesPerAnswerMax = 20;
const attemptsMax = 8;
const writesPerBatch = 25;
const forgetAtOnce = 40;
/** Longer than any log is kept. */
const monthsKept = 14;

const base32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** The least id that a search of this moment can have: the first ten letters of a ULID are its time in milliseconds. */
const leastIdOf = (ms: number): string => {
  let left = Math.max(0, ms);
  let text = "";
  for (let i = 0; i < 10; i += 1) {
    text = base32.charAt(left % 32) + text;
    left = Math.floor(left / 32);
  }
  return `qry_${text}`;
};

const monthOf = (at: string): string => at.slice(0, 7);
/** The month of one moment and those before it, back to that of another. */
const monthsBack = (from: number, to: number): string[] => {
  const months: string[] = [];
  const date = new Date(from);
  const last = monthOf(new Date(to).toISOString());
  for (let i = 0; i < monthsKept + 1; i += 1) {
    const month = monthOf(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - i, 1)).toISOString());
    if (month < last) break;
    months.push(month);
  }
  return months;
};

const lineKey = (slug: string, query: { id: string; at: string }) => ({
  pk: `QUERYLINES#${slug}#${monthOf(query.at)}`,
  sk: query.id,
});
const queryKey = (slug: string, id: string) => ({ pk: `QUERY#${id}`, sk: slug });

const hasThumbs = (query: StoredQuery): boolean => query.thumbs.length > 0;
const isPage = (query: StoredQuery): boolean => Number(query.filters.offset ?? 0) > 0;

const lineItem = (query: StoredQuery): Item => ({
  ...lineKey(query.index, query),
  at: query.at,
  ...(query.actor ? { who: query.actor.id } : {}),
  text: query.text,
  needle: query.text.normalize("NFC").toLowerCase(),
  total: query.total,
  ms: query.timings.totalMs,
  clicks: query.clicks.length,
  page: isPage(query),
  expires_at: query.expiresAtSeconds,
  ...(query.total === 0 ? { g1pk: `QUERYZERO#${query.index}`, g1sk: query.id } : {}),
  ...(hasThumbs(query) ? { g3pk: `QUERYTHUMBS#${query.index}`, g3sk: query.id } : {}),
  g4pk: `QUERYSLOW#${query.index}`,
  g4sk: `${query.timings.totalMs.toFixed(3).padStart(12, "0")}#${query.id}`,
});

const lineOf = (item: Item): QueryLine => ({
  id: item.sk,
  at: String(item.at),
  ...(typeof item.who === "string" ? { who: item.who } : {}),
  text: String(item.text),
  total: Number(item.total),
  totalMs: Number(item.ms),
  clicks: Number(item.clicks),
  page: item.page === true,
});

/** As one text: a search waits for this row, and nothing asks the table for a part of it. */
const queryItem = (query: StoredQuery, rev: number): Item => ({
  ...queryKey(query.index, query.id),
  rev,
  it: JSON.stringify(query),
  expires_at: query.expiresAtSeconds,
});

const readQuery = (item: Item | undefined): StoredQuery | undefined =>
  typeof item?.it === "string" ? (JSON.parse(item.it) as StoredQuery) : undefined;

const views = {
  "zero-results": { IndexName: indexNames.updated, pkName: "g1pk", skName: "g1sk", prefix: "QUERYZERO" },
  slow: { IndexName: indexNames.size, pkName: "g4pk", skName: "g4sk", prefix: "QUERYSLOW" },
  "with-thumbs": { IndexName: indexNames.status, pkName: "g3pk", skName: "g3sk", prefix: "QUERYTHUMBS" },
} as const;

/** A place in the list: which source, and below which key of it. */
type Place = { source: number; start: Record<string, string> | undefined };
type Source = { IndexName?: string; pkName: string; skName: string; pk: string };

/** The log of searches: a narrow row for lists and reports, by month, and one with everything, by id. */
export const createQueryPart = ({ store, now }: { store: Store; now: () => number }): QueryCatalog => {
  const batchWrite = (
    requests: { PutRequest?: { Item: Item }; DeleteRequest?: { Key: { pk: string; sk: string } } }[],
  ) =>
    translate(async () => {
      for (let i = 0; i < requests.length; i += writesPerBatch) {
        let left: typeof requests | undefined = requests.slice(i, i + writesPerBatch);
        for (let attempt = 0; left?.length; attempt += 1) {
          if (attempt > attemptsMax)
            throw new Failure("unavailable", "The catalog is asked too much at the moment.", {
              nextStep: "Try again in a moment.",
            });
          if (attempt > 0) await backOff(attempt);
          const answer = await store.client.send(new BatchWriteCommand({ RequestItems: { [store.table]: left } }));
          left = answer.UnprocessedItems?.[store.table] as typeof requests | undefined;
        }
      }
    });
  const getQuery = async (slug: string, id: string): Promise<StoredQuery | undefined> =>
    readQuery(await store.get(queryKey(slug, id)));

  return {
    putQueries: (queries) =>
      batchWrite(
        queries.flatMap((query) => [
          { PutRequest: { Item: queryItem(query, 1) } },
          { PutRequest: { Item: lineItem(query) } },
        ]),
      ),
    getQuery,
    getQueries: async (slug, ids) => {
      const items = await store.getMany([...new Set(ids)].map((id) => queryKey(slug, id)));
      return new Map(
        items.flatMap((item) => {
          const query = readQuery(item);
          return query ? [[query.id as string, query] as const] : [];
        }),
      );
    },
    changeQuery: async (slug, id, decide) => {
      for (let attempt = 0; attempt <= attemptsMax; attempt += 1) {
        const row = await store.get(queryKey(slug, id));
        if (!row) return undefined;
        const before = readQuery(row);
        if (!before) return undefined;
        const after = decide(before);
        if (!after) return before;
        try {
          await store.transact([
            store.replace(queryItem(after, Number(row.rev) + 1), Number(row.rev)),
            store.put(lineItem(after)),
          ]);
          return after;
        } catch (error) {
          if (!(error instanceof Conflict)) throw error;
          await backOff(attempt);
        }
      }
      throw new Failure("unavailable", "This search is being changed by too many at once.", {
        nextStep: "Try again in a moment.",
      });
    },
    listQueryLines: async ({ cursor, limit, since, ...scope }) => {
      const position = keyPosition(decodeCursor(scope, cursor));
      const sinceMs = Date.parse(since);
      const words = (scope.q ?? "").normalize("NFC").toLowerCase().split(/\s+/).filter(Boolean);
      const isRecent = scope.view === "recent";
      const sources: Source[] =
        scope.view === "recent"
          ? monthsBack(now(), sinceMs).map((month) => ({
              pkName: "pk",
              skName: "sk",
              pk: `QUERYLINES#${scope.index}#${month}`,
            }))
          : [{ ...views[scope.view], pk: `${views[scope.view].prefix}#${scope.index}` }];
      const filters = [
        ...words.map((_, i) => `contains(needle, :w${i})`),
        ...(isRecent ? [] : ["#at >= :since"]),
        ...(scope.named ? ["attribute_exists(who)"] : []),
      ];
      const found: { item: Item; source: Source }[] = [];
      let next: Place | undefined = {
        source: position
          ? Math.max(
              0,
              sources.findIndex((one) => one.pk === position[one.pkName]),
            )
          : 0,
        start: position,
      };
      for (let reads = 0; next && found.length < limit && reads < pagesPerAnswerMax; reads += 1) {
        const { source: place, start }: Place = next;
        const source = sources[place];
        if (!source) break;
        const page = await store.query({
          ...(source.IndexName ? { IndexName: source.IndexName } : {}),
          KeyConditionExpression: `${source.pkName} = :pk${isRecent ? " AND sk > :least" : ""}`,
          ...(filters.length ? { FilterExpression: filters.join(" AND ") } : { Limit: limit - found.length }),
          ...(isRecent ? {} : { ExpressionAttributeNames: { "#at": "at" } }),
          ExpressionAttributeValues: {
            ":pk": source.pk,
            ...Object.fromEntries(words.map((word, i) => [`:w${i}`, word])),
            ...(isRecent ? { ":least": leastIdOf(sinceMs) } : { ":since": since }),
          },
          ScanIndexForward: false,
          ...(start ? { ExclusiveStartKey: start } : {}),
        });
        found.push(...page.items.map((item) => ({ item, source })));
        next = page.lastKey
          ? { source: place, start: page.lastKey as Record<string, string> }
          : place + 1 < sources.length
            ? { source: place + 1, start: undefined }
            : undefined;
      }
      const given = found.slice(0, limit);
      const last = given.at(-1);
      const end =
        found.length > limit && last
          ? keyAfter(last.item, last.source)
          : next && (next.start ?? topOf(sources[next.source]));
      return {
        items: given.map(({ item }) => lineOf(item)),
        ...(end ? { nextCursor: encodeCursor(scope, end) } : {}),
      };
    },
    forgetQueries: async (slug, before) => {
      const nowMs = now();
      const until = before === undefined ? nowMs + 60_000 : Date.parse(before);
      const months = monthsBack(until, nowMs - monthsKept * 31 * 86_400_000).reverse();
      for (const month of months) {
        const { items } = await store.query({
          KeyConditionExpression: "pk = :pk AND sk < :until",
          ExpressionAttributeValues: { ":pk": `QUERYLINES#${slug}#${month}`, ":until": leastIdOf(until) },
          Limit: forgetAtOnce,
          ConsistentRead: true,
        });
        if (items.length === 0) continue;
        await batchWrite(
          items.flatMap(({ pk, sk }) => [
            { DeleteRequest: { Key: queryKey(slug, sk) } },
            { DeleteRequest: { Key: { pk, sk } } },
          ]),
        );
        return { removed: items.length, left: true };
      }
      return { removed: 0, left: false };
    },
  };
};

/** The position below a row of its source. */
const keyAfter = (item: Item, source: Source): Record<string, string> => ({
  pk: item.pk,
  sk: item.sk,
  [source.pkName]: source.pk,
  [source.skName]: String(item[source.skName]),
});

/** The position above all rows of a month. */
const topOf = (source: Source | undefined): Record<string, string> | undefined =>
  source && { pk: source.pk, sk: "qry_~" };

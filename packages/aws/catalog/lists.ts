import { randomUUID } from "node:crypto";
import { type Document, type ListDocumentsQuery, versionStatuses } from "@samla/contracts";
import { type Catalog, Failure, isReadableBy } from "@samla/core/kernel";
import { errorName } from "../failures.ts";
import { decodeCursor, encodeCursor, keyPosition } from "./cursor.ts";
import { type Item, indexNames, keys } from "./items.ts";
import type { Store } from "./store.ts";

type ListPart = Pick<Catalog, "listDocuments" | "countDocuments" | "listStale" | "listPurgeable" | "listAnyDocuments">;

/** Most table pages (1 MB each) read for one answer; beyond that the caller gets a cursor and goes on. */
const pagesPerAnswerMax = 6;
/** Pages of just as many rows as are still wanted. */
const smallPagesPerAnswerMax = 20;
const keptPositionSeconds = 86_400;
const nameMatchesMax = 5_000;
const namePagesMax = 80;

type Source = { IndexName: string; pkName: string; skName: string; pk: string };

/** The secondary index that yields the wanted order, narrowed by status where one does so. */
const sourceOf = (query: ListDocumentsQuery): Source => {
  if (query.sort === "name")
    return {
      IndexName: indexNames.name,
      pkName: "g2pk",
      skName: "g2sk",
      pk: `${query.deleted ? "GONENAMES" : "NAMES"}#${query.index}`,
    };
  if (query.sort === "size")
    return {
      IndexName: indexNames.size,
      pkName: "g4pk",
      skName: "g4sk",
      pk: `${query.deleted ? "GONESIZES" : "SIZES"}#${query.index}`,
    };
  if (query.status && !query.deleted)
    return {
      IndexName: indexNames.status,
      pkName: "g3pk",
      skName: "g3sk",
      pk: `STATUS#${query.index}#${query.status}`,
    };
  return {
    IndexName: indexNames.updated,
    pkName: "g1pk",
    skName: "g1sk",
    pk: `${query.deleted ? "GONE" : "DOCS"}#${query.index}`,
  };
};

type Conditions = {
  FilterExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  values: Record<string, unknown>;
  isSelective: boolean;
};

const conditionsOf = (
  query: ListDocumentsQuery,
  source: Source,
  principals: readonly string[] | undefined,
): Conditions => {
  const parts: string[] = [];
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  if (principals) {
    const any = ["attribute_not_exists(readers)", ...principals.map((_, i) => `contains(readers, :p${i})`)];
    parts.push(`(${any.join(" OR ")})`);
    principals.forEach((principal, i) => {
      values[`:p${i}`] = principal;
    });
  }
  if (query.status && source.IndexName !== indexNames.status) {
    parts.push("#status = :status");
    names["#status"] = "status";
    values[":status"] = query.status;
  }
  if (query.kind) {
    parts.push("#kind = :kind");
    names["#kind"] = "kind";
    values[":kind"] = query.kind;
  }
  if (query.tag) {
    parts.push("contains(#tags, :tag)");
    names["#tags"] = "tags";
    values[":tag"] = query.tag;
  }
  (query.q ?? "")
    .normalize("NFC")
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .forEach((word, i) => {
      parts.push(`contains(needle, :w${i})`);
      values[`:w${i}`] = word;
    });
  return {
    ...(parts.length ? { FilterExpression: parts.join(" AND ") } : {}),
    ...(Object.keys(names).length ? { ExpressionAttributeNames: names } : {}),
    // A page is read whole where few rows match; who may read what leaves out few.
    isSelective: parts.length > (principals ? 1 : 0),
    values,
  };
};

/** Lists over the secondary indexes. */
export const createListPart = ({ store, now }: { store: Store; now: () => number }): ListPart => {
  const documentsOf = async (items: Item[]): Promise<Document[]> => {
    const missing = items.filter((item) => item.it === undefined);
    const found = missing.length
      ? new Map((await store.getMany(missing.map(({ pk, sk }) => ({ pk, sk })))).map((item) => [item.pk, item]))
      : new Map<string, Item>();
    return items.flatMap((item) => {
      const it = (item.it ?? found.get(item.pk)?.it) as Document | undefined;
      return it ? [it] : [];
    });
  };

  /** A place among rows that the caller may not know of: it is kept here, and the cursor only names it. */
  const keepPosition = async (start: Record<string, unknown>): Promise<{ kept: string }> => {
    const kept = randomUUID();
    const expires_at = Math.ceil(now() / 1000) + keptPositionSeconds;
    await store.transact([store.putNew({ ...keys.position(kept), start, expires_at })]);
    return { kept };
  };
  const startOf = async (position: unknown): Promise<Record<string, unknown> | undefined> => {
    const key = keyPosition(position);
    if (!key || !("kept" in key)) return key;
    const row = await store.get(keys.position(key.kept ?? ""));
    if (row) return row.start as Record<string, unknown>;
    throw new Failure("invalid_cursor", "This page cursor has expired.", {
      nextStep: "Begin again at the first page.",
    });
  };

  const listInOrder = async (
    query: ListDocumentsQuery,
    principals: readonly string[] | undefined,
  ): Promise<{ items: Document[]; nextCursor?: string }> => {
    const { cursor, limit, ...scope } = query;
    const source = sourceOf(query);
    const { values, isSelective, ...conditions } = conditionsOf(query, source, principals);
    let start = await startOf(decodeCursor(scope, cursor));
    const items: Item[] = [];
    const pagesMax = isSelective ? pagesPerAnswerMax : smallPagesPerAnswerMax;
    for (let pages = 0; pages < pagesMax && items.length < limit; pages += 1) {
      const page = await store.query({
        IndexName: source.IndexName,
        KeyConditionExpression: `${source.pkName} = :pk`,
        ...conditions,
        ExpressionAttributeValues: { ":pk": source.pk, ...values },
        ScanIndexForward: query.order === "asc",
        ...(isSelective ? {} : { Limit: limit - items.length }),
        ...(start ? { ExclusiveStartKey: start } : {}),
      });
      items.push(...page.items);
      start = page.lastKey;
      if (!start) break;
    }
    // A filtered page may hold more than was asked: go on after the last one that is given.
    const given = items.slice(0, limit);
    const last = given.at(-1);
    if (last && (items.length > limit || (start && principals)))
      start = { pk: last.pk, sk: last.sk, [source.pkName]: source.pk, [source.skName]: last[source.skName] };
    const position = start && principals && !last ? await keepPosition(start) : start;
    return { items: await documentsOf(given), ...(position ? { nextCursor: encodeCursor(scope, position) } : {}) };
  };

  /** A search by name reads the narrow name index whole, within bounds, and sorts what it found. */
  const listByName = async (
    query: ListDocumentsQuery,
    principals: readonly string[] | undefined,
  ): Promise<{ items: Document[]; nextCursor?: string }> => {
    const { cursor, limit, ...scope } = query;
    const position = decodeCursor(scope, cursor) ?? 0;
    if (typeof position !== "number" || !Number.isInteger(position) || position < 0)
      throw new Failure("invalid_cursor", "This page cursor was changed.", {
        nextStep: "Begin again at the first page.",
      });
    const source = sourceOf({ ...query, sort: "name" });
    const { values, isSelective: _, ...conditions } = conditionsOf(query, source, principals);
    const matches: Item[] = [];
    let start: Record<string, unknown> | undefined;
    for (let pages = 0; pages < namePagesMax && matches.length < nameMatchesMax; pages += 1) {
      const page = await store.query({
        IndexName: source.IndexName,
        KeyConditionExpression: "g2pk = :pk",
        ...conditions,
        ExpressionAttributeValues: { ":pk": source.pk, ...values },
        ...(start ? { ExclusiveStartKey: start } : {}),
      });
      matches.push(...page.items);
      start = page.lastKey;
      if (!start) break;
    }
    const by = (item: Item): string | number =>
      query.sort === "size" ? Number(item.size) : query.sort === "updated" ? String(item.updated) : String(item.g2sk);
    const sign = query.order === "asc" ? 1 : -1;
    matches.sort((a, b) => (by(a) < by(b) ? -sign : by(a) > by(b) ? sign : a.pk < b.pk ? -1 : 1));
    const items = await documentsOf(matches.slice(position, position + limit));
    return {
      items,
      ...(position + limit < matches.length ? { nextCursor: encodeCursor(scope, position + limit) } : {}),
    };
  };

  const firstOf = async (
    IndexName: string,
    condition: string,
    values: Record<string, unknown>,
    limit: number,
  ): Promise<Document[]> => {
    const { items } = await store.query({
      IndexName,
      KeyConditionExpression: condition,
      ExpressionAttributeValues: values,
      Limit: limit,
    });
    return documentsOf(items);
  };

  return {
    listDocuments: async (query, principals) => {
      try {
        return await (query.q ? listByName(query, principals) : listInOrder(query, principals));
      } catch (error) {
        if (query.cursor && errorName(error) === "ValidationException")
          throw new Failure("invalid_cursor", "This page cursor was changed.", {
            nextStep: "Begin again at the first page.",
            cause: error,
          });
        throw error;
      }
    },
    countDocuments: async (slug, principals) => {
      const items = (await store.queryAll(keys.counter(slug, 0).pk)).filter((row) =>
        isReadableBy(principals, row.readers as string[] | undefined),
      );
      const sum = (name: string): number =>
        Math.max(
          0,
          items.reduce((total, item) => total + Number(item[name] ?? 0), 0),
        );
      const byStatus = Object.fromEntries(versionStatuses.map((status) => [status, sum(`n_${status}`)])) as Record<
        (typeof versionStatuses)[number],
        number
      >;
      return { total: Object.values(byStatus).reduce((a, b) => a + b, 0), deleted: sum("n_deleted"), byStatus };
    },
    listStale: (slug, status, olderThan, limit) =>
      firstOf(
        indexNames.status,
        "g3pk = :pk AND g3sk < :older",
        { ":pk": `STATUS#${slug}#${status}`, ":older": olderThan },
        limit,
      ),
    listPurgeable: (slug, before, limit) =>
      firstOf(indexNames.status, "g3pk = :pk AND g3sk < :older", { ":pk": `PURGE#${slug}`, ":older": before }, limit),
    listAnyDocuments: async (slug, limit) => {
      const living = await firstOf(indexNames.updated, "g1pk = :pk", { ":pk": `DOCS#${slug}` }, limit);
      return living.length ? living : firstOf(indexNames.updated, "g1pk = :pk", { ":pk": `GONE#${slug}` }, limit);
    },
  };
};

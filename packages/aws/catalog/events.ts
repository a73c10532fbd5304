import { type EventActor, type ListEventsQuery, type TimelineEvent, topicActions } from "@samla/contracts";
import type { Catalog, NewEvent } from "@samla/core/kernel";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { type Item, indexNames } from "./items.ts";
import type { Store } from "./store.ts";

type Deps = { store: Store; event: (event: NewEvent, actor: EventActor) => Item; now: () => number };

const monthsKept = 14;

/** `2026-11` and the months before it. */
const monthsBack = (from: Date): string[] =>
  Array.from({ length: monthsKept }, (_, i) =>
    new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() - i, 1)).toISOString().slice(0, 7),
  );

type Range = { IndexName?: string; pkName: string; skName: string; pks: string[] };

const rangeOf = (query: ListEventsQuery, now: number): Range => {
  if (query.documentId)
    return { IndexName: indexNames.updated, pkName: "g1pk", skName: "g1sk", pks: [`DOCEVENTS#${query.documentId}`] };
  if (query.agent)
    return { IndexName: indexNames.status, pkName: "g3pk", skName: "g3sk", pks: [`AGENTEVENTS#${query.agent}`] };
  if (query.index)
    return { IndexName: indexNames.size, pkName: "g4pk", skName: "g4sk", pks: [`IXEVENTS#${query.index}`] };
  const months = monthsBack(new Date(now)).map((month) => `EVENTS#${month}`);
  return { pkName: "pk", skName: "sk", pks: query.after ? months.reverse() : months };
};

/** The timeline: newest first, or from an event on when a client fills a gap. */
export const createEventPart = ({ store, event, now }: Deps): Pick<Catalog, "listEvents" | "appendEvent"> => ({
  listEvents: async (query) => {
    const { cursor, limit, ...scope } = query;
    const position = decodeCursor(scope, cursor);
    const range = rangeOf(query, now());
    const forward = query.after !== undefined;
    const boundary = typeof position === "string" ? position : query.after;
    const filters: string[] = [];
    const values: Record<string, unknown> = {};
    if (query.action) {
      filters.push("#action = :action");
      values[":action"] = query.action;
    }
    if (query.about) {
      const names = topicActions[query.about].map((action, i) => [`:about${i}`, action] as const);
      filters.push(`#action IN (${names.map(([name]) => name).join(", ")})`);
      Object.assign(values, Object.fromEntries(names));
    }
    if (query.imageDigest) {
      filters.push("#it.imageDigest = :digest");
      values[":digest"] = query.imageDigest;
    }
    if (query.outcome) {
      filters.push("outcome = :outcome");
      values[":outcome"] = query.outcome;
    }
    if (query.index && range.pkName !== "g4pk") {
      filters.push("g4pk = :ix");
      values[":ix"] = `IXEVENTS#${query.index}`;
    }
    const found: TimelineEvent[] = [];
    for (const pk of range.pks) {
      let start: Record<string, unknown> | undefined;
      do {
        const page = await store.query({
          ...(range.IndexName ? { IndexName: range.IndexName } : {}),
          KeyConditionExpression: `${range.pkName} = :pk${boundary ? ` AND ${range.skName} ${forward ? ">" : "<"} :at` : ""}`,
          ...(filters.length ? { FilterExpression: filters.join(" AND ") } : {}),
          ...(query.action || query.about || query.imageDigest
            ? {
                ExpressionAttributeNames: {
                  ...(query.action || query.about ? { "#action": "action" } : {}),
                  ...(query.imageDigest ? { "#it": "it" } : {}),
                },
              }
            : {}),
          ExpressionAttributeValues: { ":pk": pk, ...(boundary ? { ":at": boundary } : {}), ...values },
          ScanIndexForward: forward,
          ...(filters.length ? {} : { Limit: limit + 1 - found.length }),
          ...(start ? { ExclusiveStartKey: start } : {}),
        });
        found.push(...page.items.map((item) => item.it as TimelineEvent));
        start = page.lastKey;
      } while (start && found.length <= limit);
      if (found.length > limit) break;
    }
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items, ...(found.length > limit && last ? { nextCursor: encodeCursor(scope, last.id) } : {}) };
  },
  appendEvent: async (added, actor) => {
    await store.transact([store.put(event(added, actor))]);
  },
});

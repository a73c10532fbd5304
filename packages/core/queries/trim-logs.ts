import type { Context, IndexRecord, StoredQuery } from "../kernel/index.ts";
import { keptSince } from "./read-queries.ts";

const roundsMax = 100;
const linesPerRound = 100;
const minutesPerRound = 60;

/** Each index has its own minute of the hour. */
const minuteOf = (slug: string): number => [...slug].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 6007, 0) % 60;

/** The search without what says who made it. */
const withoutPerson = ({ actor: _, principals, ...query }: StoredQuery): StoredQuery => ({
  ...query,
  ...(principals ? { principals: principals.filter((one) => /^(everyone|role:)/.test(one)) } : {}),
});

const trimLog = async (ctx: Context, index: IndexRecord): Promise<number> => {
  let removed = 0;
  for (let round = 0; round < roundsMax; round += 1) {
    const gone = await ctx.catalog.forgetQueries(index.slug, keptSince(ctx, index));
    removed += gone.removed;
    if (!gone.left) break;
  }
  if (!index.settings.queryLog.anonymous) return removed;
  let cursor: string | undefined;
  for (let round = 0; round < roundsMax; round += 1) {
    const page = await ctx.catalog.listQueryLines({
      index: index.slug,
      view: "recent",
      named: true,
      since: keptSince(ctx, index),
      cursor,
      limit: linesPerRound,
    });
    for (const line of page.items)
      await ctx.catalog.changeQuery(index.slug, line.id, (query) => (query.actor ? withoutPerson(query) : undefined));
    cursor = page.nextCursor;
    if (!cursor) break;
  }
  return removed;
};

/**
 * Makes the logs fit settings that were tightened: searches older than they are kept go, and names leave a log that became
 * anonymous. Rows also expire by themselves; and what is too old or named is not shown meanwhile. Called each minute, it
 * looks at each index once an hour.
 */
export const trimQueryLogs = async (ctx: Context): Promise<{ removed: number }> => {
  const minute = Math.floor(ctx.now() / 60_000) % minutesPerRound;
  let removed = 0;
  for (const index of await ctx.catalog.listIndexes())
    if (minuteOf(index.slug) === minute) removed += await trimLog(ctx, index);
  return { removed };
};

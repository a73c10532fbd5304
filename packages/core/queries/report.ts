import type { QueryReport, QueryReportQuery } from "@samla/contracts";
import type { z } from "zod";
import { requireIndex } from "../documents/access.ts";
import { type Context, percentileOf, type QueryLine } from "../kernel/index.ts";
import { foldTyping } from "./fold-typing.ts";

/** Searches that a report reads at most; beyond, it says that it is not complete. */
const linesMax = 50_000;
const linesPerRead = 5_000;
const shownMax = 20;
const dayMs = 86_400_000;

const keyOf = (text: string): string => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
const dayOf = (at: string): string => at.slice(0, 10);

/**
 * What people asked of an index in the last days, newest first and at most so many. Searches that were made while somebody
 * was still typing count as one; latencies are those of all searches, as each of them had to be answered.
 */
export const reportQueries = async (
  ctx: Context,
  input: { index: string } & z.output<typeof QueryReportQuery>,
): Promise<QueryReport> => {
  const index = await requireIndex(ctx, input.index, "queries.read");
  const days = Math.min(input.days, index.settings.queryLog.days);
  const since = new Date(ctx.now() - days * dayMs).toISOString();
  const all: QueryLine[] = [];
  let cursor: string | undefined;
  do {
    const page = await ctx.catalog.listQueryLines({
      index: index.slug,
      view: "recent",
      since,
      cursor,
      limit: Math.min(linesPerRead, linesMax - all.length),
    });
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor && all.length < linesMax);
  const lines = foldTyping(all);
  const times = all.map((line) => line.totalMs);
  const people = new Set(lines.flatMap((line) => line.who ?? []));
  const texts = textsOf(lines);
  const byCount = texts.toSorted((a, b) => b.searches - a.searches || a.text.localeCompare(b.text));
  return {
    days: input.days,
    searches: lines.length,
    people: index.settings.queryLog.anonymous || lines.some((line) => !line.who) ? null : people.size,
    zeroResults: lines.filter((line) => line.total === 0).length,
    withClick: lines.filter((line) => line.clicks > 0).length,
    p50Ms: percentileOf(times, 0.5) ?? null,
    p95Ms: percentileOf(times, 0.95) ?? null,
    perDay: daysOf(ctx, input.days, lines),
    top: byCount.slice(0, shownMax),
    zero: texts
      .filter((one) => one.zeroResults > 0)
      .sort((a, b) => b.zeroResults - a.zeroResults || a.text.localeCompare(b.text))
      .slice(0, shownMax)
      .map(({ text, zeroResults }) => ({ text, searches: zeroResults })),
    slow: all
      .toSorted((a, b) => b.totalMs - a.totalMs)
      .slice(0, shownMax)
      .map(({ id, text, totalMs, at }) => ({ id: id as QueryReport["slow"][number]["id"], text, totalMs, at })),
    complete: cursor === undefined,
  };
};

/** Each text once, as it was last written. */
const textsOf = (lines: readonly QueryLine[]): QueryReport["top"] => {
  const found = new Map<string, QueryReport["top"][number]>();
  for (const line of lines) {
    const key = keyOf(line.text);
    const one = found.get(key) ?? { text: line.text, searches: 0, zeroResults: 0, clicks: 0 };
    one.searches += 1;
    one.zeroResults += line.total === 0 ? 1 : 0;
    one.clicks += line.clicks;
    found.set(key, one);
  }
  return [...found.values()];
};

/** Every day of the time asked, also those without a search; days are UTC's. */
const daysOf = (ctx: Context, days: number, lines: readonly QueryLine[]): QueryReport["perDay"] => {
  const found = new Map(
    Array.from({ length: days }, (_, i) => {
      const day = dayOf(new Date(ctx.now() - (days - 1 - i) * dayMs).toISOString());
      return [day, { day, searches: 0, zeroResults: 0 }];
    }),
  );
  for (const line of lines) {
    const day = dayOf(line.at);
    const one = found.get(day) ?? { day, searches: 0, zeroResults: 0 };
    one.searches += 1;
    one.zeroResults += line.total === 0 ? 1 : 0;
    found.set(day, one);
  }
  return [...found.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
};

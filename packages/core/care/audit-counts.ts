import type { Document } from "@samla/contracts";
import type { CountRow } from "../kernel/index.ts";
import { type AuditContext, type AuditScope, type AuditStep, noteFinding } from "./audit-parts.ts";

const pageSize = 200;

const keyOf = (readers: readonly string[] | undefined): string => [...new Set(readers ?? [])].sort().join("\n");

/**
 * Counts the documents anew and corrects the counts that were kept while they changed. Only while nothing moves: lists
 * follow their rows with delay, and a count of something that changes proves nothing.
 */
export const auditCounts: AuditStep = async (ctx, { index }, state) => {
  const before = await ctx.catalog.readCounts(index.slug);
  if (await isMoving(ctx, index.slug)) return undefined;
  const tally = new Map<string, CountRow>();
  for (const deleted of [false, true])
    for await (const document of walk(ctx, index.slug, deleted)) {
      const key = keyOf(document.readers);
      const row = tally.get(key) ?? { readers: document.readers && key.split("\n"), counts: {} };
      const name = document.deletedAt ? "deleted" : document.status;
      row.counts[name] = (row.counts[name] ?? 0) + 1;
      tally.set(key, row);
    }
  const after = await ctx.catalog.readCounts(index.slug);
  if (JSON.stringify(after) !== JSON.stringify(before) || (await isMoving(ctx, index.slug))) return undefined;
  for (const key of new Set([...tally.keys(), ...before.map((row) => keyOf(row.readers))])) {
    const kept = before.find((row) => keyOf(row.readers) === key);
    const counted = tally.get(key);
    const deltas: Record<string, number> = {};
    for (const name of Object.keys({ ...kept?.counts, ...counted?.counts })) {
      const by = (counted?.counts[name] ?? 0) - (kept?.counts[name] ?? 0);
      if (by !== 0) deltas[name] = by;
    }
    if (Object.keys(deltas).length === 0) continue;
    await ctx.catalog.correctCounts(index.slug, counted?.readers ?? kept?.readers, deltas);
    noteFinding(
      state,
      "counts-wrong",
      Object.entries(deltas).map(([name, by]) => `${name}: off by ${-by}`),
      { repair: "counted them anew", repaired: Object.keys(deltas).length },
    );
  }
  return undefined;
};

async function* walk(ctx: AuditContext, slug: AuditScope["index"]["slug"], deleted: boolean): AsyncGenerator<Document> {
  let cursor: string | undefined;
  do {
    const page = await ctx.catalog.listDocuments({
      index: slug,
      deleted,
      sort: "updated",
      order: "asc",
      limit: pageSize,
      ...(cursor ? { cursor } : {}),
    });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor);
}

/** Whether a document changed so lately that lists and counts may not agree yet. */
const isMoving = async (ctx: AuditContext, slug: AuditScope["index"]["slug"]): Promise<boolean> => {
  const newest = await Promise.all(
    [false, true].map((deleted) =>
      ctx.catalog.listDocuments({ index: slug, deleted, sort: "updated", order: "desc", limit: 1 }),
    ),
  );
  return newest.some(({ items }) => items[0] && ctx.now() - Date.parse(items[0].updatedAt) <= ctx.graceMs);
};

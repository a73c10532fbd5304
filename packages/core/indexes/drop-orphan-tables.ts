import { decodeTime } from "ulid";
import { type EngineContext, tableOf } from "../kernel/index.ts";

/** A table is made before its build's row, so a young one may still get it. */
const youngMs = 3_600_000;

const parseTable = (table: string): { slug: string; buildId: string } | undefined => {
  const [, slug, buildId] = /^([a-z0-9-]+)\/(bld_[0-9A-Z]{26})$/.exec(table) ?? [];
  return slug && buildId ? { slug, buildId } : undefined;
};

/**
 * Drops tables whose build has no row or was cancelled: what a crash left of a creation or a deletion, or what a writer
 * that was at work wrote after one. Returns their names.
 */
export const dropOrphanTables = async (ctx: EngineContext): Promise<string[]> => {
  const dropped: string[] = [];
  for (const table of await ctx.engine.listTables()) {
    const named = parseTable(table);
    if (!named) continue;
    const build = await ctx.catalog.getBuild(named.slug, named.buildId);
    const isYoung = ctx.now() - decodeTime(named.buildId.slice(4)) < youngMs;
    if (build ? build.status !== "cancelled" : isYoung) continue;
    await ctx.engine.dropTable(tableOf(named.slug, named.buildId));
    dropped.push(table);
  }
  return dropped;
};

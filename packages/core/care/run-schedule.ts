import { followingBuilds } from "../documents/tell-builds.ts";
import { type EngineContext, tableOf, timestamp } from "../kernel/index.ts";
import { auditIndex } from "./audit-index.ts";
import type { AuditContext } from "./audit-parts.ts";

/** An index in which nothing differed is left alone for so long, and a slow check is worth a twentieth of the time. */
const restMs = 10 * 60_000;
const restFactor = 20;

/**
 * Checks indexes that are due until `deadline`: those whose check is under way, that were never checked or whose last
 * check found something, then those that have rested longest. Returns the slugs looked at. One that fails holds up none.
 */
export const auditDueIndexes = async (ctx: AuditContext, deadline: number): Promise<string[]> => {
  const due: { slug: string; since: number }[] = [];
  for (const { slug } of await ctx.catalog.listIndexes()) {
    const [last] = await ctx.catalog.listAudits(slug);
    const claim = await ctx.catalog.getAuditClaim(slug);
    const since = last ? Date.parse(last.audit.at) + last.audit.tookMs : 0;
    const rest = last && last.audit.differences === 0 ? Math.max(restMs, last.audit.tookMs * restFactor) : 0;
    if (claim?.state || ctx.now() - since >= rest) due.push({ slug, since: claim?.state ? 0 : since });
  }
  due.sort((a, b) => a.since - b.since);
  const looked: string[] = [];
  for (const { slug } of due) {
    if (ctx.now() > deadline) break;
    try {
      const index = await ctx.catalog.getIndex(slug);
      const audit = index && (await auditIndex(ctx, index, { by: ctx.actor.name, deadline }));
      if (audit?.differences) ctx.log("warn", "an audit found differences", { audit });
      looked.push(slug);
    } catch (error) {
      ctx.log("error", "an index could not be audited", {
        index: slug,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
  }
  return looked;
};

/** Share of rows that may stay outside the search indices; spelling and speed depend on the rest. */
const unindexedShareMax = 0.02;

/** Compacts the tables that have grown a tail, of all builds that follow changes, and keeps what it did. Returns their names. */
export const maintainTables = async (ctx: EngineContext): Promise<string[]> => {
  const maintained: string[] = [];
  for (const { slug } of await ctx.catalog.listIndexes())
    for (const build of await followingBuilds(ctx, slug)) {
      const table = tableOf(slug, build.id);
      try {
        const stats = await ctx.engine.stats(table);
        if (stats.unindexedRows === 0 || stats.unindexedRows < stats.passages * unindexedShareMax) continue;
        const at = timestamp(ctx);
        const startedAt = ctx.now();
        const { before, after } = await ctx.engine.maintain(table);
        await ctx.catalog.addUpkeep(slug, {
          buildId: build.id,
          at,
          tookMs: ctx.now() - startedAt,
          sizeBytesBefore: before.sizeBytes,
          sizeBytesAfter: after.sizeBytes,
          unindexedBefore: before.unindexedRows,
          unindexedAfter: after.unindexedRows,
        });
        maintained.push(table);
      } catch (error) {
        ctx.log("error", "a table could not be maintained", { table, error: String(error) });
      }
    }
  return maintained;
};

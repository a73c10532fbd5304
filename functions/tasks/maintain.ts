import { dropOrphanTables } from "@samla/core/indexes";
import { tableOf } from "@samla/core/kernel";
import type { Context } from "aws-lambda";
import { createSystemContext } from "../runtime/compose.ts";
import { withEngineByWords } from "../runtime/engine.ts";

/** Share of rows that may stay outside the search indices; spelling and speed depend on the rest. */
const unindexedShareMax = 0.02;

/** Drops tables that no build owns, then compacts those of live builds that have grown a tail, one after another. */
export const handler = async (_: unknown, lambda: Context): Promise<{ maintained: string[] }> => {
  const ctx = await withEngineByWords(createSystemContext(lambda.awsRequestId));
  const dropped = await dropOrphanTables(ctx);
  if (dropped.length) ctx.log("warn", "dropped tables without a build", { dropped });
  const maintained: string[] = [];
  for (const index of await ctx.catalog.listIndexes()) {
    const table = tableOf(index.slug, index.liveBuildId);
    const stats = await ctx.engine.stats(table);
    if (stats.unindexedRows === 0 || stats.unindexedRows < stats.passages * unindexedShareMax) continue;
    const { before, after } = await ctx.engine.maintain(table);
    ctx.log("info", "maintained a table", { table, before, after });
    maintained.push(table);
  }
  return { maintained };
};

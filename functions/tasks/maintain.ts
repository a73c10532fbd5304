import { applyRetention } from "@samla/core/builds";
import { maintainTables } from "@samla/core/care";
import { dropOrphanTables } from "@samla/core/indexes";
import type { Context } from "aws-lambda";
import { createSystemContext } from "../runtime/compose.ts";
import { withEngineByWords } from "../runtime/engine.ts";

/**
 * Deletes superseded builds that are no longer kept and drops tables that no build owns, then compacts those that have
 * grown a tail, one after another: any of them may serve next.
 */
export const handler = async (_: unknown, lambda: Context): Promise<{ maintained: string[] }> => {
  const ctx = await withEngineByWords(createSystemContext(lambda.awsRequestId));
  for (const index of await ctx.catalog.listIndexes()) await applyRetention(ctx, index);
  const dropped = await dropOrphanTables(ctx);
  if (dropped.length) ctx.log("warn", "dropped tables without a build", { dropped });
  const maintained = await maintainTables(ctx);
  if (maintained.length) ctx.log("info", "maintained tables", { maintained });
  return { maintained };
};

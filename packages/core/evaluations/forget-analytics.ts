import type { StorageContext } from "../kernel/index.ts";
import { removeFiles } from "./evaluation-files.ts";

const roundsMax = 50;
const evaluationsPerRound = 100;

/**
 * Removes questions, evaluations and logged searches of a removed index, so many at a time. Returns true when nothing is
 * left. Files go before the rows that name them, so that a crash leaves nothing that nobody knows of.
 */
export const forgetAnalytics = async (ctx: StorageContext, slug: string): Promise<boolean> => {
  for (let round = 0; round < roundsMax; round += 1) {
    const { items } = await ctx.catalog.listEvaluations({ index: slug, limit: evaluationsPerRound });
    for (const one of items) await removeFiles(ctx.objects, one.id);
    const evaluations = await ctx.catalog.forgetEvaluations(slug);
    const queries = await ctx.catalog.forgetQueries(slug);
    if (!evaluations.left && !queries.left) return true;
  }
  return false;
};

import type { CareReport } from "@samla/contracts";
import { type Context, percentileOf } from "../kernel/index.ts";

const sampledDocuments = 20;

/** How long the newest readings took from their bytes being there until searches found them; null when none tells. */
export const freshnessOf = async (
  ctx: Pick<Context, "catalog">,
  index: CareReport["index"],
): Promise<CareReport["freshness"]> => {
  const { items } = await ctx.catalog.listDocuments({
    index,
    status: "ready",
    deleted: false,
    sort: "updated",
    order: "desc",
    limit: sampledDocuments,
  });
  const versions = await Promise.all(items.map((one) => ctx.catalog.getVersion(one.id, one.headVersionId)));
  const lags = versions.flatMap((version) => {
    const arrived = version?.steps.find((step) => step.name === "upload")?.endedAt;
    const found = version?.steps.findLast((step) => step.name === "index")?.endedAt;
    return arrived && found ? [Math.max(0, Date.parse(found) - Date.parse(arrived))] : [];
  });
  const [p50Ms, p95Ms] = [percentileOf(lags, 0.5), percentileOf(lags, 0.95)];
  return p50Ms === undefined || p95Ms === undefined ? null : { documents: lags.length, p50Ms, p95Ms };
};

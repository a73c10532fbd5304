import type { Build, Permission } from "@samla/contracts";
import { requireIndex } from "../documents/access.ts";
import { type Context, type FillRecord, type IndexRecord, notFound } from "../kernel/index.ts";
import { toFill } from "./fill-rules.ts";

/** The build with its index, when the actor holds the permission and may read the index; else `forbidden` or `not_found`. */
export const requireBuild = async (
  ctx: Context,
  input: { index: string; buildId: string },
  permission: Permission,
): Promise<{ index: IndexRecord; build: Build }> => {
  const index = await requireIndex(ctx, input.index, permission);
  const build = await ctx.catalog.getBuild(index.slug, input.buildId);
  if (!build) throw notFound("build", input.buildId);
  return { index, build };
};

/** A build as people see it. */
export const showBuild = (ctx: Pick<Context, "now">, build: Build, fill: FillRecord | undefined): Build => ({
  ...build,
  ...(fill ? { fill: toFill(fill, ctx.now()) } : {}),
});

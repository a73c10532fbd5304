import type { EmbedderInfo } from "@samla/contracts";
import { type EngineContext, requirePermission } from "../kernel/index.ts";

/** The embedders that builds may use, the default first. Throws `forbidden`. */
export const listEmbedders = (ctx: EngineContext): { items: EmbedderInfo[] } => {
  requirePermission(ctx, "builds.read");
  return { items: ctx.embedders.list() };
};

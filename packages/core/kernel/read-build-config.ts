import type { BuildConfig, BuildId } from "@samla/contracts";
import type { Catalog } from "./ports/catalog.ts";

const configs = new Map<string, BuildConfig>();
const configsMax = 1_000;

/** The configuration of a build, read once: it never changes. Undefined when the build is gone. */
export const readBuildConfig = async (
  ctx: { catalog: Pick<Catalog, "getBuild"> },
  slug: string,
  buildId: BuildId,
): Promise<BuildConfig | undefined> => {
  const known = configs.get(buildId);
  if (known) return known;
  const build = await ctx.catalog.getBuild(slug, buildId);
  if (!build) return undefined;
  if (configs.size >= configsMax) configs.clear();
  configs.set(buildId, build.config);
  return build.config;
};

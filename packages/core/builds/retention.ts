import { type Build, canDeleteBuild } from "@samla/contracts";
import { type Context, type EngineContext, Failure, type IndexRecord, systemActor, tableOf } from "../kernel/index.ts";
import { requireBuild } from "./access.ts";

/** Searches that began with a build may still read its table; none runs for so long. */
const graceMs = 60_000;
/** A build that has just been live is kept in any case: two promotions in a row must leave a way back. */
const keptMs = 10 * 60_000;

const supersededFor = (ctx: Pick<Context, "now">, build: Build): number =>
  build.supersededAt ? ctx.now() - Date.parse(build.supersededAt) : Number.POSITIVE_INFINITY;

/** Takes the build's row away. Its table goes at once unless searches may read it; the upkeep drops it then. */
const removeBuild = async (
  ctx: EngineContext,
  build: Build,
  actor: Context["actor"],
  why: { summary: string; reason?: string },
): Promise<void> => {
  await ctx.catalog.deleteBuild(
    build,
    { action: "build.deleted", outcome: "ok", index: build.index, buildId: build.id, ...why },
    actor,
  );
  if (supersededFor(ctx, build) > graceMs) await ctx.engine.dropTable(tableOf(build.index, build.id));
};

/** Deletes superseded builds beyond those that the index keeps, oldest first. Returns their ids. */
export const applyRetention = async (ctx: EngineContext, index: IndexRecord): Promise<string[]> => {
  const superseded = (await ctx.catalog.listBuilds(index.slug))
    .filter((build) => build.status === "superseded" && build.id !== index.liveBuildId)
    .sort((a, b) => supersededFor(ctx, a) - supersededFor(ctx, b));
  const { supersededMax } = index.settings.retention;
  const deleted: string[] = [];
  for (const build of superseded.slice(supersededMax)) {
    if (supersededFor(ctx, build) < keptMs) continue;
    await removeBuild(ctx, build, systemActor, {
      summary: "deleted a superseded build",
      reason: `This index keeps ${supersededMax} superseded ${supersededMax === 1 ? "build" : "builds"}.`,
    });
    deleted.push(build.id);
  }
  return deleted;
};

/** Deletes a build by name. Throws `conflict` for the live one and for one that is being filled. */
export const deleteBuild = async (ctx: EngineContext, input: { index: string; buildId: string }): Promise<void> => {
  const { index, build } = await requireBuild(ctx, input, "builds.write");
  if (build.id === index.liveBuildId || build.status === "live")
    throw new Failure("conflict", "This is the live build: searches read it.", {
      nextStep: "Make another build live first, or delete the whole index.",
    });
  if (!canDeleteBuild(build.status))
    throw new Failure("conflict", `This build is ${build.status}.`, { nextStep: "Cancel it first." });
  await removeBuild(ctx, build, ctx.actor, { summary: `deleted a ${build.status} build` });
};

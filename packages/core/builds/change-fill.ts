import { type Build, followsChanges } from "@samla/contracts";
import { type EngineContext, Failure, type FillRecord, type StorageContext, tableOf } from "../kernel/index.ts";
import { requireBuild, showBuild } from "./access.ts";
import { endFill, restartFill } from "./fill-rules.ts";

type Input = { index: string; buildId: string };

const refuse = (build: Build, what: string, nextStep?: string): Failure =>
  new Failure("conflict", `This build is ${build.status}; ${what}.`, nextStep ? { nextStep } : {});

const walk = (ctx: StorageContext, build: Build, fill: FillRecord): Promise<void> =>
  ctx.queues.sendFill([{ kind: "walk", index: build.index, buildId: build.id, run: fill.run, seen: 0, sent: 0 }]);

/** Holds the filling of a candidate: nothing new is begun, and what is under way stops within moments. */
export const pauseBuild = async (ctx: StorageContext, input: Input): Promise<Build> => {
  const { build: seen } = await requireBuild(ctx, input, "builds.write");
  const result = await ctx.catalog.changeBuild(seen.index, seen.id, ctx.actor, (build, fill) => {
    if (build.status !== "building" || !fill) throw refuse(build, "there is nothing to pause");
    if (fill.state === "paused") return undefined;
    return {
      fill: { ...fill, state: "paused", movedAt: ctx.now() },
      event: {
        action: "build.paused",
        outcome: "ok",
        summary: `paused a build at ${fill.done} of ${fill.total} documents`,
        index: build.index,
        buildId: build.id,
      },
    };
  });
  return showBuild(ctx, result?.build ?? seen, result?.fill);
};

/** Goes on where it was paused. */
export const resumeBuild = async (ctx: StorageContext, input: Input): Promise<Build> => {
  const { build: seen } = await requireBuild(ctx, input, "builds.write");
  const result = await ctx.catalog.changeBuild(seen.index, seen.id, ctx.actor, (build, fill) => {
    if (build.status !== "building" || !fill) throw refuse(build, "there is nothing to go on with");
    if (fill.state !== "paused") return undefined;
    return {
      fill: restartFill(fill, ctx.now()),
      event: {
        action: "build.resumed",
        outcome: "ok",
        summary: `went on filling a build from ${fill.done} of ${fill.total} documents`,
        index: build.index,
        buildId: build.id,
      },
    };
  });
  // Told also when it ran already: the call before this one may have ended between the change and its telling.
  if (result?.fill?.state === "running") await walk(ctx, result.build, result.fill);
  return showBuild(ctx, result?.build ?? seen, result?.fill);
};

/** Gives a candidate up. Workers see it within a second; its table goes at once. */
export const cancelBuild = async (ctx: StorageContext & EngineContext, input: Input): Promise<Build> => {
  const { build: seen } = await requireBuild(ctx, input, "builds.write");
  const result = await ctx.catalog.changeBuild(seen.index, seen.id, ctx.actor, (build, fill) => {
    if (build.status === "cancelled") return undefined;
    if (build.status !== "building")
      throw refuse(build, "there is nothing to cancel", "Delete it instead, if it is no longer needed.");
    return {
      build: { ...build, status: "cancelled" },
      ...(fill ? { fill: endFill(fill, "cancelled", ctx.now()) } : {}),
      event: {
        action: "build.cancelled",
        outcome: "ok",
        summary: `cancelled a build${fill ? ` at ${fill.done} of ${fill.total} documents` : ""}`,
        index: build.index,
        buildId: build.id,
      },
    };
  });
  await ctx.engine.dropTable(tableOf(seen.index, seen.id));
  return showBuild(ctx, result?.build ?? seen, result?.fill);
};

/** Tries the documents again that failed. One that failed wholly is filled again. */
export const retryBuild = async (ctx: StorageContext, input: Input): Promise<Build> => {
  const { build: seen } = await requireBuild(ctx, input, "builds.write");
  const result = await ctx.catalog.changeBuild(seen.index, seen.id, ctx.actor, (build, fill) => {
    if (!fill || (!followsChanges(build.status) && build.status !== "failed"))
      throw refuse(build, "its data are gone", "Start a new build with the same configuration.");
    if (fill.state === "paused") throw refuse(build, "and it is paused", "Let it go on first.");
    if (fill.failed === 0 && build.status !== "failed")
      throw new Failure("conflict", "No document of this build has failed.", {});
    const { failure: _, ...rest } = build;
    return {
      ...(build.status === "failed" ? { build: { ...rest, status: "building" as const } } : {}),
      fill: { ...restartFill(fill, ctx.now()), retryBefore: new Date(ctx.now()).toISOString() },
      event: {
        action: "build.resumed",
        outcome: "ok",
        summary: `tried ${fill.failed} failed ${fill.failed === 1 ? "document" : "documents"} of a build again`,
        index: build.index,
        buildId: build.id,
      },
    };
  });
  if (result?.fill?.state === "running") await walk(ctx, result.build, result.fill);
  return showBuild(ctx, result?.build ?? seen, result?.fill);
};

import { type Build, type BuildConfig, type CreateBuildBody, limits } from "@samla/contracts";
import type { z } from "zod";
import { requireIndex } from "../documents/access.ts";
import { makeVectors } from "../documents/make-vectors.ts";
import {
  type Context,
  type EngineContext,
  Failure,
  type StorageContext,
  tableOf,
  tableSpecOf,
  timestamp,
  WrongVectorsError,
} from "../kernel/index.ts";
import { showBuild } from "./access.ts";
import { checkConfig } from "./check-config.ts";
import { newFill } from "./fill-rules.ts";

/** Documents of an index that belong into a build: those that were read. */
export const countBelonging = async (ctx: Context, index: string): Promise<number> => {
  const { byStatus } = await ctx.catalog.countDocuments(index);
  return byStatus.ready + byStatus.indexing;
};

/** Starts a candidate beside the live build and has it filled. Throws `invalid_request`, `too_large`, `forbidden`. */
export const createBuild = async (
  ctx: StorageContext & EngineContext,
  input: { index: string } & z.output<typeof CreateBuildBody>,
): Promise<Build> => {
  const index = await requireIndex(ctx, input.index, "builds.write");
  checkConfig(ctx, input.config);
  const builds = await ctx.catalog.listBuilds(index.slug);
  const candidates = builds.filter((build) => build.status === "building" || build.status === "ready");
  if (candidates.length >= limits.candidateBuildsMax)
    throw new Failure("too_large", `An index may have at most ${limits.candidateBuildsMax} candidates.`, {
      nextStep: "Promote, cancel or delete one of them first.",
    });
  // The live build's embedder has shown what it gives.
  if (builds.find((one) => one.id === index.liveBuildId)?.config.embedder !== input.config.embedder)
    await requireFittingVectors(ctx, input.config);
  return startBuild(ctx, index.slug, input.config, input.note);
};

const probeMs = 3_000;

/**
 * Asks the embedder for one vector, so that one of a wrong size is told now and not after the first documents. One that is
 * away or slow for the moment is no reason to refuse: the queue tries again. Throws `invalid_request`.
 */
const requireFittingVectors = async (ctx: Pick<EngineContext, "embedders">, config: BuildConfig): Promise<void> => {
  const embedder = ctx.embedders.get(config.embedder);
  if (!embedder || config.dimensions === 0) return;
  const passages = [{ text: "a", headingPath: [] }] as never;
  try {
    await makeVectors(embedder, { title: "", passages }, AbortSignal.timeout(probeMs));
  } catch (error) {
    if (!(error instanceof WrongVectorsError)) return;
    throw new Failure("invalid_request", error.message, {
      nextStep: "Correct the embedder's model or dimensions where it is configured, or choose another embedder.",
      errors: [{ field: "config.embedder", message: "does not give what it says" }],
    });
  }
};

const startBuild = async (
  ctx: StorageContext & EngineContext,
  slug: Build["index"],
  config: BuildConfig,
  note: string,
): Promise<Build> => {
  const build: Build = {
    id: ctx.newId("bld") as Build["id"],
    index: slug,
    status: "building",
    config,
    note,
    createdAt: timestamp(ctx),
    createdBy: ctx.actor.name,
    revision: 1,
  };
  const fill = newFill("running", await countBelonging(ctx, slug), ctx.now());
  await ctx.engine.createTable(tableSpecOf(slug, build.id, config));
  try {
    await ctx.catalog.createBuild(
      build,
      fill,
      { action: "build.created", outcome: "ok", summary: "started a build", index: slug, buildId: build.id },
      ctx.actor,
    );
  } catch (error) {
    await ctx.engine.dropTable(tableOf(slug, build.id));
    throw error;
  }
  await ctx.queues.sendFill([{ kind: "walk", index: slug, buildId: build.id, run: fill.run, seen: 0, sent: 0 }]);
  return showBuild(ctx, build, fill);
};

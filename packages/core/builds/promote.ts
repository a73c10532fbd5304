import {
  type Build,
  canRollBackTo,
  changesOfConfig,
  type Index,
  type PromoteBuildBody,
  type Promotion,
  type PromotionPlan,
  type RollBackIndexBody,
} from "@samla/contracts";
import type { z } from "zod";
import { requireIndex } from "../documents/access.ts";
import { comparableEvaluations } from "../evaluations/index.ts";
import {
  type Context,
  type EngineContext,
  Failure,
  type FillRecord,
  type IndexRecord,
  isFailure,
  notFound,
  readersToldTo,
  readingAs,
  requirePermission,
  type StorageContext,
  timestamp,
} from "../kernel/index.ts";
import { requireBuild } from "./access.ts";
import { countBelonging } from "./create-build.ts";
import { findObstacles } from "./gate.ts";
import { statisticsOf } from "./read-builds.ts";

const attemptsMax = 8;

/** What a promotion would change, and what stands in its way. */
export const planPromotion = async (
  ctx: EngineContext,
  input: { index: string; buildId: string },
): Promise<PromotionPlan> => {
  const { index, build } = await requireBuild(ctx, input, "builds.read");
  const live = await ctx.catalog.getBuild(index.slug, index.liveBuildId);
  if (!live) throw new Failure("internal", `The live build ${index.liveBuildId} of ${index.slug} is missing.`);
  const [judged, statistics, { byStatus }] = await Promise.all([
    judge(ctx, index, build),
    statisticsOf(ctx, live),
    ctx.catalog.countDocuments(index.slug),
  ]);
  const { metrics, obstacles, fill } = judged;
  return {
    liveBuildId: live.id,
    buildId: build.id,
    changes: changesOfConfig(live.config, build.config),
    documents: {
      live: statistics?.documents ?? byStatus.ready,
      candidate: fill?.done ?? 0,
      failed: fill?.failed ?? 0,
      unread: byStatus.failed,
    },
    ...(metrics ? { metrics } : {}),
    gate: index.settings.gate,
    allowed: obstacles.length === 0,
    obstacles,
  };
};

const judge = async (
  ctx: Context,
  index: IndexRecord,
  build: Build,
): Promise<Pick<PromotionPlan, "metrics" | "obstacles"> & { fill: FillRecord | undefined }> => {
  const [fills, belonging, evaluated] = await Promise.all([
    ctx.catalog.getFills([build.id]),
    countBelonging(ctx, index.slug),
    comparableEvaluations(ctx, index.slug, index.liveBuildId, build.id),
  ]);
  const fill = fills.get(build.id);
  const live = evaluated?.live.figures;
  const candidate = evaluated?.candidate.figures;
  const metrics: PromotionPlan["metrics"] =
    evaluated && live && candidate
      ? {
          questions: evaluated.candidate.questions,
          live,
          candidate,
          liveEvaluationId: evaluated.live.id,
          candidateEvaluationId: evaluated.candidate.id,
        }
      : undefined;
  return {
    fill,
    metrics,
    obstacles: findObstacles({
      gate: index.settings.gate,
      build,
      documents: { done: fill?.done ?? 0, failed: fill?.failed ?? 0, belonging },
      measured: metrics,
    }),
  };
};

/**
 * Makes a build live, when the gate lets it through or an administrator passes the gate with a reason. Searches that began
 * before go on with the build they began with. Throws `conflict` when another build is live than the caller saw, or when
 * the gate refuses, and `invalid_request` when a protected index is not named; then the live build stays what it was.
 */
export const promoteBuild = async (
  ctx: StorageContext,
  input: { index: string; buildId: string } & z.output<typeof PromoteBuildBody>,
): Promise<Index> => {
  if (input.override) requirePermission(ctx, "builds.override");
  return switchLive(ctx, input, async (index, live, build) => {
    const { obstacles } = await judge(ctx, index, build);
    const barring = obstacles.filter((one) => !input.override || !one.overridable);
    const [first] = barring;
    if (first)
      throw new Failure("conflict", `The gate refuses this promotion. ${barring.map((one) => one.message).join(" ")}`, {
        nextStep: `${first.nextStep}${first.overridable ? " An administrator may pass the gate with a reason." : ""}`,
      });
    const at = timestamp(ctx);
    const { rolledBack: _r, supersededAt: _s, ...coming } = build;
    const { rolledBackFrom: _f, ...kept } = index;
    const passed = input.override && obstacles.length > 0 ? obstacles.map((one) => one.message) : undefined;
    return {
      index: kept,
      from: { ...live, status: "superseded", supersededAt: at },
      to: { ...coming, status: "live", promotedAt: at },
      promotion: {
        at,
        by: ctx.actor.name,
        kind: "promoted",
        fromBuildId: live.id,
        toBuildId: build.id,
        reason: input.reason,
        ...(passed && input.override ? { override: { reason: input.override.reason, obstacles: passed } } : {}),
      },
      action: "build.promoted",
      summary: `made another build of "${index.name}" live${passed ? ", past the gate" : ""}`,
    };
  });
};

/** Makes a superseded build live again, with all documents as they are today. No gate: it is the way back. */
export const rollBackIndex = async (
  ctx: StorageContext,
  input: { index: string } & z.output<typeof RollBackIndexBody>,
): Promise<Index> => {
  return switchLive(ctx, { ...input, buildId: input.toBuildId }, async (index, live, build) => {
    if (!canRollBackTo(build.status))
      throw new Failure("conflict", `That build is ${build.status}; one goes back to a build that was live.`, {
        nextStep: "Choose a superseded build, or promote this one.",
      });
    const at = timestamp(ctx);
    const by = ctx.actor.name;
    const { rolledBack: _r, supersededAt: _s, ...coming } = build;
    return {
      index: { ...index, rolledBackFrom: { buildId: live.id, at, by, reason: input.reason } },
      from: {
        ...live,
        status: "superseded",
        supersededAt: at,
        rolledBack: { at, by, reason: input.reason, toBuildId: build.id },
      },
      to: { ...coming, status: "live", promotedAt: at },
      promotion: {
        at,
        by,
        kind: "rolled-back",
        fromBuildId: live.id,
        toBuildId: build.id,
        reason: input.reason,
      },
      action: "build.rolled-back",
      summary: `went back to an earlier build of "${index.name}"`,
    };
  });
};

type Switch = {
  index: IndexRecord;
  from: Build;
  to: Build;
  promotion: Promotion;
  action: "build.promoted" | "build.rolled-back";
  summary: string;
};

/** Of a protected index, whoever changes its live build types its short name. */
const requireConfirmation = (index: IndexRecord, confirmName: string | undefined): void => {
  if (index.settings.protection.protected && confirmName !== index.slug)
    throw new Failure("invalid_request", `The index ${index.slug} is protected: type its short name to go on.`, {
      nextStep: `Give "${index.slug}" as the confirmation.`,
      errors: [{ field: "confirmName", message: `must be ${index.slug}` }],
    });
};

/** One compare-and-set; asked anew while only something else than the live build has changed in between. */
const switchLive = async (
  ctx: StorageContext,
  input: {
    index: string;
    buildId: string;
    expectedLiveBuildId: string;
    reason: string;
    confirmName?: string | undefined;
  },
  decide: (index: IndexRecord, live: Build, build: Build) => Promise<Switch>,
): Promise<Index> => {
  for (let attempt = 0; ; attempt += 1) {
    const index = await requireIndex(ctx, input.index, "builds.write");
    requireConfirmation(index, input.confirmName);
    const builds = await ctx.catalog.listBuilds(index.slug);
    const live = builds.find((one) => one.id === index.liveBuildId);
    const build = builds.find((one) => one.id === input.buildId);
    if (!live) throw new Failure("internal", `The live build ${index.liveBuildId} of ${index.slug} is missing.`);
    if (!build) throw notFound("build", input.buildId);
    if (live.id !== input.expectedLiveBuildId) throw await overtaken(ctx, index, live);
    const next = await decide(index, live, build);
    const changed: IndexRecord = {
      ...next.index,
      liveBuildId: build.id,
      language: build.config.language,
      updatedAt: next.promotion.at,
      revision: index.revision + 1,
    };
    try {
      await ctx.catalog.switchLive(
        {
          index: changed,
          from: { ...next.from, revision: live.revision + 1 },
          to: { ...next.to, revision: build.revision + 1 },
          promotion: next.promotion,
          event: {
            action: next.action,
            outcome: "ok",
            summary: next.summary,
            index: index.slug,
            buildId: build.id,
            reason: input.reason,
            data: {
              before: live.id,
              after: build.id,
              ...(next.promotion.override ? { override: next.promotion.override } : {}),
            },
          },
        },
        ctx.actor,
      );
    } catch (error) {
      if (!isFailure(error) || error.code !== "conflict" || attempt >= attemptsMax) throw error;
      continue;
    }
    await afterSwitch(ctx, changed);
    const readers = readersToldTo(ctx.actor, "indexes.write", changed.readers);
    return {
      ...changed,
      readers,
      documents: (await ctx.catalog.countDocuments(index.slug, readingAs(ctx.actor))).total,
    };
  }
};

/** Lets documents show what the new live build holds of them. It is live already: trouble here undoes nothing. */
const afterSwitch = async (ctx: StorageContext, index: IndexRecord): Promise<void> => {
  try {
    await ctx.queues.sendFill([{ kind: "mirror", index: index.slug, buildId: index.liveBuildId }]);
  } catch (error) {
    ctx.log("warn", "documents still show what the former build held", { index: index.slug, error: String(error) });
  }
};

const overtaken = async (ctx: Context, index: IndexRecord, live: Build): Promise<Failure> => {
  const [last] = await ctx.catalog.listPromotions(index.slug, 1);
  const who = last
    ? ` ${last.by} ${last.kind === "rolled-back" ? "went back to it" : "promoted it"} at ${last.at}.`
    : "";
  return new Failure("conflict", `Another build is live by now: ${live.id}.${who}`, {
    nextStep: "Look at what is live now and decide again.",
  });
};

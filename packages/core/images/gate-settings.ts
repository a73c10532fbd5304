import {
  type EndWaiverBody,
  type GateSettings,
  imageLimits,
  type SetGateBody,
  type WaiveBody,
  type Waiver,
} from "@samla/contracts";
import type { z } from "zod";
import { Failure, type NewEvent, notFound, requirePermission, timestamp } from "../kernel/index.ts";
import { actorOf, type ImageContext, requireRepository } from "./context.ts";
import { readGate } from "./gate.ts";

const dayMs = 86_400_000;

const changed = (agent: string): Failure =>
  new Failure("conflict", `Somebody else changed the gate of ${agent} at the same moment.`, {
    nextStep: "Look at what it is now, and decide again.",
  });

const save = async (ctx: ImageContext, settings: GateSettings, event: NewEvent): Promise<GateSettings> => {
  const next = { ...settings, revision: settings.revision + 1 };
  if (!(await ctx.gates.putGate(next, event, actorOf(ctx)))) throw changed(settings.agent);
  return next;
};

/** Threshold, images to keep and waivers of an agent. */
export const getGateSettings = async (ctx: ImageContext, input: { agent: string }): Promise<GateSettings> => {
  requirePermission(ctx, "agents.read");
  requireRepository(ctx, input.agent);
  return readGate(ctx, input.agent);
};

/** Sets from which severity on a finding stands in the way. Throws `conflict` when it is no longer as it was read. */
export const setGate = async (
  ctx: ImageContext,
  input: { agent: string } & z.output<typeof SetGateBody>,
): Promise<GateSettings> => {
  requirePermission(ctx, "images.gate");
  requireRepository(ctx, input.agent);
  const before = await readGate(ctx, input.agent);
  if (before.revision !== input.revision) throw changed(input.agent);
  const { threshold, keepReleases } = input;
  return save(
    ctx,
    { ...before, threshold, keepReleases },
    {
      action: "image.gate-changed",
      outcome: "ok",
      summary: `set the gate of ${input.agent} to ${threshold}`,
      agent: input.agent,
      reason: input.reason,
      data: {
        before: { threshold: before.threshold, keepReleases: before.keepReleases },
        after: { threshold, keepReleases },
      },
    },
  );
};

/** Waives a finding in an agent's images until a day. Throws `invalid_request` naming the field. */
export const waiveFinding = async (
  ctx: ImageContext,
  input: { agent: string } & z.output<typeof WaiveBody>,
): Promise<GateSettings> => {
  requirePermission(ctx, "images.waive");
  requireRepository(ctx, input.agent);
  const aheadMs = Date.parse(input.until) - ctx.now();
  if (aheadMs <= 0 || aheadMs > imageLimits.waiverDaysMax * dayMs)
    throw new Failure("invalid_request", `A waiver ends in the next ${imageLimits.waiverDaysMax} days.`, {
      nextStep: "Choose an end date by which the finding is to be mended.",
      errors: [{ field: "until", message: `must lie in the next ${imageLimits.waiverDaysMax} days` }],
    });
  const before = await readGate(ctx, input.agent);
  if (before.waivers.filter(({ state }) => state === "active").length >= imageLimits.waiversMax)
    throw new Failure("conflict", `${input.agent} has ${imageLimits.waiversMax} waivers already.`, {
      nextStep: "End those that are no longer needed.",
    });
  const waiver: Waiver = {
    id: ctx.newId("wai"),
    findingId: input.findingId,
    ...(input.package === undefined ? {} : { package: input.package }),
    owner: input.owner,
    reason: input.reason,
    from: timestamp(ctx),
    until: new Date(Date.parse(input.until)).toISOString(),
    by: actorOf(ctx),
    state: "active",
  };
  // The row stays small: what has ended longest ago goes; the timeline keeps it.
  const waivers = [waiver, ...before.waivers].slice(0, imageLimits.waiversMax * 2);
  return save(
    ctx,
    { ...before, waivers },
    {
      action: "image.waived",
      outcome: "ok",
      summary: `waived ${input.findingId} for ${input.agent} until ${waiver.until.slice(0, 10)}; ${input.owner} answers for it`,
      agent: input.agent,
      reason: input.reason,
      data: { waiver },
    },
  );
};

/** Ends a waiver before its day. */
export const endWaiver = async (
  ctx: ImageContext,
  input: { agent: string; waiverId: string } & z.output<typeof EndWaiverBody>,
): Promise<GateSettings> => {
  requirePermission(ctx, "images.waive");
  requireRepository(ctx, input.agent);
  const before = await readGate(ctx, input.agent);
  const waiver = before.waivers.find(({ id }) => id === input.waiverId);
  if (!waiver) throw notFound("waiver", input.waiverId);
  if (waiver.state !== "active") return before;
  const ended: Waiver = {
    ...waiver,
    state: "ended",
    endedAt: timestamp(ctx),
    endedBy: actorOf(ctx),
    endReason: input.reason,
  };
  return save(
    ctx,
    { ...before, waivers: before.waivers.map((one) => (one.id === ended.id ? ended : one)) },
    {
      action: "image.waiver-ended",
      outcome: "ok",
      summary: `ended the waiver of ${waiver.findingId} for ${input.agent}`,
      agent: input.agent,
      reason: input.reason,
      data: { waiver: ended },
    },
  );
};

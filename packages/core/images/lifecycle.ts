import {
  keepTagPrefix,
  type LifecycleRule,
  type LifecycleSimulation,
  type LifecycleView,
  type Protection,
  type SetLifecycleBody,
} from "@samla/contracts";
import type { z } from "zod";
import { Failure, type ImageState, requirePermission, timestamp } from "../kernel/index.ts";
import { actorOf, type ImageContext, requireRepository } from "./context.ts";
import { readGate } from "./gate.ts";
import { keepImagesOf } from "./keep-images.ts";
import { policyOf, rulesOf, simulateRules } from "./lifecycle-rules.ts";
import { readUses } from "./uses.ts";

const because: Record<Protection, string> = {
  running: "tasks run it",
  releasing: "it is being released",
  pinned: "the agent is pinned to it",
  "roll-back": "one can roll back to it",
};

const withoutKeepTags = (image: ImageState): ImageState => ({
  ...image,
  tags: image.tags.filter((tag) => !tag.startsWith(keepTagPrefix)),
});

/** What rules would take now. Throws `unavailable` when it cannot be read what is in use: then nothing is free to go. */
const simulate = async (
  ctx: ImageContext,
  agent: string,
  rules: readonly LifecycleRule[],
): Promise<LifecycleSimulation> => {
  const gate = await readGate(ctx, agent);
  const [all, quarantined, uses] = await Promise.all([
    ctx.registry.listImages(agent),
    ctx.ledger.listQuarantined(agent),
    readUses(ctx, agent, gate.keepReleases),
  ]);
  // Their tag keeps them from every rule until their day.
  const deleted = new Set(quarantined.map(({ digest }) => digest));
  const images = all.filter(({ digest }) => !deleted.has(digest));
  const isProtected = ({ digest }: ImageState): boolean => uses.of(digest).protectedBy.length > 0;
  const { expires, spared } = simulateRules(rules, images.map(withoutKeepTags), isProtected, ctx.now());
  const line = ({ image, rule }: { image: ImageState; rule: number }) => ({
    digest: image.digest,
    tags: image.tags,
    pushedAt: image.pushedAt,
    sizeBytes: image.sizeBytes,
    rule,
  });
  return {
    at: timestamp(ctx),
    images: images.length,
    sizeBytes: images.reduce((sum, image) => sum + image.sizeBytes, 0),
    expires: expires.map((one) => ({
      ...line(one),
      ...(one.image.pulledAt === undefined ? {} : { pulledAt: one.image.pulledAt }),
    })),
    spared: spared.map((one) => {
      const by = uses.of(one.image.digest).protectedBy;
      return { ...line(one), by, because: `It stays: ${by.map((name) => because[name]).join(", ")}.` };
    }),
    freedBytes: expires.reduce((sum, { image }) => sum + image.sizeBytes, 0),
    problems: [],
  };
};

/** The repository's rules and what they would take now. */
export const getLifecycle = async (ctx: ImageContext, input: { agent: string }): Promise<LifecycleView> => {
  requirePermission(ctx, "agents.read");
  requireRepository(ctx, input.agent);
  const policyText = await ctx.registry.getLifecyclePolicy(input.agent);
  const known = rulesOf(policyText);
  const simulation = await simulate(ctx, input.agent, known?.rules ?? []);
  if (!known) simulation.problems.push("The policy in ECR has rules that SAMLA cannot read; saving replaces them.");
  return {
    rules: known?.rules ?? [],
    keepsProtected: known?.keepsProtected ?? false,
    ...(policyText === undefined ? {} : { policyText }),
    simulation,
  };
};

/** What rules that are not saved would take. Nothing changes. */
export const simulateLifecycle = async (
  ctx: ImageContext,
  input: { agent: string; rules: LifecycleRule[] },
): Promise<LifecycleSimulation> => {
  requirePermission(ctx, "agents.read");
  requireRepository(ctx, input.agent);
  return simulate(ctx, input.agent, input.rules);
};

/** Saves rules, behind the one that keeps what is protected. Throws `conflict` when others were saved meanwhile. */
export const setLifecycle = async (
  ctx: ImageContext,
  input: { agent: string } & z.output<typeof SetLifecycleBody>,
): Promise<LifecycleView> => {
  requirePermission(ctx, "images.lifecycle");
  requireRepository(ctx, input.agent);
  const before = await ctx.registry.getLifecyclePolicy(input.agent);
  if ((before ?? "") !== input.policyText)
    throw new Failure("conflict", `Somebody else changed the rules of ${input.agent}.`, {
      nextStep: "Look at what they are now, and decide again.",
    });
  // Tags first: a rule may be applied as soon as it is there.
  await keepImagesOf(ctx, input.agent);
  await ctx.registry.putLifecyclePolicy(input.agent, policyOf(input.rules));
  const gate = await readGate(ctx, input.agent);
  await ctx.gates.putGate(
    { ...gate, revision: gate.revision + 1 },
    {
      action: "image.lifecycle-changed",
      outcome: "ok",
      summary: `changed which images of ${input.agent} are removed`,
      agent: input.agent,
      reason: input.reason,
      data: { before: rulesOf(before)?.rules ?? before, after: input.rules },
    },
    actorOf(ctx),
  );
  return getLifecycle(ctx, input);
};

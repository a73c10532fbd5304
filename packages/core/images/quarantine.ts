import {
  type DeleteImageBody,
  type EventActor,
  type ImageItem,
  keepTagPrefix,
  type Protection,
  quarantineTagPrefix,
  type RestoreImageBody,
} from "@samla/contracts";
import type { z } from "zod";
import {
  Failure,
  type NewEvent,
  notFound,
  type QuarantinedImage,
  requirePermission,
  timestamp,
} from "../kernel/index.ts";
import { actorOf, type ImageContext, requireRepository } from "./context.ts";
import { readGate } from "./gate.ts";
import { imageItem } from "./list-images.ts";
import { readUses, type Uses } from "./uses.ts";

type Named = { agent: string; digest: string };

const dayMs = 86_400_000;
const hexOf = (digest: string): string => digest.slice("sha256:".length, 19);
const quarantineTagOf = (digest: string): string => `${quarantineTagPrefix}${hexOf(digest)}`;
const peoplesTags = (tags: readonly string[]): string[] => tags.filter((tag) => !tag.startsWith(keepTagPrefix));

/** How an image is called in sentences. */
export const nameOfImage = ({ digest, tags }: { digest: string; tags: readonly string[] }): string =>
  peoplesTags(tags)[0] ?? digest.slice(0, 19);

const whyOf: Record<Protection, string> = {
  running: "tasks run it",
  releasing: "it is being released",
  pinned: "the agent is pinned to it",
  "roll-back": "one can roll back to it",
};

const reasonsOf = (uses: Uses, digest: string): string[] => uses.of(digest).protectedBy.map((by) => whyOf[by]);

/** Makes the registry say what the row says: one tag of ours that keeps it from rules, and none of people's. Idempotent. */
const takeTags = async (ctx: Pick<ImageContext, "registry" | "ledger">, { agent, digest }: Named): Promise<void> => {
  const image = await ctx.registry.getImage(agent, digest);
  if (!image) return;
  const mark = quarantineTagOf(digest);
  if (!image.tags.includes(mark)) await ctx.registry.addTag(agent, digest, mark);
  for (const tag of image.tags) if (tag !== mark) await ctx.registry.removeTag(agent, tag);
  await ctx.ledger.settleQuarantined(agent, digest);
};

/** Gives tags back, except those that another image has got since. An image that had none gets one, as ours must not be its last. */
const giveTags = async (ctx: Pick<ImageContext, "registry">, one: QuarantinedImage): Promise<string[]> => {
  const images = await ctx.registry.listImages(one.agent);
  const image = images.find(({ digest }) => digest === one.digest);
  if (!image) throw notFound("image", one.digest);
  const taken = new Set(images.flatMap(({ digest, tags }) => (digest === one.digest ? [] : tags)));
  const free = one.tags.filter((tag) => !taken.has(tag));
  const already = peoplesTags(image.tags);
  const wanted = free.length + already.length > 0 ? free : [`restored-${hexOf(one.digest)}`];
  for (const tag of wanted) if (!image.tags.includes(tag)) await ctx.registry.addTag(one.agent, one.digest, tag);
  if (image.tags.includes(quarantineTagOf(one.digest)))
    await ctx.registry.removeTag(one.agent, quarantineTagOf(one.digest));
  return [...new Set([...already, ...wanted])];
};

/**
 * Puts an image into quarantine: it loses its tags, cannot be released, and is removed for good on its day. One that runs,
 * is being released, is pinned or can be rolled back to is refused.
 * @throws Failure `conflict` naming what uses it; of what cannot be read, since then nothing is free to go
 */
export const deleteImage = async (
  ctx: ImageContext,
  input: Named & z.output<typeof DeleteImageBody>,
): Promise<ImageItem> => {
  requirePermission(ctx, "images.delete");
  requireRepository(ctx, input.agent);
  const { agent, digest } = input;
  const image = await ctx.registry.getImage(agent, digest);
  if (!image) throw notFound("image", digest);
  const gate = await readGate(ctx, agent);
  const uses = await readUses(ctx, agent, gate.keepReleases);
  const reasons = reasonsOf(uses, digest);
  if (reasons.length > 0)
    throw new Failure("conflict", `${nameOfImage(image)} cannot be deleted: ${reasons.join(", ")}.`, {
      nextStep: "Release another image, unpin the agent, or keep fewer releases to roll back to.",
    });
  const record: QuarantinedImage = {
    agent,
    digest,
    tags: peoplesTags(image.tags),
    reason: input.reason,
    by: actorOf(ctx),
    at: timestamp(ctx),
    purgeAt: new Date(ctx.now() + input.days * dayMs).toISOString(),
    isSettled: false,
  };
  const added = await ctx.ledger.addQuarantined(
    record,
    {
      action: "image.deleted",
      outcome: "ok",
      summary: `deleted the image ${nameOfImage(image)} of ${agent}; it can be restored until ${record.purgeAt.slice(0, 10)}`,
      agent,
      imageDigest: digest as NewEvent["imageDigest"],
      reason: input.reason,
      data: { tags: record.tags, purgeAt: record.purgeAt, sizeBytes: image.sizeBytes },
    },
    record.by,
  );
  if (!added)
    throw new Failure("conflict", `${nameOfImage(image)} is in quarantine already.`, {
      nextStep: "Restore it, or let it be removed on its day.",
    });
  await takeTags(ctx, input);
  const now = (await ctx.registry.getImage(agent, digest)) ?? image;
  return imageItem(ctx, agent, now, uses, record);
};

const end = (
  ctx: ImageContext,
  one: QuarantinedImage,
  event: Pick<NewEvent, "action" | "summary"> & { reason?: string; data?: Record<string, unknown> },
  actor: EventActor,
): Promise<boolean> =>
  ctx.ledger.endQuarantined(
    one.agent,
    one.digest,
    { outcome: "ok", agent: one.agent, imageDigest: one.digest as NewEvent["imageDigest"], ...event },
    actor,
  );

/** Takes an image out of quarantine, with the tags it had. Throws `not_found` when it is in none, or removed already. */
export const restoreImage = async (
  ctx: ImageContext,
  input: Named & z.output<typeof RestoreImageBody>,
): Promise<ImageItem> => {
  requirePermission(ctx, "images.delete");
  requireRepository(ctx, input.agent);
  const { agent, digest } = input;
  const one = await ctx.ledger.getQuarantined(agent, digest);
  if (!one)
    throw new Failure("not_found", "The image is not in quarantine.", {
      nextStep: "It was restored by somebody else, or its day has come and it was removed; the history tells.",
    });
  const tags = await giveTags(ctx, one);
  const lost = one.tags.filter((tag) => !tags.includes(tag));
  await end(
    ctx,
    one,
    {
      action: "image.restored",
      summary: `restored the image ${tags[0] ?? digest.slice(0, 19)} of ${agent}${lost.length > 0 ? `, without ${lost.join(", ")}, which another image has` : ""}`,
      reason: input.reason,
      data: { tags, lost },
    },
    actorOf(ctx),
  );
  const gate = await readGate(ctx, agent);
  const [image, uses] = await Promise.all([
    ctx.registry.getImage(agent, digest),
    readUses(ctx, agent, gate.keepReleases),
  ]);
  if (!image) throw notFound("image", digest);
  return imageItem(ctx, agent, image, uses);
};

export type Quarantined = { restored: number; purged: number };

/**
 * Brings an agent's quarantine to where it should be: finishes what a crash left, restores what is in use or was pushed
 * again, and removes what has had its days. Idempotent; asks once more what is in use before anything is removed.
 * @throws Failure when it cannot be read what is in use; then nothing is removed
 */
export const settleQuarantine = async (ctx: ImageContext, agent: string): Promise<Quarantined> => {
  const counts: Quarantined = { restored: 0, purged: 0 };
  const records = await ctx.ledger.listQuarantined(agent);
  if (records.length === 0) return counts;
  const gate = await readGate(ctx, agent);
  const [images, uses] = await Promise.all([ctx.registry.listImages(agent), readUses(ctx, agent, gate.keepReleases)]);
  const actor = actorOf(ctx);
  for (const one of records) {
    const image = images.find(({ digest }) => digest === one.digest);
    const name = nameOfImage(one);
    const days = `as ${one.by.name} deleted it on ${one.at.slice(0, 10)}`;
    if (!image) {
      if (
        await end(
          ctx,
          one,
          { action: "image.purged", summary: `removed the image ${name} of ${agent} for good, ${days}` },
          actor,
        )
      )
        counts.purged += 1;
      continue;
    }
    const reasons = reasonsOf(uses, one.digest);
    const isPushedAgain = one.isSettled && peoplesTags(image.tags).length > 0;
    if (reasons.length > 0 || isPushedAgain) {
      const tags = await giveTags(ctx, one);
      const why = reasons.length > 0 ? reasons.join(", ") : "it was pushed again";
      await end(
        ctx,
        one,
        { action: "image.restored", summary: `restored the image ${name} of ${agent}: ${why}`, data: { tags } },
        actor,
      );
      counts.restored += 1;
    } else if (Date.parse(one.purgeAt) <= ctx.now()) {
      await ctx.registry.deleteImage(agent, one.digest);
      await end(
        ctx,
        one,
        {
          action: "image.purged",
          summary: `removed the image ${name} of ${agent} for good, ${days}`,
          reason: one.reason,
        },
        actor,
      );
      counts.purged += 1;
    } else if (!one.isSettled) await takeTags(ctx, one);
  }
  return counts;
};

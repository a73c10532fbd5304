import { keepTagPrefix } from "@samla/contracts";
import { isFailure } from "../kernel/index.ts";
import type { ImageContext } from "./context.ts";
import { readGate } from "./gate.ts";
import { noticeImages } from "./notice-images.ts";
import { settleQuarantine } from "./quarantine.ts";
import { protectedDigests, readUses } from "./uses.ts";

/** Immutable repositories give a tag to one image only, so each has its own. */
export const keepTagOf = (digest: string): string => `${keepTagPrefix}${digest.slice("sha256:".length, 19)}`;

/** Tags one image, so that no rule takes it. */
export const keepImage = async (ctx: Pick<ImageContext, "registry">, agent: string, digest: string): Promise<void> => {
  const image = await ctx.registry.getImage(agent, digest);
  const tag = keepTagOf(digest);
  if (image && !image.tags.includes(tag)) await ctx.registry.addTag(agent, digest, tag);
};

/**
 * Makes an agent's keep tags those of its protected images: missing ones are added before others are taken off, and an
 * image whose only tag it is keeps it, since without tags it would be gone by the rule for untagged ones. Idempotent.
 * @throws Failure when it cannot be read what is in use; then no tag is taken off
 */
export const keepImagesOf = async (ctx: ImageContext, agent: string): Promise<{ added: number; removed: number }> => {
  const gate = await readGate(ctx, agent);
  const [images, uses] = await Promise.all([ctx.registry.listImages(agent), readUses(ctx, agent, gate.keepReleases)]);
  const wanted = new Set(protectedDigests(uses));
  let [added, removed] = [0, 0];
  for (const { digest, tags } of images)
    if (wanted.has(digest) && !tags.includes(keepTagOf(digest))) {
      await ctx.registry.addTag(agent, digest, keepTagOf(digest));
      added += 1;
    }
  for (const { digest, tags } of images)
    if (!wanted.has(digest) && tags.includes(keepTagOf(digest)) && tags.length > 1) {
      await ctx.registry.removeTag(agent, keepTagOf(digest));
      removed += 1;
    }
  return { added, removed };
};

export type KeptImages = {
  added: number;
  removed: number;
  restored: number;
  purged: number;
  told: number;
  failed: string[];
};

/**
 * What a schedule asks of all agents: the timeline hears what became of images, those in use are protected, and the
 * quarantine is settled. One agent that fails keeps none back.
 */
export const keepImages = async (ctx: ImageContext): Promise<KeptImages> => {
  const done: KeptImages = { added: 0, removed: 0, restored: 0, purged: 0, told: 0, failed: [] };
  for (const agent of ctx.platform.names)
    try {
      const { added, removed } = await keepImagesOf(ctx, agent);
      done.added += added;
      done.removed += removed;
      const { restored, purged } = await settleQuarantine(ctx, agent);
      done.restored += restored;
      done.purged += purged;
      done.told += await noticeImages(ctx, agent);
    } catch (error) {
      // An agent without a repository has nothing to keep.
      if (isFailure(error) && error.code === "not_found") continue;
      done.failed.push(agent);
      ctx.log("error", "images could not be protected", { agent, error: String(error) });
    }
  return done;
};

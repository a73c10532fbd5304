import { canRollBackToRelease, type ImageItem, type Protection } from "@samla/contracts";
import type { ImageContext } from "./context.ts";

const releasesMax = 200;

type Use = Pick<ImageItem, "runs" | "releases" | "protectedBy">;
export type Uses = { of(digest: string): Use; digests: string[] };

/**
 * What uses an agent's images: tasks that run or start, the release under way, the pin, and the releases that one could go
 * back to. `keepReleases` says how many of these protect their image.
 * @throws Failure of what cannot be read; then nobody may say that an image is free to go
 */
export const readUses = async (ctx: ImageContext, agent: string, keepReleases: number): Promise<Uses> => {
  const [row, { items: releases }, tasks] = await Promise.all([
    ctx.agents.getAgent(agent),
    ctx.agents.listReleases(agent, { limit: releasesMax }),
    ctx.containers.listTasks(`samla-${ctx.platform.stage}-${agent}`, "RUNNING"),
  ]);
  const uses = new Map<string, Use>();
  const useOf = (digest: string): Use => {
    const found = uses.get(digest) ?? { runs: [], releases: [], protectedBy: [] };
    uses.set(digest, found);
    return found;
  };
  const protect = (digest: string, by: Protection): void => {
    const { protectedBy } = useOf(digest);
    if (!protectedBy.includes(by)) protectedBy.push(by);
  };
  for (const task of tasks) {
    const release = releases.find(({ id }) => id === task.tags.release);
    const digest = task.imageDigest ?? release?.image.digest;
    if (digest === undefined) continue;
    useOf(digest).runs.push({ agent, taskId: task.id, ...(release ? { releaseId: release.id } : {}) });
    protect(digest, "running");
  }
  let kept = 0;
  for (const one of releases) {
    const canRollBack = canRollBackToRelease(one.status);
    useOf(one.image.digest).releases.push({
      agent,
      releaseId: one.id,
      n: one.n,
      status: one.status,
      at: one.createdAt,
      canRollBack,
    });
    if (one.id === row?.liveReleaseId) protect(one.image.digest, "running");
    if (one.id === row?.busy?.releaseId) protect(one.image.digest, "releasing");
    if (one.id === row?.pin?.releaseId) protect(one.image.digest, "pinned");
    if (canRollBack && kept < keepReleases) {
      kept += 1;
      protect(one.image.digest, "roll-back");
    }
  }
  const none: Use = { runs: [], releases: [], protectedBy: [] };
  return { of: (digest) => uses.get(digest) ?? none, digests: [...uses.keys()] };
};

/** Digests that no rule may take. */
export const protectedDigests = (uses: Uses): string[] =>
  uses.digests.filter((digest) => uses.of(digest).protectedBy.length > 0);

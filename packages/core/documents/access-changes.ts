import type { Document } from "@samla/contracts";
import type { AccessChange, Context, StorageContext } from "../kernel/index.ts";
import { followingBuilds } from "./tell-builds.ts";

/** Changes that are read at once; more are on their way only when very many documents are changed together. */
export const accessChangesMax = 20_000;

const carries = (document: Document | undefined, change: AccessChange): boolean =>
  document === undefined ||
  [...new Set<string>(document.readers ?? [])].sort().join("\n") === (change.readers ?? []).join("\n");

/**
 * Tells that the build's table was just written with these documents as they were read before. Once every build that may
 * serve carries a change of readers, searches need not look out for it any more.
 */
export const settleAccessChanges = async (
  ctx: Pick<Context, "catalog">,
  index: string,
  buildId: string,
  written: ReadonlyMap<string, Document | undefined>,
): Promise<void> => {
  const changes = await ctx.catalog.listAccessChanges({ index, limit: accessChangesMax });
  const ours = changes.filter(
    (change) => written.has(change.documentId) && carries(written.get(change.documentId), change),
  );
  if (ours.length === 0) return;
  const noted = await Promise.all(ours.map((change) => ctx.catalog.noteAccessWritten(change, buildId)));
  // Looked up after the notes, so that a build which began in between is waited for.
  const builds = await followingBuilds(ctx, index);
  for (const change of noted)
    if (change && builds.every((build) => change.written.includes(build.id)))
      await ctx.catalog.settleAccessChange(change);
};

/** Asks again for tables that do not carry a change made before `olderThan`, as after a crash. Returns how many. */
export const resumeAccessChanges = async (
  ctx: Pick<StorageContext, "catalog" | "queues">,
  olderThan: string,
  limit: number,
): Promise<number> => {
  const changes = (await ctx.catalog.listAccessChanges({ limit: accessChangesMax }))
    .filter((change) => change.at < olderThan)
    .slice(0, limit);
  for (const [index, ofIndex] of Map.groupBy(changes, (change) => change.index)) {
    const builds = (await ctx.catalog.getIndex(index)) ? await followingBuilds(ctx, index) : [];
    for (const change of ofIndex) {
      const left = builds.filter((build) => !change.written.includes(build.id));
      if (left.length === 0) await ctx.catalog.settleAccessChange(change);
      else
        await ctx.queues.sendIndex(left.map((build) => ({ index, buildId: build.id, documentId: change.documentId })));
    }
  }
  return changes.length;
};

import { type Build, type Document, followsChanges } from "@samla/contracts";
import type { StorageContext } from "../kernel/index.ts";

type TellContext = Pick<StorageContext, "catalog" | "queues">;

/** The builds whose tables follow every change of the index's documents. */
export const followingBuilds = async (ctx: Pick<StorageContext, "catalog">, index: string): Promise<Build[]> =>
  (await ctx.catalog.listBuilds(index)).filter((build) => followsChanges(build.status));

/** Tells the writers of all builds that follow changes that the document's row has changed. */
export const tellBuilds = async (ctx: TellContext, document: Pick<Document, "id" | "index">): Promise<void> => {
  const builds = await followingBuilds(ctx, document.index);
  await ctx.queues.sendIndex(
    builds.map((build) => ({ index: document.index, buildId: build.id, documentId: document.id })),
  );
};

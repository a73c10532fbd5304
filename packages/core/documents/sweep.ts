import type { Document } from "@samla/contracts";
import { objectKeys, type StorageContext } from "../kernel/index.ts";
import { acceptObject } from "./accept-object.ts";
import { cancelUpload } from "./resume-upload.ts";

const minutes = (ctx: StorageContext, count: number): string => new Date(ctx.now() - count * 60_000).toISOString();

const purge = async (ctx: StorageContext, document: Document): Promise<void> => {
  await ctx.objects.deletePrefix(objectKeys.document(document.id));
  await ctx.catalog.purgeDocument(
    document,
    {
      action: "document.purged",
      outcome: "ok",
      summary: `removed "${document.name}" for good`,
      index: document.index,
      documentId: document.id,
    },
    ctx.actor,
  );
};

/**
 * Puts right what a crash left behind: re-queues versions that nobody works on, cancels uploads abandoned for a day and
 * purges documents whose time to undo has passed. Returns what it did.
 */
export const sweep = async (ctx: StorageContext): Promise<{ requeued: number; abandoned: number; purged: number }> => {
  const done = { requeued: 0, abandoned: 0, purged: 0 };
  for (const slug of await ctx.catalog.listRemovedIndexes()) {
    const documents = await ctx.catalog.listAnyDocuments(slug, 100);
    for (const document of documents) {
      await purge(ctx, document);
      done.purged += 1;
    }
    if (documents.length === 0) await ctx.catalog.forgetRemovedIndex(slug);
  }
  for (const index of await ctx.catalog.listIndexes()) {
    for (const status of ["queued", "extracting"] as const)
      for (const document of await ctx.catalog.listStale(index.slug, status, minutes(ctx, 3), 100)) {
        const version = await ctx.catalog.getVersion(document.id, document.headVersionId);
        if (!version || (version.lease && version.lease.until > ctx.now())) continue;
        await ctx.queues.sendProcess({ documentId: document.id, versionId: version.id });
        done.requeued += 1;
      }
    for (const document of await ctx.catalog.listStale(index.slug, "indexing", minutes(ctx, 3), 100)) {
      await ctx.queues.sendIndex([{ index: index.slug, buildId: index.liveBuildId, documentId: document.id }]);
      done.requeued += 1;
    }
    for (const document of await ctx.catalog.listStale(index.slug, "uploading", minutes(ctx, 60), 100)) {
      const version = await ctx.catalog.getVersion(document.id, document.headVersionId);
      if (!version) continue;
      // The object event may have been lost with its queue; the object itself is the proof.
      if (await ctx.objects.head(objectKeys.source(document.id, version.id))) {
        await acceptObject(ctx, { documentId: document.id, versionId: version.id, sizeBytes: version.sizeBytes });
        await ctx.queues.sendProcess({ documentId: document.id, versionId: version.id });
        done.requeued += 1;
      } else if (document.updatedAt < minutes(ctx, 24 * 60)) {
        await cancelUpload(ctx, document.id, version);
        done.abandoned += 1;
      }
    }
    for (const document of await ctx.catalog.listPurgeable(index.slug, new Date(ctx.now()).toISOString(), 100)) {
      await purge(ctx, document);
      done.purged += 1;
    }
  }
  return done;
};

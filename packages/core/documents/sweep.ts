import type { Document } from "@samla/contracts";
import { forgetAnalytics } from "../evaluations/forget-analytics.ts";
import { objectKeys, type StorageContext } from "../kernel/index.ts";
import { acceptObject } from "./accept-object.ts";
import { resumeAccessChanges } from "./access-changes.ts";
import { cancelUpload } from "./resume-upload.ts";
import { purgedEventOf } from "./rules.ts";
import { tellBuilds } from "./tell-builds.ts";

const ago = (ctx: StorageContext, ms: number): string => new Date(ctx.now() - ms).toISOString();
const minute = 60_000;
const batchSize = 100;
/** Abandoned ones are looked at until their day is over, and must not hide those that have arrived. */
const uploadsMax = 500;

const purge = async (ctx: StorageContext, document: Document): Promise<void> => {
  await ctx.objects.deletePrefix(objectKeys.document(document.id));
  await ctx.catalog.purgeDocument(document, purgedEventOf(document), ctx.actor);
};

type Swept = { requeued: number; abandoned: number; purged: number; failed: number };

/**
 * Puts right what a crash left behind: asks again for versions that nobody works on, cancels uploads abandoned for a day
 * and purges documents whose time to undo has passed. One that fails does not hold up the others. Returns what it did.
 */
export const sweep = async (ctx: StorageContext, staleMs = 3 * minute): Promise<Swept> => {
  const done: Swept = { requeued: 0, abandoned: 0, purged: 0, failed: 0 };
  const each = async (
    documents: Document[],
    act: (document: Document) => Promise<keyof Swept | undefined>,
  ): Promise<void> => {
    for (const document of documents)
      try {
        const what = await act(document);
        if (what) done[what] += 1;
      } catch (error) {
        done.failed += 1;
        ctx.log("error", "a document was not swept", { documentId: document.id, error: String(error) });
      }
  };
  const purgeOne = async (document: Document): Promise<"purged"> => {
    await purge(ctx, document);
    return "purged";
  };
  for (const slug of await ctx.catalog.listRemovedIndexes()) {
    const documents = await ctx.catalog.listAnyDocuments(slug, batchSize);
    await each(documents, purgeOne);
    if (documents.length === 0 && (await forgetAnalytics(ctx, slug))) await ctx.catalog.forgetRemovedIndex(slug);
  }
  try {
    done.requeued += await resumeAccessChanges(ctx, ago(ctx, Math.min(minute, staleMs)), batchSize);
  } catch (error) {
    ctx.log("error", "changes of readers were not taken up", { error: String(error) });
  }
  for (const { slug, liveBuildId } of await ctx.catalog.listIndexes()) {
    const stale = (status: Document["status"], ms: number, limit = batchSize): Promise<Document[]> =>
      ctx.catalog.listStale(slug, status, ago(ctx, ms), limit);
    const sendProcess = async (document: Document): Promise<"requeued"> => {
      await ctx.queues.sendProcess({ documentId: document.id, versionId: document.headVersionId });
      return "requeued";
    };
    await each(await stale("queued", staleMs), sendProcess);
    // A reader that died shows by its lease; the queue gives its message out again much later.
    await each(await stale("extracting", 0), async (document) => {
      const version = await ctx.catalog.getVersion(document.id, document.headVersionId);
      return version?.lease && version.lease.until > ctx.now() ? undefined : sendProcess(document);
    });
    await each(await stale("indexing", staleMs), async (document) => {
      await ctx.queues.sendIndex([{ index: slug, buildId: liveBuildId, documentId: document.id }]);
      return "requeued";
    });
    await each(await stale("uploading", staleMs, uploadsMax), async (document) => {
      const version = await ctx.catalog.getVersion(document.id, document.headVersionId);
      if (!version) return undefined;
      // The object event may have been lost with its queue; the object itself is the proof.
      if (await ctx.objects.head(objectKeys.source(document.id, version.id))) {
        await acceptObject(ctx, { documentId: document.id, versionId: version.id, sizeBytes: version.sizeBytes });
        return sendProcess(document);
      }
      if (document.updatedAt >= ago(ctx, 24 * 60 * minute)) return undefined;
      await cancelUpload(ctx, document.id, version);
      return "abandoned";
    });
    // Restoring ends at `purgeAt`; the margin covers clocks that differ and a restore that is under way.
    await each(await ctx.catalog.listPurgeable(slug, ago(ctx, 5 * minute), batchSize), async (document) => {
      if (!(await ctx.catalog.getDocument(document.id))?.deletedAt) return undefined;
      // Its passages went when it was deleted, unless that call ended before it told the writer.
      await tellBuilds(ctx, document);
      return purgeOne(document);
    });
  }
  return done;
};

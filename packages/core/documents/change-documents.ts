import { type BatchDocumentsBody, canCancel, canReprocess, type Document, limits } from "@samla/contracts";
import {
  Failure,
  isFailure,
  notFound,
  requirePermission,
  type StorageContext,
  timestamp,
  type VersionRecord,
} from "../kernel/index.ts";
import { mayReadDocument, requireDocument, requireOwnSight, requireVersion } from "./access.ts";
import { cancelUpload } from "./resume-upload.ts";
import { endRunning, mirrorHead } from "./rules.ts";
import { tellBuilds } from "./tell-builds.ts";

const changed = (result: { document: Document } | undefined, documentId: string): Document => {
  if (!result) throw notFound("document", documentId);
  return result.document;
};

/** Renames, tags or changes who may read it. `ifMatch` is the revision the caller saw. Throws `precondition_failed`. */
export const patchDocument = async (
  ctx: StorageContext,
  input: {
    documentId: string;
    name?: string | undefined;
    tags?: string[] | ((current: readonly string[]) => string[]) | undefined;
    /** Null leaves it to the index again. */
    readers?: string[] | null | undefined;
    ifMatch?: number | undefined;
  },
): Promise<Document> => {
  const { document: seen, index } = await requireDocument(ctx, input.documentId, "documents.write");
  if (input.readers) requireOwnSight(ctx, input.readers);
  const result = await ctx.catalog.change(seen.id, undefined, ctx.actor, (document) => {
    // Since it was looked up, somebody may have shut the actor out.
    if (!mayReadDocument(ctx.actor, index, document)) throw notFound("document", document.id);
    if (input.ifMatch !== undefined && input.ifMatch !== document.revision)
      throw new Failure("precondition_failed", `"${document.name}" was changed in the meantime.`, {
        nextStep: "Load it again, look at what changed and repeat your change.",
      });
    const tags = typeof input.tags === "function" ? input.tags(document.tags) : (input.tags ?? document.tags);
    const { readers: before, ...rest } = document;
    const readers = input.readers === undefined ? before : (input.readers ?? undefined);
    const next: Document = {
      ...rest,
      ...(readers ? { readers: [...new Set(readers)] } : {}),
      name: input.name ?? document.name,
      tags: [...new Set(tags)],
      updatedAt: timestamp(ctx),
      revision: document.revision + 1,
    };
    if (next.tags.length > limits.tagsMax)
      throw new Failure("too_large", `A document may have at most ${limits.tagsMax} tags.`, {
        nextStep: "Take some off first.",
      });
    const renamed = next.name !== document.name;
    const shared = String(next.readers) !== String(before);
    if (!renamed && !shared && next.tags.join("\n") === document.tags.join("\n")) return undefined;
    const shown = ({ name, tags, readers }: Document) => ({ name, tags, readers: readers ?? null });
    return {
      document: next,
      event: {
        action: shared ? "document.access-changed" : renamed ? "document.renamed" : "document.tagged",
        outcome: "ok",
        index: document.index,
        documentId: document.id,
        summary: shared
          ? `let ${next.readers ? next.readers.join(", ") : "all readers of the index"} read "${next.name}"`
          : renamed
            ? `renamed "${document.name}" to "${next.name}"`
            : `tagged "${document.name}" ${next.tags.length ? `with ${next.tags.join(", ")}` : "with nothing"}`,
        data: { before: shown(document), after: shown(next) },
      },
    };
  });
  const document = changed(result, input.documentId);
  // Told also when nothing changed: the call before this one may have ended between the change and its telling.
  await tellBuilds(ctx, document);
  return document;
};

/** Deletes; gone from lists and searches at once, restorable for `limits.undoDays`. */
export const deleteDocument = async (ctx: StorageContext, input: { documentId: string }): Promise<Document> => {
  const { document: seen } = await requireDocument(ctx, input.documentId, "documents.write");
  const result = await ctx.catalog.change(seen.id, undefined, ctx.actor, (document) => {
    if (document.deletedAt) return undefined;
    const at = timestamp(ctx);
    return {
      document: {
        ...document,
        deletedAt: at,
        purgeAt: new Date(ctx.now() + limits.undoDays * 86_400_000).toISOString(),
        updatedAt: at,
      },
      event: {
        action: "document.deleted",
        outcome: "ok",
        summary: `deleted "${document.name}"`,
        index: document.index,
        documentId: document.id,
      },
    };
  });
  const document = changed(result, input.documentId);
  await tellBuilds(ctx, document);
  return document;
};

/** Undoes a deletion. Throws `conflict` once its time to undo has passed: the sweeper may be removing its bytes. */
export const restoreDocument = async (ctx: StorageContext, input: { documentId: string }): Promise<Document> => {
  const { document: seen } = await requireDocument(ctx, input.documentId, "documents.write");
  const result = await ctx.catalog.change(seen.id, undefined, ctx.actor, (document) => {
    if (!document.deletedAt) return undefined;
    if (document.purgeAt && document.purgeAt <= timestamp(ctx))
      throw new Failure(
        "conflict",
        `The time to restore "${document.name}" has passed; it is being removed for good.`,
        {
          nextStep: "Upload the file again.",
        },
      );
    const { deletedAt: _d, purgeAt: _p, ...rest } = document;
    return {
      document: { ...rest, updatedAt: timestamp(ctx) },
      event: {
        action: "document.restored",
        outcome: "ok",
        summary: `restored "${document.name}"`,
        index: document.index,
        documentId: document.id,
      },
    };
  });
  const document = changed(result, input.documentId);
  await tellBuilds(ctx, document);
  // Its message may have come and gone while it was deleted.
  if (document.status === "queued" || document.status === "extracting")
    await ctx.queues.sendProcess({ documentId: document.id, versionId: document.headVersionId });
  return document;
};

/** Makes an earlier, read version the head again; the newer ones stay. Throws `conflict` when it is not ready. */
export const rollBackDocument = async (
  ctx: StorageContext,
  input: { documentId: string; versionId: string },
): Promise<Document> => {
  const { document: seen } = await requireVersion(ctx, input.documentId, input.versionId, "documents.write");
  const result = await ctx.catalog.change(seen.id, input.versionId, ctx.actor, (document, version) => {
    if (!version || document.deletedAt || version.status !== "ready")
      throw new Failure("conflict", `Version ${version?.number ?? "?"} of "${document.name}" cannot be made live.`, {
        nextStep: "Choose a version that is ready; reprocess it first if it failed.",
      });
    if (document.headVersionId === version.id) return undefined;
    const at = timestamp(ctx);
    return {
      document: mirrorHead({ ...document, headVersionId: version.id }, version, at),
      event: {
        action: "document.rolled-back",
        outcome: "ok",
        summary: `rolled "${document.name}" back to version ${version.number}`,
        index: document.index,
        documentId: document.id,
        versionId: version.id,
        data: { before: document.headVersionId, after: version.id },
      },
    };
  });
  const document = changed(result, input.documentId);
  await tellBuilds(ctx, document);
  return document;
};

/** Reads the head version again from its bytes; what is live stays live until it is done. */
export const reprocessDocument = async (ctx: StorageContext, input: { documentId: string }): Promise<Document> => {
  const { document: seen } = await requireDocument(ctx, input.documentId, "documents.write");
  const result = await ctx.catalog.change(seen.id, seen.headVersionId, ctx.actor, (document, version) => {
    if (!version || document.deletedAt || !canReprocess(version.status))
      throw new Failure("conflict", `"${document.name}" is ${document.deletedAt ? "deleted" : document.status}.`, {
        nextStep: document.deletedAt ? "Restore it first." : "Wait until it is done, or cancel it first.",
      });
    if (!version.steps.some((step) => step.name === "upload" && step.status === "done"))
      throw new Failure("conflict", `The bytes of "${document.name}" never arrived.`, {
        nextStep: "Upload the file again.",
      });
    const at = timestamp(ctx);
    const { failure: _f, lease: _l, ...rest } = version;
    const next: VersionRecord = {
      ...rest,
      status: "queued",
      steps: version.steps.filter((step) => step.name === "upload"),
      warnings: [],
      updatedAt: at,
    };
    return {
      document: mirrorHead(document, next, at),
      version: next,
      event: {
        action: "document.reprocess",
        outcome: "ok",
        summary: `asked to read "${document.name}" again`,
        index: document.index,
        documentId: document.id,
        versionId: version.id,
      },
    };
  });
  const document = changed(result, input.documentId);
  await ctx.queues.sendProcess({ documentId: document.id, versionId: document.headVersionId });
  return document;
};

/** Stops the work on the head version; a worker sees it within a second. Throws `conflict` when nothing is under way. */
export const cancelDocument = async (ctx: StorageContext, input: { documentId: string }): Promise<Document> => {
  const { document: seen, version: head } = await requireVersion(ctx, input.documentId, undefined, "documents.write");
  if (head.status === "uploading") {
    await cancelUpload(ctx, seen.id, head);
    return (await requireDocument(ctx, seen.id, "documents.write")).document;
  }
  const result = await ctx.catalog.change(seen.id, head.id, ctx.actor, (document, version) => {
    if (version?.status === "cancelled") return undefined;
    if (!version || !canCancel(version.status))
      throw new Failure("conflict", `"${document.name}" is ${document.status}; there is nothing to cancel.`);
    const at = timestamp(ctx);
    const { lease: _, ...rest } = version;
    const next: VersionRecord = {
      ...rest,
      status: "cancelled",
      steps: endRunning(version.steps, at, "cancelled"),
      updatedAt: at,
    };
    return {
      document: mirrorHead(document, next, at),
      version: next,
      event: {
        action: "document.cancelled",
        outcome: "ok",
        summary: `cancelled the processing of "${document.name}"`,
        index: document.index,
        documentId: document.id,
        versionId: version.id,
      },
    };
  });
  const document = changed(result, input.documentId);
  // The writer may have put its passages in already; it takes them out again.
  await tellBuilds(ctx, document);
  return document;
};

/** Does one thing to many documents; each has its own result, so one refusal stops nothing. */
export const batchDocuments = async (
  ctx: StorageContext,
  input: BatchDocumentsBody,
): Promise<{ results: { documentId: Document["id"]; ok: boolean; code?: string; detail?: string }[] }> => {
  requirePermission(ctx, "documents.write");
  if ((input.action === "tag" || input.action === "untag") && !input.tags?.length)
    throw new Failure("invalid_request", "Name at least one tag.", {
      errors: [{ field: "tags", message: "is required for this action" }],
    });
  if (input.action === "access" && input.readers === undefined)
    throw new Failure("invalid_request", "Say who may read them.", {
      nextStep: "Name the readers, or give null to leave it to the index.",
      errors: [{ field: "readers", message: "is required for this action" }],
    });
  const act = async (documentId: string): Promise<unknown> => {
    if (input.action === "delete") return deleteDocument(ctx, { documentId });
    if (input.action === "restore") return restoreDocument(ctx, { documentId });
    if (input.action === "reprocess") return reprocessDocument(ctx, { documentId });
    if (input.action === "cancel") return cancelDocument(ctx, { documentId });
    if (input.action === "access") return patchDocument(ctx, { documentId, readers: input.readers ?? null });
    const named = new Set(input.tags);
    return patchDocument(ctx, {
      documentId,
      tags: (current) => (input.action === "tag" ? [...current, ...named] : current.filter((tag) => !named.has(tag))),
    });
  };
  const results: { documentId: Document["id"]; ok: boolean; code?: string; detail?: string }[] = [];
  for (let i = 0; i < input.documentIds.length; i += 10) {
    const some = input.documentIds.slice(i, i + 10);
    results.push(
      ...(await Promise.all(
        some.map(async (documentId) => {
          try {
            await act(documentId);
            return { documentId, ok: true };
          } catch (error) {
            if (isFailure(error)) return { documentId, ok: false, code: error.code, detail: error.message };
            throw error;
          }
        }),
      )),
    );
  }
  return { results };
};

import type { Document, Permission } from "@samla/contracts";
import {
  type Actor,
  type Context,
  Failure,
  type IndexRecord,
  mayRead,
  notFound,
  requirePermission,
  type VersionRecord,
} from "../kernel/index.ts";

/** The index, when the actor holds the permission and may read it; else `forbidden` or `not_found`. */
export const requireIndex = async (ctx: Context, slug: string, permission: Permission): Promise<IndexRecord> => {
  requirePermission(ctx, permission);
  const index = await ctx.catalog.getIndex(slug);
  if (!index || !mayRead(ctx.actor, index.readers)) throw notFound("index", slug);
  return index;
};

/** True when the actor may read the document: the index's readers let it in, and the document's own do not keep it out. */
export const mayReadDocument = (
  actor: Actor,
  index: Pick<IndexRecord, "readers">,
  document: Pick<Document, "readers">,
): boolean => mayRead(actor, index.readers) && mayRead(actor, document.readers);

/** The document with its index, when the actor holds the permission and may read it. */
export const requireDocument = async (
  ctx: Context,
  documentId: string,
  permission: Permission,
): Promise<{ document: Document; index: IndexRecord }> => {
  requirePermission(ctx, permission);
  const document = await ctx.catalog.getDocument(documentId);
  const index = document && (await ctx.catalog.getIndex(document.index));
  if (!document || !index || !mayReadDocument(ctx.actor, index, document)) throw notFound("document", documentId);
  return { document, index };
};

/** The version (the head when none is named) of a document that the actor may read. */
export const requireVersion = async (
  ctx: Context,
  documentId: string,
  versionId: string | undefined,
  permission: Permission,
): Promise<{ document: Document; version: VersionRecord; index: IndexRecord }> => {
  const { document, index } = await requireDocument(ctx, documentId, permission);
  const version = await ctx.catalog.getVersion(documentId, versionId ?? document.headVersionId);
  if (!version) throw notFound("version", versionId ?? document.headVersionId);
  return { document, version, index };
};

/** Throws `invalid_request` when the actor would lose sight of the document by these readers. */
export const requireOwnSight = (ctx: Pick<Context, "actor">, readers: readonly string[]): void => {
  if (mayRead(ctx.actor, readers)) return;
  throw new Failure("invalid_request", "You would not see this document any more.", {
    nextStep: `Name yourself (user:${ctx.actor.id}) or a group of yours among its readers.`,
    errors: [{ field: "readers", message: "must include you" }],
  });
};

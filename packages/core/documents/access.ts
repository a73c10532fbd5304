import type { Document, Permission } from "@samla/contracts";
import {
  type Context,
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

/** The document with its index, when the actor holds the permission and may read it. */
export const requireDocument = async (
  ctx: Context,
  documentId: string,
  permission: Permission,
): Promise<{ document: Document; index: IndexRecord }> => {
  requirePermission(ctx, permission);
  const document = await ctx.catalog.getDocument(documentId);
  const index = document && (await ctx.catalog.getIndex(document.index));
  if (!document || !index || !mayRead(ctx.actor, index.readers)) throw notFound("document", documentId);
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

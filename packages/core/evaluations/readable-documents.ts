import type { Document } from "@samla/contracts";
import { type Context, isReadableBy, readingAs } from "../kernel/index.ts";

/** Those of the documents that are in the index, not deleted, and readable by the principals (undefined: all). */
export const readableBy = async (
  ctx: Pick<Context, "catalog">,
  slug: string,
  documentIds: Iterable<string>,
  principals: string[] | undefined,
): Promise<Map<string, Document>> => {
  const found = await ctx.catalog.getDocuments([...new Set(documentIds)]);
  return new Map(
    [...found].filter(
      ([, document]) =>
        document.index === slug && document.deletedAt === undefined && isReadableBy(principals, document.readers),
    ),
  );
};

/** The same for the actor of the call. The index itself must have been checked before. */
export const readableDocuments = (
  ctx: Pick<Context, "catalog" | "actor">,
  slug: string,
  documentIds: Iterable<string>,
): Promise<Map<string, Document>> => readableBy(ctx, slug, documentIds, readingAs(ctx.actor));

import type { ListQueriesQuery, QueryRecord } from "@samla/contracts";
import type { z } from "zod";
import { requireIndex } from "../documents/access.ts";
import {
  type Context,
  type IndexRecord,
  isReadableBy,
  notFound,
  type Page,
  type QueryLine,
  readingAs,
  type StoredQuery,
} from "../kernel/index.ts";
import { foldTyping } from "./fold-typing.ts";

const readsMax = 5;

/** The oldest moment that the index's settings keep searches of. */
export const keptSince = (ctx: Context, index: IndexRecord): string =>
  new Date(ctx.now() - index.settings.queryLog.days * 86_400_000).toISOString();

/** A stored search as its caller may see it: no name in an anonymous log, no documents that it may not read. */
export const showQueries = async (
  ctx: Context,
  index: IndexRecord,
  queries: readonly StoredQuery[],
): Promise<QueryRecord[]> => {
  const principals = readingAs(ctx.actor);
  const documents = principals
    ? await ctx.catalog.getDocuments([
        ...new Set(queries.flatMap((query) => query.hits.map((hit) => hit.documentId as string))),
      ])
    : undefined;
  const sees = (documentId: string): boolean => {
    if (!documents) return true;
    const document = documents.get(documentId);
    return document?.index === index.slug && isReadableBy(principals, document.readers);
  };
  return queries.map(({ principals: _p, expiresAtSeconds: _e, actor, ...query }) => ({
    ...query,
    ...(actor && !index.settings.queryLog.anonymous ? { actor } : {}),
    hits: query.hits.filter((hit) => sees(hit.documentId)),
  }));
};

/** The search, when it is still within the time that the index keeps them. Throws `not_found`. */
export const requireQuery = async (ctx: Context, index: IndexRecord, queryId: string): Promise<StoredQuery> => {
  const found = await ctx.catalog.getQuery(index.slug, queryId);
  if (!found || found.at < keptSince(ctx, index)) throw notFound("search", queryId);
  return found;
};

/** One page of an index's searches. Without `typed`, those that were only on the way to the next one are left out. */
export const listQueries = async (
  ctx: Context,
  input: { index: string } & z.output<typeof ListQueriesQuery>,
): Promise<Page<QueryRecord>> => {
  const index = await requireIndex(ctx, input.index, "queries.read");
  const since = keptSince(ctx, index);
  const lines: QueryLine[] = [];
  let cursor = input.cursor;
  for (let reads = 0; reads < readsMax; reads += 1) {
    const page = await ctx.catalog.listQueryLines({
      index: index.slug,
      view: input.view,
      q: input.q,
      since,
      cursor,
      limit: input.limit - lines.length,
    });
    // Only in the order of time do neighbours tell that somebody was typing.
    const folds = input.view === "recent" && !input.typed;
    lines.push(...(folds ? foldTyping(page.items) : page.items));
    cursor = page.nextCursor;
    if (!cursor || lines.length >= input.limit) break;
  }
  const found = await ctx.catalog.getQueries(
    index.slug,
    lines.map((line) => line.id),
  );
  const items = await showQueries(
    ctx,
    index,
    lines.flatMap((line) => found.get(line.id) ?? []),
  );
  return { items, ...(cursor ? { nextCursor: cursor } : {}) };
};

export const getQuery = async (ctx: Context, input: { index: string; queryId: string }): Promise<QueryRecord> => {
  const index = await requireIndex(ctx, input.index, "queries.read");
  const [shown] = await showQueries(ctx, index, [await requireQuery(ctx, index, input.queryId)]);
  if (!shown) throw notFound("search", input.queryId);
  return shown;
};

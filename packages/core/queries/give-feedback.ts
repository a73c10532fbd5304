import type { FeedbackBody } from "@samla/contracts";
import type { z } from "zod";
import { requireIndex } from "../documents/access.ts";
import { type Context, Failure, notFound, type StoredQuery, timestamp } from "../kernel/index.ts";
import { requireQuery } from "./read-queries.ts";

const clicksMax = 200;

/**
 * Notes what somebody made of a hit of an own search: opened it, found it good or bad, or took that back. In an anonymous
 * log the id of the search, which only the searcher was given, is the proof. Throws `not_found`, `invalid_request`.
 */
export const giveFeedback = async (
  ctx: Context,
  input: { queryId: string } & z.output<typeof FeedbackBody>,
): Promise<void> => {
  const index = await requireIndex(ctx, input.index, "search");
  const own = (query: StoredQuery): boolean => query.actor === undefined || query.actor.id === ctx.actor.id;
  const query = await requireQuery(ctx, index, input.queryId);
  if (!own(query)) throw notFound("search", input.queryId);
  const place = query.hits.findIndex((hit) => hit.passageId === input.passageId);
  if (place < 0)
    throw new Failure("invalid_request", "This passage is not among the hits of that search.", {
      errors: [{ field: "passageId", message: "is no hit of this search" }],
    });
  const at = timestamp(ctx);
  const rank = input.rank ?? place + 1 + Number(query.filters.offset ?? 0);
  await ctx.catalog.changeQuery(index.slug, query.id, (current) => {
    if (input.kind === "click")
      return current.clicks.length >= clicksMax
        ? undefined
        : { ...current, clicks: [...current.clicks, { passageId: input.passageId, rank, at }] };
    const others = current.thumbs.filter((thumb) => thumb.passageId !== input.passageId);
    return {
      ...current,
      thumbs: input.kind === "none" ? others : [...others, { passageId: input.passageId, value: input.kind, at }],
    };
  });
};

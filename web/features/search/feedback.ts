import type { FeedbackBody, QueryId, SearchHit } from "@samla/contracts";
import type { z } from "zod";
import { callApi } from "../../lib/api.ts";

export type Thumb = "up" | "down";

const rankMax = 1000;
/** Thumbs given since the page was loaded, each with its search, so that they are there when one comes back to the hits. */
const given = new Map<string, { thumb: Thumb; queryId: QueryId; rank: number | undefined }>();
const keyOf = (q: string, passageId: string): string => `${passageId} ${q}`;

/** Tells the log what somebody made of a hit; without `rank` the log counts within its own index. Nobody waits for it, and nobody hears of it when it fails. */
const tell = (
  queryId: QueryId,
  hit: SearchHit,
  rank: number | undefined,
  kind: z.input<typeof FeedbackBody>["kind"],
): void => {
  void callApi("queries.feedback", {
    params: { queryId },
    body: { index: hit.index, passageId: hit.passageId, kind, ...(rank ? { rank: Math.min(rank, rankMax) } : {}) },
  }).catch(() => undefined);
};

export const thumbOf = (q: string, hit: SearchHit): Thumb | undefined => given.get(keyOf(q, hit.passageId))?.thumb;

/** Gives a thumb, or takes it back; a later change goes to the search it was given for, also when that was asked anew. */
export const giveThumb = (
  q: string,
  queryId: QueryId,
  hit: SearchHit,
  rank: number | undefined,
  thumb: Thumb | undefined,
): void => {
  const key = keyOf(q, hit.passageId);
  const place = given.get(key) ?? { queryId, rank };
  if (thumb) given.set(key, { ...place, thumb });
  else given.delete(key);
  tell(place.queryId, hit, place.rank, thumb ?? "none");
};

/** A hit was opened, here or in another tab. */
export const tellOpened = (queryId: QueryId, hit: SearchHit, rank: number | undefined): void =>
  tell(queryId, hit, rank, "click");

import type { FeedbackBody, QueryId, SearchHit } from "@samla/contracts";
import type { z } from "zod";
import { callApi } from "../../lib/api.ts";

export type Thumb = "up" | "down";

const rankMax = 1000;
/** Thumbs given since the page was loaded, so that they are there when one comes back to the hits. */
const given = new Map<string, Thumb>();
const keyOf = (queryId: string, passageId: string): string => `${queryId} ${passageId}`;

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

export const thumbOf = (queryId: string, hit: SearchHit): Thumb | undefined => given.get(keyOf(queryId, hit.passageId));

/** Gives a thumb, or takes it back. */
export const giveThumb = (
  queryId: QueryId,
  hit: SearchHit,
  rank: number | undefined,
  thumb: Thumb | undefined,
): void => {
  const key = keyOf(queryId, hit.passageId);
  if (thumb) given.set(key, thumb);
  else given.delete(key);
  tell(queryId, hit, rank, thumb ?? "none");
};

/** A hit was opened, here or in another tab. */
export const tellOpened = (queryId: QueryId, hit: SearchHit, rank: number | undefined): void =>
  tell(queryId, hit, rank, "click");

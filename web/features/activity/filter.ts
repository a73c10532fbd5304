import type { EventAction, TimelineEvent } from "@samla/contracts";
import { type eventTopics, isIdOf, topicActions } from "@samla/contracts/plain";

/** What the timeline shows; the URL holds it. */
export type EventFilter = {
  index: string | null;
  action: EventAction | null;
  outcome: "ok" | "failed" | null;
  documentId: string | null;
  agent?: string | null;
  about?: (typeof eventTopics)[number] | null;
  imageDigest?: string | null;
};

export const noFilter: EventFilter = { index: null, action: null, outcome: null, documentId: null };

/** The query of `events.list` for a filter. */
export const eventQueryOf = (filter: EventFilter, limit: number, cursor?: string) => ({
  ...(filter.index ? { index: filter.index } : {}),
  ...(filter.action ? { action: filter.action } : {}),
  ...(filter.outcome ? { outcome: filter.outcome } : {}),
  ...(filter.documentId ? { documentId: filter.documentId } : {}),
  ...(filter.agent ? { agent: filter.agent } : {}),
  ...(filter.about ? { about: filter.about } : {}),
  ...(filter.imageDigest ? { imageDigest: filter.imageDigest as NonNullable<TimelineEvent["imageDigest"]> } : {}),
  limit,
  ...(cursor ? { cursor } : {}),
});

/** The same rule as the server's, for events that arrive live. */
export const matchesEventFilter = (event: TimelineEvent, filter: EventFilter): boolean =>
  (!filter.index || event.index === filter.index) &&
  (!filter.action || event.action === filter.action) &&
  (!filter.outcome || event.outcome === filter.outcome) &&
  (!filter.documentId || event.documentId === filter.documentId) &&
  (!filter.agent || event.agent === filter.agent) &&
  (!filter.about || topicActions[filter.about].includes(event.action)) &&
  (!filter.imageDigest || event.imageDigest === filter.imageDigest);

export const isNarrowed = (filter: EventFilter): boolean =>
  filter.index !== null || filter.action !== null || filter.outcome !== null || filter.documentId !== null;

/** What is wrong with a typed document id; undefined if nothing is. */
export const documentIdError = (text: string): string | undefined =>
  text === "" || isIdOf("document", text)
    ? undefined
    : "A document id begins with doc_ and has 26 characters after it.";

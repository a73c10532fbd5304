import type { EventFilter } from "./filter.ts";

/** Query keys of the panel. A shorter key invalidates everything below it. */
export const activityKeys = {
  all: ["activity"] as const,
  histories: ["activity", "history"] as const,
  history: (filter: EventFilter) => ["activity", "history", filterKey(filter)] as const,
  queues: ["activity", "queues"] as const,
};

const filterKey = (filter: EventFilter): Record<string, string> => ({
  ...(filter.index ? { index: filter.index } : {}),
  ...(filter.action ? { action: filter.action } : {}),
  ...(filter.outcome ? { outcome: filter.outcome } : {}),
  ...(filter.documentId ? { documentId: filter.documentId } : {}),
  ...(filter.agent ? { agent: filter.agent } : {}),
  ...(filter.about ? { about: filter.about } : {}),
  ...(filter.imageDigest ? { imageDigest: filter.imageDigest } : {}),
});

import type { Index, TimelineEvent } from "@samla/contracts";

export type IndexRecord = Omit<Index, "documents">;

/** An event without the ids that the catalog gives it. */
export type NewEvent = Omit<TimelineEvent, "id" | "at" | "actor">;

export type Page<T> = { items: T[]; nextCursor?: string };

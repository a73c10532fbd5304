import { z } from "zod";
import { BuildId, DocumentId, EventId, IndexSlug, ReleaseId, VersionId } from "./ids.ts";
import { cursorQuery, pageOf, Timestamp } from "./pagination.ts";
import { agentNamePattern, digestPattern, taskIdPattern } from "./plain/agents.ts";
import { eventActions, eventTopics } from "./plain/events.ts";

export * from "./plain/events.ts";

export const EventAction = z.enum(eventActions);
export type EventAction = z.infer<typeof EventAction>;

export const EventActor = z.object({ kind: z.enum(["person", "machine", "system"]), id: z.string(), name: z.string() });
export type EventActor = z.infer<typeof EventActor>;

/** One line of the timeline: who did what to which ids, when, with which result. */
export const TimelineEvent = z.object({
  id: EventId,
  at: Timestamp,
  actor: EventActor,
  action: EventAction,
  outcome: z.enum(["ok", "failed"]),
  /** One sentence for people. */
  summary: z.string(),
  index: IndexSlug.optional(),
  documentId: DocumentId.optional(),
  versionId: VersionId.optional(),
  buildId: BuildId.optional(),
  agent: z.string().regex(agentNamePattern).optional(),
  releaseId: ReleaseId.optional(),
  taskId: z.string().regex(taskIdPattern).optional(),
  imageDigest: z.string().regex(digestPattern).optional(),
  reason: z.string().optional(),
  /** What changed, before and after, as plain values. */
  data: z.record(z.string(), z.unknown()).optional(),
});
export type TimelineEvent = z.infer<typeof TimelineEvent>;

export const ListEventsQuery = z.object({
  index: IndexSlug.optional(),
  documentId: DocumentId.optional(),
  agent: z.string().regex(agentNamePattern).optional(),
  action: EventAction.optional(),
  /** All actions of a topic. */
  about: z.enum(eventTopics).optional(),
  imageDigest: z.string().regex(digestPattern).optional(),
  outcome: z.enum(["ok", "failed"]).optional(),
  /** Newest first without it; with it, events after this id, oldest first: how a client fills a gap. */
  after: EventId.optional(),
  ...cursorQuery,
});
export type ListEventsQuery = z.infer<typeof ListEventsQuery>;
export const EventPage = pageOf(TimelineEvent);

/** A one-time ticket that opens the WebSocket. */
export const EventTicket = z.object({ ticket: z.string(), url: z.string(), expiresAt: Timestamp });

/** What the WebSocket sends. */
export const EventMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("event"), event: TimelineEvent }),
  z.object({ type: z.literal("pong") }),
]);
export type EventMessage = z.infer<typeof EventMessage>;

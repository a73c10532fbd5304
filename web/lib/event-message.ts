import type { EventMessage, TimelineEvent } from "@samla/contracts";
import { eventActions } from "@samla/contracts/plain";

const isText = (value: unknown): value is string => typeof value === "string";

/** As far as a timeline draws it. Our own server wrote it, so this guards against another version, not against malice. */
const isEvent = (value: unknown): value is TimelineEvent => {
  const event = value as Partial<TimelineEvent> | null | undefined;
  return (
    typeof event === "object" &&
    event !== null &&
    [event.id, event.at, event.summary, event.actor?.id, event.actor?.name].every(isText) &&
    eventActions.some((action) => action === event.action) &&
    (event.outcome === "ok" || event.outcome === "failed") &&
    [
      event.index,
      event.documentId,
      event.versionId,
      event.buildId,
      event.agent,
      event.releaseId,
      event.taskId,
      event.imageDigest,
      event.reason,
    ].every((text) => text === undefined || isText(text))
  );
};

/** What the socket sent of the timeline; undefined for anything else. */
export const parseMessage = (data: unknown): EventMessage | undefined => {
  if (!isText(data)) return undefined;
  try {
    const message = JSON.parse(data) as { type?: unknown; event?: unknown } | null;
    if (message?.type === "pong") return { type: "pong" };
    return message?.type === "event" && isEvent(message.event) ? { type: "event", event: message.event } : undefined;
  } catch {
    return undefined;
  }
};

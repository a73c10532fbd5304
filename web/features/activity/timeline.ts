import type { EventAction, TimelineEvent } from "@samla/contracts";

/** Live events on top of the history, newest first, each once. Ids are ULIDs, so their order is the order of time. */
export const joinEvents = (
  live: readonly TimelineEvent[],
  history: readonly (readonly TimelineEvent[])[],
): TimelineEvent[] => {
  const byId = new Map<string, TimelineEvent>();
  for (const event of live) byId.set(event.id, event);
  for (const page of history) for (const event of page) byId.set(event.id, event);
  return [...byId.values()].sort((a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0));
};

export type TimelineRow =
  | { kind: "day"; key: string; label: string }
  | { kind: "event"; key: string; event: TimelineEvent };

const dayFormat = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });

/** Calendar day in the zone of the browser, such as "2026-01-31". */
const dayOf = (at: Date): string =>
  `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;

/** Events with a heading before each day: today, yesterday, then the date. */
export const groupByDay = (events: readonly TimelineEvent[], now: Date): TimelineRow[] => {
  const today = dayOf(now);
  const yesterday = dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1));
  const rows: TimelineRow[] = [];
  let current = "";
  for (const event of events) {
    const at = new Date(event.at);
    const day = dayOf(at);
    if (day !== current) {
      current = day;
      const label = day === today ? "Today" : day === yesterday ? "Yesterday" : dayFormat.format(at);
      rows.push({ kind: "day", key: day, label });
    }
    rows.push({ kind: "event", key: event.id, event });
  }
  return rows;
};

const labels: Record<EventAction, string> = {
  "document.created": "Document created",
  "document.version-added": "Version added",
  "document.uploaded": "Bytes arrived",
  "document.processing": "Processing began",
  "document.extracted": "Document read",
  "document.ready": "Document ready",
  "document.embedded": "Vectors made",
  "document.failed": "Processing failed",
  "document.cancelled": "Cancelled",
  "document.renamed": "Renamed",
  "document.tagged": "Tagged",
  "document.deleted": "Deleted",
  "document.restored": "Restored",
  "document.purged": "Purged for good",
  "document.reprocess": "Reprocessing asked",
  "document.rolled-back": "Rolled back",
  "index.created": "Index created",
  "index.changed": "Index changed",
  "index.deleted": "Index deleted",
  "document.access-changed": "Readers of a document changed",
  "build.created": "Build created",
  "build.ready": "Build ready",
  "build.failed": "Build failed",
  "build.paused": "Build paused",
  "build.resumed": "Build goes on",
  "build.cancelled": "Build cancelled",
  "build.promoted": "Build promoted",
  "build.rolled-back": "Build rolled back",
  "build.deleted": "Build deleted",
  "question.imported": "Questions imported",
  "question.changed": "Question changed",
  "question.deleted": "Question deleted",
  "evaluation.started": "Evaluation started",
  "evaluation.done": "Evaluation done",
  "evaluation.failed": "Evaluation failed",
  "evaluation.cancelled": "Evaluation cancelled",
  "care.checked": "Index checked",
  "care.repaired": "Index repaired",
  "queue.redriven": "Dead letters sent again",
  "agent.proposed": "Release proposed",
  "agent.withdrawn": "Release withdrawn",
  "agent.released": "Release began",
  "agent.live": "Release live",
  "agent.rolled-back": "Release rolled back",
  "agent.failed": "Release failed",
  "agent.stopped": "Release stopped",
  "agent.task-stopped": "Task stopped",
  "agent.unpinned": "Agent unpinned",
  "agent.protected": "Protection changed",
  "agent.scaled": "Agent scaled",
  "image.pushed": "Image pushed",
  "image.scanned": "Image scanned",
  "image.waived": "Finding waived",
  "image.waiver-ended": "Waiver ended",
  "image.gate-changed": "Gate changed",
  "image.lifecycle-changed": "Lifecycle rules changed",
  "image.tagged": "Tags of an image changed",
  "image.deleted": "Image deleted",
  "image.restored": "Image restored",
  "image.purged": "Image removed for good",
  "image.gone": "Image gone from the registry",
  "image.waiver-expired": "Waiver ran out",
};
export const actionLabel = (action: EventAction): string => labels[action];

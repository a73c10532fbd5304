import type { Document, Step, VersionStatus } from "@samla/contracts";
import { isInProgress } from "@samla/contracts/plain";

export type StatusTone = "neutral" | "primary" | "success" | "warning" | "danger" | "info";

const statuses: Record<VersionStatus, { label: string; tone: StatusTone }> = {
  uploading: { label: "Uploading", tone: "info" },
  queued: { label: "Waiting", tone: "neutral" },
  extracting: { label: "Reading", tone: "info" },
  indexing: { label: "Indexing", tone: "info" },
  ready: { label: "Ready", tone: "success" },
  failed: { label: "Failed", tone: "danger" },
  cancelled: { label: "Cancelled", tone: "neutral" },
};
export const statusLabel = (status: VersionStatus): string => statuses[status].label;
export const statusTone = (status: VersionStatus): StatusTone => statuses[status].tone;

const steps: Record<Step["name"], string> = {
  upload: "Upload",
  extract: "Read",
  ocr: "Recognise text on pictures",
  split: "Cut into passages",
  index: "Index for search by words",
  embed: "Make vectors for search by meaning",
};
export const stepLabel = (name: Step["name"]): string => steps[name];

/** One more line under the status, when there is something to say. */
export const statusDetail = (
  document: Pick<Document, "status" | "failure" | "passages" | "vectors" | "liveVersionId">,
): string | undefined => {
  if (document.status === "failed") return document.failure?.title;
  if (document.status === "ready" && document.vectors < document.passages)
    return `Vectors ${document.vectors} of ${document.passages}`;
  if (isInProgress(document.status) && document.liveVersionId) return "The version before stays live";
  return undefined;
};

/** How long a step took or takes, such as "1.4 s". */
export const stepDurationMs = (step: Pick<Step, "startedAt" | "endedAt">, nowMs: number): number =>
  Math.max(0, (step.endedAt ? Date.parse(step.endedAt) : nowMs) - Date.parse(step.startedAt));

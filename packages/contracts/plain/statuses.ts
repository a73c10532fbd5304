/** Life of a version, in order. A document shows the status of its newest version. */
export const versionStatuses = [
  "uploading",
  "queued",
  "extracting",
  "indexing",
  "ready",
  "failed",
  "cancelled",
] as const;
export type VersionStatus = (typeof versionStatuses)[number];

/** Nothing more happens by itself. */
export const isTerminal = (status: VersionStatus): boolean =>
  status === "ready" || status === "failed" || status === "cancelled";
/** Work is queued or under way. */
export const isInProgress = (status: VersionStatus): boolean => !isTerminal(status);
export const canCancel = (status: VersionStatus): boolean => isInProgress(status);
/** The bytes are here, so they may be read again. */
export const canReprocess = (status: VersionStatus): boolean => isTerminal(status);

export const buildStatuses = ["building", "ready", "live", "superseded", "failed", "cancelled"] as const;
export const stepNames = ["upload", "extract", "ocr", "split", "index", "embed"] as const;
export const stepStatuses = ["running", "done", "failed", "skipped", "cancelled"] as const;

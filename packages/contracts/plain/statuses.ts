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
export type BuildStatus = (typeof buildStatuses)[number];
/** Its table follows every upload and deletion: it serves, may serve next, or may serve again at once. */
export const followsChanges = (status: BuildStatus): boolean => status !== "failed" && status !== "cancelled";
/** A superseded one comes back through the gate by a promotion, or past it by a roll back. */
export const canPromote = (status: BuildStatus): boolean => status === "ready" || status === "superseded";
export const canRollBackTo = (status: BuildStatus): boolean => status === "superseded";
export const canDeleteBuild = (status: BuildStatus): boolean => status !== "live" && status !== "building";

export const fillStates = ["running", "paused", "done", "failed", "cancelled"] as const;
export type FillState = (typeof fillStates)[number];

export const evaluationStatuses = ["queued", "running", "done", "failed", "cancelled"] as const;
export type EvaluationStatus = (typeof evaluationStatuses)[number];
export const isEvaluationOver = (status: EvaluationStatus): boolean => status !== "queued" && status !== "running";

export const stepNames = ["upload", "extract", "ocr", "split", "index", "embed"] as const;
export const stepStatuses = ["running", "done", "failed", "skipped", "cancelled"] as const;

import type { DocumentId, Principal, Problem, UploadMatch, VersionId } from "@samla/contracts";
import type { z } from "zod";

export const uploadPhases = [
  "waiting",
  "hashing",
  "announcing",
  "asking",
  "sending",
  "finishing",
  "sent",
  "stored",
  "skipped",
  "failed",
  "refused",
  "cancelled",
  "missing",
] as const;
export type UploadPhase = (typeof uploadPhases)[number];

export type UploadDuplicate = z.infer<typeof UploadMatch>;
export type DuplicateChoice = "skip" | "version" | "separate";

/** Why an upload stopped, for people. `retryable` is false where only another file helps. */
export type UploadProblem = Pick<Problem, "title" | "detail" | "nextStep" | "requestId"> & { retryable: boolean };

/** One file on its way. `sentBytes` counts bytes that the store has confirmed or the browser has put on the wire. */
export type UploadItem = {
  id: string;
  index: string;
  name: string;
  path: string;
  sizeBytes: number;
  modifiedMs: number;
  mediaType: string;
  tags: string[];
  /** Replaces this document by a new version of it. */
  replaces?: DocumentId;
  /** Who may read it, when not all readers of the index. */
  readers?: Principal[];
  phase: UploadPhase;
  paused: boolean;
  attempt: number;
  hashedBytes: number;
  sentBytes: number;
  sha256?: string;
  matches?: UploadDuplicate[];
  choice?: DuplicateChoice;
  documentId?: DocumentId;
  versionId?: VersionId;
  problem?: UploadProblem;
};

/** What can happen to an upload. */
export type UploadEvent =
  | { type: "started" }
  | { type: "hash-progress"; hashedBytes: number }
  | { type: "hashed"; sha256: string }
  | { type: "duplicate"; matches: UploadDuplicate[] }
  | { type: "chosen"; choice: DuplicateChoice }
  | { type: "accepted"; documentId: DocumentId; versionId: VersionId }
  | { type: "progress"; sentBytes: number }
  | { type: "all-sent" }
  /** The server no longer knows the upload: it is announced again. */
  | { type: "forgotten" }
  | { type: "sent" }
  | { type: "stored"; documentId: DocumentId; versionId: VersionId }
  | { type: "failed"; problem: UploadProblem }
  | { type: "refused"; problem: UploadProblem }
  | { type: "paused" }
  | { type: "resumed" }
  | { type: "cancelled" }
  | { type: "retried" }
  | { type: "file-missing" }
  | { type: "file-found" };

const finished: readonly UploadPhase[] = ["sent", "stored", "skipped", "refused", "cancelled"];
const active: readonly UploadPhase[] = ["hashing", "announcing", "sending", "finishing"];

/** Nothing more will happen, and nothing more can be done here. */
export const isFinished = (item: UploadItem): boolean => finished.includes(item.phase);
/** A lane is working on it. */
export const isActive = (item: UploadItem): boolean => active.includes(item.phase);
/** Work remains that goes on by itself. */
export const isPending = (item: UploadItem): boolean => item.phase === "waiting" || isActive(item);

/** What a person may do with an upload now. */
export const uploadActions = (
  item: UploadItem,
): { pause: boolean; resume: boolean; cancel: boolean; retry: boolean; choose: boolean; find: boolean } => ({
  pause: !item.paused && isPending(item) && item.phase !== "finishing",
  resume: item.paused,
  cancel: !isFinished(item) && item.phase !== "finishing",
  retry: item.phase === "failed" && item.problem?.retryable !== false,
  choose: item.phase === "asking",
  find: item.phase === "missing",
});

/**
 * The next state of an upload. An event that does not fit the state changes nothing, so a late answer of an aborted
 * request can never revive a cancelled file.
 */
export const nextUpload = (item: UploadItem, event: UploadEvent): UploadItem => {
  switch (event.type) {
    case "started":
      return item.phase === "waiting" && !item.paused ? { ...item, phase: startPhase(item) } : item;
    case "hash-progress":
      return item.phase === "hashing" ? { ...item, hashedBytes: event.hashedBytes } : item;
    case "hashed":
      return item.phase === "hashing"
        ? { ...item, phase: "announcing", sha256: event.sha256, hashedBytes: item.sizeBytes }
        : item;
    case "duplicate":
      return item.phase === "announcing" ? { ...item, phase: "asking", matches: event.matches } : item;
    case "chosen":
      if (item.phase !== "asking") return item;
      return event.choice === "skip"
        ? { ...item, phase: "skipped", choice: "skip" }
        : { ...item, phase: "waiting", choice: event.choice, attempt: item.attempt + 1 };
    case "accepted":
      return item.phase === "announcing" || item.phase === "sending"
        ? { ...item, phase: "sending", documentId: event.documentId, versionId: event.versionId }
        : item;
    case "progress":
      return item.phase === "sending" ? { ...item, sentBytes: Math.min(event.sentBytes, item.sizeBytes) } : item;
    case "all-sent":
      return item.phase === "sending" ? { ...item, phase: "finishing", sentBytes: item.sizeBytes } : item;
    case "forgotten":
      return item.phase === "sending"
        ? {
            ...item,
            phase: "announcing",
            documentId: undefined,
            versionId: undefined,
            sentBytes: 0,
            attempt: item.attempt + 1,
          }
        : item;
    case "sent":
      return item.phase === "finishing" || item.phase === "sending"
        ? { ...item, phase: "sent", sentBytes: item.sizeBytes }
        : item;
    case "stored":
      return item.phase === "announcing"
        ? {
            ...item,
            phase: "stored",
            sentBytes: item.sizeBytes,
            documentId: event.documentId,
            versionId: event.versionId,
          }
        : item;
    case "failed":
      return isFinished(item) ? item : { ...item, phase: "failed", paused: false, problem: event.problem };
    case "refused":
      return isFinished(item) ? item : { ...item, phase: "refused", paused: false, problem: event.problem };
    case "paused":
      return uploadActions(item).pause ? { ...item, phase: "waiting", paused: true } : item;
    case "resumed":
      return item.paused ? { ...item, paused: false } : item;
    case "cancelled":
      return uploadActions(item).cancel ? { ...item, phase: "cancelled", paused: false } : item;
    case "retried":
      return uploadActions(item).retry
        ? { ...item, phase: "waiting", problem: undefined, attempt: item.attempt + 1 }
        : item;
    case "file-missing":
      return isFinished(item) ? item : { ...item, phase: "missing", paused: false };
    case "file-found":
      return item.phase === "missing" ? { ...item, phase: "waiting" } : item;
  }
};

/** A hash once known is never made again; an upload once announced goes on where it stopped. */
const startPhase = (item: UploadItem): UploadPhase => {
  if (!item.sha256) return "hashing";
  return item.versionId ? "sending" : "announcing";
};

/** State of an upload after the page was loaded again: what was under way waits for its turn. */
export const reviveUpload = (item: UploadItem, hasFile: boolean): UploadItem => {
  if (isFinished(item) || item.phase === "failed" || item.phase === "asking") return item;
  if (!hasFile) return { ...item, phase: "missing", paused: false };
  return { ...item, phase: "waiting" };
};

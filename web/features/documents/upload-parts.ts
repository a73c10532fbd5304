import type { CreateUploadResult, UploadState } from "@samla/contracts";
import type { z } from "zod";

type Announced = Extract<CreateUploadResult, { outcome: "upload" }>;
type Resumed = z.infer<typeof UploadState>;

export type PartToSend = { number: number; start: number; end: number; url: string };
export type PartDone = { number: number; etag: string; sizeBytes: number };

/** What to send of a file, and what has arrived. */
export type UploadPlan = {
  multipart: boolean;
  toSend: PartToSend[];
  done: PartDone[];
  headers: Record<string, string>;
  /** Bytes that have arrived. */
  doneBytes: number;
  expiresAtMs: number;
};

/**
 * The plan of an upload that begins or goes on. Throws RangeError if the parts do not cover the file exactly, as
 * then the bytes that would be joined are not those of the file.
 */
export const planUpload = (answer: Announced | Resumed, sizeBytes: number): UploadPlan => {
  const done = "uploadedParts" in answer ? [...answer.uploadedParts] : [];
  const arrived = new Set(done.map((part) => part.number));
  const toSend = answer.parts
    .filter((part) => !arrived.has(part.number))
    .map(({ number, start, end, url }) => ({ number, start, end, url }))
    .sort((a, b) => a.number - b.number);
  const doneBytes = done.reduce((sum, part) => sum + part.sizeBytes, 0);
  const covered = doneBytes + toSend.reduce((sum, part) => sum + (part.end - part.start), 0);
  if (covered !== sizeBytes)
    throw new RangeError(
      `The parts cover ${covered} bytes, but the file has ${sizeBytes}. Cancel it and add it again.`,
    );
  return {
    multipart: answer.multipart,
    toSend,
    done,
    headers: answer.headers,
    doneBytes,
    expiresAtMs: Date.parse(answer.expiresAt),
  };
};

/** Presigned URLs are renewed before the last minute, so that no part starts with one that ends on the way. */
export const needsFreshUrls = (plan: UploadPlan, nowMs: number): boolean => plan.expiresAtMs - nowMs < 60_000;

export const partTriesMax = 5;

/** Wait before the next try in milliseconds: 0.5, 1, 2, 4 s with up to half of it taken off by chance. */
export const retryDelayMs = (failedTries: number, random: number): number => {
  const full = Math.min(500 * 2 ** (failedTries - 1), 8000);
  return Math.round(full - (full / 2) * random);
};

export type PutFailure = { kind: "network" } | { kind: "status"; status: number };

/** What to do after a PUT that failed: `renew` asks for fresh URLs first. */
export const afterFailedPut = (failure: PutFailure, failedTries: number): "retry" | "renew" | "give-up" => {
  if (failedTries >= partTriesMax) return "give-up";
  if (failure.kind === "network") return "retry";
  if (failure.status === 403 || failure.status === 400) return failedTries <= 2 ? "renew" : "give-up";
  return failure.status === 429 || failure.status >= 500 ? "retry" : "give-up";
};

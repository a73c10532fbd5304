import type { CreateUploadBody, CreateUploadResult, UploadState } from "@samla/contracts";
import type { z } from "zod";
import type { UploadItem } from "./upload-item.ts";
import type { PutFailure } from "./upload-parts.ts";

/** A PUT to the store that did not succeed. */
export class PutError extends Error {
  readonly failure: PutFailure;
  constructor(failure: PutFailure) {
    super(failure.kind === "network" ? "The connection broke." : `The store answered ${failure.status}.`);
    this.name = "PutError";
    this.failure = failure;
  }
}

/** The part of API v1 that uploading needs. All but `create` reject with an AbortError when `signal` is aborted. */
export interface UploadApi {
  create(body: z.input<typeof CreateUploadBody>, idempotencyKey: string): Promise<CreateUploadResult>;
  get(versionId: string, signal: AbortSignal): Promise<z.infer<typeof UploadState>>;
  complete(versionId: string, parts: { number: number; etag: string }[], signal: AbortSignal): Promise<unknown>;
  abort(versionId: string): Promise<unknown>;
}

/** Keeps the queue over a reload of the page. */
export interface UploadStore {
  /** Saves the state of uploads; their files are saved once with `saveFile`. */
  saveItems(items: readonly UploadItem[]): Promise<void>;
  /** False if there is no room: the upload then asks for its file after a reload. */
  saveFile(id: string, file: File): Promise<boolean>;
  /** What earlier pages of this person left, each with its file if that was kept. */
  adopt(): Promise<{ item: UploadItem; file: File | undefined }[]>;
  removeFile(id: string): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
}

export interface UploadPorts {
  readonly api: UploadApi;
  readonly store: UploadStore;
  /** SHA-256 in small hex. */
  hash(file: File, onProgress: (hashedBytes: number) => void, signal: AbortSignal): Promise<string>;
  /** Sends bytes to a presigned URL. Rejects with PutError, or an AbortError. */
  put(
    url: string,
    bytes: Blob,
    headers: Record<string, string>,
    onProgress: (sentBytes: number) => void,
    signal: AbortSignal,
  ): Promise<{ etag: string | undefined }>;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Resolves when the browser is online; at once if it is. */
  waitOnline(signal: AbortSignal): Promise<void>;
  now(): number;
  newId(): string;
}

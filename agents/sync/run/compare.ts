import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ApiError, type Client, type Document } from "@samla/contracts";
import { documentNameOf, placeOf } from "../names.ts";
import type { SyncSettings } from "../settings.ts";
import { type Source, type SourceEntry, SourceError } from "../sources/source.ts";
import { putDocument, resumeUpload } from "./documents.ts";
import { endsRun, type Memory } from "./memory.ts";
import type { Report, Row } from "./report.ts";

export type CompareParts = {
  client: Client;
  source: Source;
  settings: SyncSettings;
  memory: Memory;
  report: Report;
  folder: string;
  signal: AbortSignal;
  now: () => number;
};

/** Entries with the place that each has as a document; of two that would have the same, the later key gets a mark. */
export const placeEntries = (entries: SourceEntry[], into: string): Map<string, SourceEntry> => {
  const placed = new Map<string, SourceEntry>();
  for (const entry of [...entries].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const place = placeOf(documentNameOf(entry, into));
    // A backslash is not allowed in a name, so the name is changed and marked.
    const marked = { ...entry, segments: [...entry.segments.slice(0, -1), `\\${entry.segments.at(-1) ?? ""}`] };
    placed.set(placed.has(place) ? placeOf(documentNameOf(marked, into)) : place, entry);
  }
  return placed;
};

const headHash = async (client: Client, document: Document): Promise<string | undefined> =>
  (
    await client.call("documents.version", {
      params: { documentId: document.id, versionId: document.headVersionId },
    })
  ).sha256;

/**
 * Makes one document equal to its entry: reads the entry unless what is remembered of it still holds, and sends it when
 * its hash is another. Gives whether the entry is there; every outcome becomes a row. Throws only for what ends the run.
 */
export const compareOne = async (
  parts: CompareParts,
  entry: SourceEntry,
  place: { path: string; name: string },
  document: Document | undefined,
  number: number,
): Promise<"there" | "gone"> => {
  const { client, memory, report, signal } = parts;
  const startedMs = parts.now();
  const file = join(parts.folder, String(number));
  const add = (row: Omit<Row, "key" | "tookMs">): void =>
    report.add({ key: entry.key, tookMs: Math.round(parts.now() - startedMs), ...row });
  try {
    const remembered = memory.get(entry.key);
    // What is remembered counts only for the version that is the document's newest, and that has arrived.
    const known =
      document && document.status !== "uploading" && remembered?.versionId === document.headVersionId
        ? remembered
        : undefined;
    if (known && entry.stamp !== "" && known.stamp === entry.stamp) {
      report.run.counts.unchanged += 1;
      return "there";
    }
    const read = await parts.source.read(entry, {
      file,
      maxBytes: parts.settings.fileSizeMaxBytes,
      signal,
      ...(known?.stamp ? { knownStamp: known.stamp } : {}),
    });
    if (read.kind === "same") {
      report.run.counts.unchanged += 1;
      return "there";
    }
    if (read.kind === "gone") {
      memory.delete(entry.key);
      if (!document) add({ outcome: "skipped", reason: read.reason });
      return "gone";
    }
    const { sha256, sizeBytes, stamp } = read;
    if (sizeBytes === 0) {
      add({ outcome: "skipped", reason: "it is empty" });
      return "gone";
    }
    const sameBytes = document !== undefined && (known?.sha256 ?? (await headHash(client, document))) === sha256;
    if (document && sameBytes) {
      if (document.status !== "uploading") {
        memory.set(entry.key, { stamp, versionId: document.headVersionId, sha256 });
        report.run.counts.unchanged += 1;
        return "there";
      }
      if (report.run.dryRun) {
        add({ outcome: document.versionCount > 1 ? "changed" : "added", documentId: document.id });
        return "there";
      }
      if (await resumeUpload(client, document.headVersionId, file, signal)) {
        memory.set(entry.key, { stamp, versionId: document.headVersionId, sha256 });
        report.run.sentBytes += sizeBytes;
        add({ outcome: document.versionCount > 1 ? "changed" : "added", documentId: document.id });
        return "there";
      }
    }
    if (report.run.dryRun) {
      add({ outcome: document ? "changed" : "added", ...(document ? { documentId: document.id } : {}) });
      return "there";
    }
    const put = await putDocument(
      client,
      { ...parts.settings, place, sha256, sizeBytes, file, existing: document?.id },
      signal,
    );
    report.run.sentBytes += sizeBytes;
    memory.set(entry.key, { stamp, versionId: put.versionId, sha256 });
    add({ outcome: document ? "changed" : "added", documentId: put.documentId });
    return "there";
  } catch (error) {
    if (signal.aborted || endsRun(error)) throw error;
    const reason =
      error instanceof ApiError
        ? `${error.problem.code}: ${error.problem.detail}`
        : error instanceof SourceError || error instanceof Error
          ? error.message
          : String(error);
    add({ outcome: "failed", reason, ...(document ? { documentId: document.id } : {}) });
    return "there";
  } finally {
    await rm(file, { force: true });
  }
};

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiError, type Client, type Document } from "@samla/contracts";
import { documentNameOf } from "../names.ts";
import type { SyncSettings } from "../settings.ts";
import type { Source, SourceEntry } from "../sources/source.ts";
import { brakeOn } from "./brake.ts";
import { type CompareParts, compareOne, placeEntries } from "./compare.ts";
import { deleteDocuments, listOwnDocuments } from "./documents.ts";
import { loadMemory, type Memory } from "./memory.ts";
import type { Report } from "./report.ts";

const atOnce = 4;
const saveEach = 500;

/** Why a run ends before its end. */
export class RunEnded extends Error {
  readonly status: "stopped" | "cancelled" | "lost";
  readonly nextStep: string;
  constructor(status: "stopped" | "cancelled" | "lost", message: string, nextStep: string) {
    super(message);
    this.status = status;
    this.nextStep = nextStep;
  }
}

type Listed = { entries: SourceEntry[]; unknown: { path: string; reason: string }[] };

const listSource = async (
  source: Source,
  settings: SyncSettings,
  report: Report,
  signal: AbortSignal,
): Promise<Listed> => {
  const entries: SourceEntry[] = [];
  const unknown: Listed["unknown"] = [];
  for await (const found of source.list(signal)) {
    signal.throwIfAborted();
    if (found.kind === "skipped") report.add({ key: found.key, outcome: "skipped", reason: found.reason });
    else if (found.kind === "unknown") {
      report.add({ key: found.key || "(the whole source)", outcome: "failed", reason: found.reason });
      // The folder that its documents lie in: that of a thing of any name below it.
      const { path } = documentNameOf({ key: found.key, segments: [...found.segments, "x"] }, settings.into);
      unknown.push({ path: found.segments.length === 0 ? "" : path, reason: found.reason });
    } else {
      entries.push(found.entry);
      report.run.counts.found += 1;
      if (entries.length > settings.filesMax)
        throw new RunEnded(
          "stopped",
          `The source has more than ${settings.filesMax} files. Nothing was changed.`,
          "Raise the limit of files in the agent's settings, or give it a smaller part of the source.",
        );
    }
  }
  return { entries, unknown };
};

/** Works on all items, some at once; the first error ends it after those under way. */
const forAll = async <T>(items: T[], work: (item: T, number: number) => Promise<void>): Promise<void> => {
  let next = 0;
  let failed: { error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const number = next;
      next += 1;
      try {
        await work(items[number] as T, number);
      } catch (error) {
        failed ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failed) throw failed.error;
};

const removeVanished = async (
  parts: { client: Client; settings: SyncSettings; report: Report },
  vanished: Document[],
  documentsCount: number,
  unknown: Listed["unknown"],
): Promise<void> => {
  const { report } = parts;
  const keyOf = (document: Document): string => (document.path ? `${document.path}/${document.name}` : document.name);
  const going: Document[] = [];
  for (const document of vanished) {
    const held = unknown.find(
      ({ path }) => path === "" || document.path === path || document.path.startsWith(`${path}/`),
    );
    if (held)
      report.add({
        key: keyOf(document),
        outcome: "held",
        documentId: document.id,
        reason: `it may still be there: ${held.reason}`,
      });
    else going.push(document);
  }
  const brake = brakeOn(going.length, documentsCount, parts.settings.brake, report.run.allowDeletes);
  if (brake) {
    report.run.brake = brake;
    for (const document of going)
      report.add({
        key: keyOf(document),
        outcome: "held",
        documentId: document.id,
        reason: "the brake holds deletions",
      });
    throw new RunEnded(
      "stopped",
      brake.sentence,
      `Check that the source is whole. If they are to go, start a run that may delete ${brake.wanted}: {"allowDeletes": ${brake.wanted}}.`,
    );
  }
  const stayed: Map<string, string> = report.run.dryRun
    ? new Map()
    : await deleteDocuments(
        parts.client,
        going.map(({ id }) => id),
      );
  for (const document of going) {
    const reason = stayed.get(document.id);
    report.add({
      key: keyOf(document),
      outcome: reason ? "failed" : "deleted",
      documentId: document.id,
      ...(reason ? { reason } : {}),
    });
  }
};

/**
 * Makes the index equal to the source, once. The index itself is the state: what is there is listed each time, so a run
 * that broke off is finished by the next. A dry run reads and compares the same way and writes no document. Throws
 * `RunEnded` for what stops it, `ApiError` for what the API refuses.
 */
export const runOnce = async (options: {
  client: Client;
  source: Source;
  settings: SyncSettings;
  report: Report;
  signal: AbortSignal;
  now?: () => number;
}): Promise<void> => {
  const { client, source, settings, report, signal } = options;
  const now = options.now ?? Date.now;
  const folder = await mkdtemp(join(tmpdir(), "samla-sync-"));
  let memory: Memory | undefined;
  try {
    let startedMs = now();
    const kept = await loadMemory(client, settings.label);
    memory = kept;
    const [{ entries, unknown }, own] = await Promise.all([
      listSource(source, settings, report, signal),
      listOwnDocuments(client, settings.index, settings.ownTag),
    ]);
    report.run.tookMs.list = now() - startedMs;

    startedMs = now();
    const vanished = new Map(own.byPlace);
    const parts: CompareParts = { client, source, settings, memory, report, folder, signal, now };
    let doneCount = 0;
    await forAll([...placeEntries(entries, settings.into)], async ([place, entry], number) => {
      signal.throwIfAborted();
      const [path = "", name = ""] = place.split("\n");
      const there = await compareOne(parts, entry, { path, name }, own.byPlace.get(place), number);
      if (there === "there") vanished.delete(place);
      doneCount += 1;
      if (doneCount % saveEach === 0) await kept.save();
    });
    report.run.tookMs.compare = now() - startedMs;

    startedMs = now();
    signal.throwIfAborted();
    await removeVanished(
      { client, settings, report },
      [...vanished.values(), ...own.surplus],
      own.byPlace.size + own.surplus.length,
      unknown,
    );
    report.run.tookMs.delete = now() - startedMs;
  } finally {
    await rm(folder, { recursive: true, force: true });
    // Best effort: what is not remembered is read again.
    await memory?.save().catch(() => undefined);
  }
};

/** How a run ended that threw, for its report. */
export const problemOfRun = (
  error: unknown,
  signal: AbortSignal,
): { status: "stopped" | "cancelled" | "failed" | "lost"; detail: string; nextStep: string } => {
  const cause: unknown = signal.aborted ? signal.reason : error;
  if (cause instanceof RunEnded) return { status: cause.status, detail: cause.message, nextStep: cause.nextStep };
  if (cause instanceof ApiError)
    return {
      status: "failed",
      detail: `The API refused: ${cause.problem.detail}`,
      nextStep: cause.problem.nextStep ?? "Check the roles of the agent's account and its secret.",
    };
  return {
    status: "failed",
    detail: cause instanceof Error ? cause.message : String(cause),
    nextStep: "Read the agent's log of this time; the next run does what is missing.",
  };
};

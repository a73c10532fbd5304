import type { DocumentId, Principal, UploadLimits } from "@samla/contracts";
import { ApiError } from "@samla/contracts/plain";
import { type FoundFile, isJunk, refusalOf } from "./folder-walk.ts";
import {
  type DuplicateChoice,
  isFinished,
  isPending,
  nextUpload,
  reviveUpload,
  type UploadEvent,
  type UploadItem,
  uploadActions,
} from "./upload-item.ts";
import { planUpload, type UploadPlan } from "./upload-parts.ts";
import type { UploadPorts } from "./upload-ports.ts";
import { retryAfterSecondsOf, uploadProblemOf } from "./upload-problem.ts";
import { Semaphore, sendParts } from "./upload-sender.ts";
import { addSample, type SpeedSample, speedOf, totalsOf, type UploadTotals } from "./upload-totals.ts";

const filesAtOnce = 4;
const connectionsMax = 6;
const drawEveryMs = 200;
const apiTriesMax = 4;

export type UploadSnapshot = {
  items: readonly UploadItem[];
  totals: UploadTotals;
  speed: ReturnType<typeof speedOf>;
  /** Every pending upload can go on after a reload. */
  isKept: boolean;
};

export type AddOptions = {
  index: string;
  limits: UploadLimits;
  tags?: string[];
  replaces?: DocumentId;
  readers?: Principal[];
};

/**
 * The upload queue: four files at a time, each hashed, announced, sent in parts and confirmed. It lives outside React,
 * so moving about in the console does not touch it, and it is kept in the store, so a reload goes on where it stopped.
 */
export class UploadQueue {
  readonly #ports: UploadPorts;
  readonly #connections = new Semaphore(connectionsMax);
  readonly #items = new Map<string, UploadItem>();
  readonly #files = new Map<string, File>();
  readonly #notKept = new Set<string>();
  readonly #running = new Map<string, AbortController>();
  readonly #listeners = new Set<() => void>();
  readonly #dirty = new Set<string>();
  #saving: Promise<void> = Promise.resolve();
  #samples: SpeedSample[] = [];
  #drawTimer: ReturnType<typeof setTimeout> | undefined;
  #snapshot: UploadSnapshot = { items: [], totals: totalsOf([]), speed: undefined, isKept: true };
  #onSettled: ((item: UploadItem) => void) | undefined;

  constructor(ports: UploadPorts) {
    this.#ports = ports;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly getSnapshot = (): UploadSnapshot => this.#snapshot;

  /** Called for each upload that is announced, sent, stored or cancelled: the lists have changed. */
  onSettled(listener: (item: UploadItem) => void): void {
    this.#onSettled = listener;
  }

  /** Takes files in. Over-limit and misnamed ones are refused at once, with the reason; system leftovers are left out. */
  add(found: readonly FoundFile[], options: AddOptions): { added: number; leftOut: number } {
    let leftOut = 0;
    const added: UploadItem[] = [];
    for (const { file, path } of found) {
      if (isJunk(file.name, path)) {
        leftOut += 1;
        continue;
      }
      if (this.#reunite(file, path, options.index)) continue;
      const problem = refusalOf(file, path, options.limits);
      const item: UploadItem = {
        id: this.#ports.newId(),
        index: options.index,
        name: file.name,
        path,
        sizeBytes: file.size,
        modifiedMs: file.lastModified,
        mediaType: file.type.slice(0, 128),
        tags: options.tags ?? [],
        ...(options.replaces ? { replaces: options.replaces } : {}),
        ...(options.readers ? { readers: options.readers } : {}),
        phase: problem ? "refused" : "waiting",
        ...(problem ? { problem } : {}),
        paused: false,
        attempt: 0,
        hashedBytes: 0,
        sentBytes: 0,
      };
      this.#items.set(item.id, item);
      if (problem) continue;
      this.#files.set(item.id, file);
      this.#dirty.add(item.id);
      added.push(item);
    }
    void this.#keepFiles(added.map((item) => item.id));
    this.#draw();
    this.#fill();
    return { added: added.length, leftOut };
  }

  /** Takes over what an earlier page left. */
  async restore(): Promise<void> {
    for (const { item, file } of await this.#ports.store.adopt()) {
      if (this.#items.has(item.id)) continue;
      if (file) this.#files.set(item.id, file);
      this.#items.set(item.id, reviveUpload(item, file !== undefined));
      this.#dirty.add(item.id);
    }
    this.#draw();
    this.#fill();
  }

  pause(ids: readonly string[] = this.#ids()): void {
    for (const id of ids) {
      // An answer to an announcement must not be lost, so that request is left to end by itself.
      const wasAnnouncing = this.#items.get(id)?.phase === "announcing";
      if (this.#apply(id, { type: "paused" }) && !wasAnnouncing) this.#running.get(id)?.abort();
    }
    this.#fill();
  }

  resume(ids: readonly string[] = this.#ids()): void {
    for (const id of ids) this.#apply(id, { type: "resumed" });
    this.#fill();
  }

  cancel(ids: readonly string[] = this.#ids()): void {
    for (const id of ids) {
      const before = this.#items.get(id);
      if (!before || !this.#apply(id, { type: "cancelled" })) continue;
      if (before.phase !== "announcing") this.#running.get(id)?.abort();
      if (before.versionId) void this.#ports.api.abort(before.versionId).catch(() => undefined);
      this.#release(id);
    }
    this.#fill();
  }

  /** Tries the failed ones again, and only those. */
  retry(ids: readonly string[] = this.#ids()): void {
    for (const id of ids) this.#apply(id, { type: "retried" });
    this.#fill();
  }

  /** Answers the question about a duplicate. */
  choose(ids: readonly string[], choice: DuplicateChoice): void {
    for (const id of ids) if (this.#apply(id, { type: "chosen", choice }) && choice === "skip") this.#release(id);
    this.#fill();
  }

  clearFinished(): void {
    const gone = [...this.#items.values()].filter(isFinished).map((item) => item.id);
    for (const id of gone) {
      this.#items.delete(id);
      this.#files.delete(id);
      this.#dirty.delete(id);
    }
    void this.#ports.store.remove(gone);
    this.#draw();
  }

  #ids(): string[] {
    return [...this.#items.keys()];
  }

  /** A file added again that an upload of an earlier page is missing goes on there. */
  #reunite(file: File, path: string, index: string): boolean {
    for (const item of this.#items.values())
      if (
        item.phase === "missing" &&
        item.index === index &&
        item.name === file.name &&
        item.sizeBytes === file.size &&
        item.modifiedMs === file.lastModified &&
        (item.path === path || path === "")
      ) {
        this.#files.set(item.id, file);
        this.#apply(item.id, { type: "file-found" });
        return true;
      }
    return false;
  }

  async #keepFiles(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#notKept.add(id);
    await this.#save();
    for (const id of ids) {
      const item = this.#items.get(id);
      const file = this.#files.get(id);
      if (!item || !file || isFinished(item)) this.#notKept.delete(id);
      else if (await this.#ports.store.saveFile(id, file)) {
        this.#notKept.delete(id);
        const now = this.#items.get(id);
        if (!now || isFinished(now)) await this.#ports.store.removeFile(id);
      }
    }
    this.#draw();
  }

  /** Applies an event; false if it did not fit. */
  #apply(id: string, event: UploadEvent): boolean {
    const item = this.#items.get(id);
    if (!item) return false;
    const next = nextUpload(item, event);
    if (next === item) return false;
    this.#items.set(id, next);
    if (event.type === "progress" || event.type === "hash-progress") {
      this.#drawSoon();
      return true;
    }
    this.#dirty.add(id);
    if (isFinished(next)) this.#release(id);
    if (isFinished(next) || event.type === "accepted") this.#onSettled?.(next);
    this.#drawSoon();
    return true;
  }

  #release(id: string): void {
    this.#files.delete(id);
    this.#notKept.delete(id);
    void this.#ports.store.removeFile(id);
  }

  #fill(): void {
    for (const [id, item] of this.#items) {
      if (this.#running.size >= filesAtOnce) return;
      if (item.phase === "waiting" && !item.paused && !this.#running.has(id)) void this.#run(id);
    }
  }

  async #run(id: string): Promise<void> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    const { signal } = controller;
    try {
      await this.#work(id, signal);
    } catch (error) {
      if (!signal.aborted) this.#apply(id, { type: "failed", problem: uploadProblemOf(error) });
    } finally {
      this.#running.delete(id);
      this.#fill();
    }
  }

  async #work(id: string, signal: AbortSignal): Promise<void> {
    const file = this.#files.get(id);
    if (!file) {
      this.#apply(id, { type: "file-missing" });
      return;
    }
    this.#apply(id, { type: "started" });
    if (this.#items.get(id)?.phase === "hashing") {
      const onProgress = (hashedBytes: number) => this.#apply(id, { type: "hash-progress", hashedBytes });
      const sha256 = await this.#ports.hash(file, onProgress, signal);
      signal.throwIfAborted();
      this.#apply(id, { type: "hashed", sha256 });
    }
    let plan = this.#items.get(id)?.phase === "sending" ? await this.#resumed(id, file, signal) : undefined;
    if (this.#items.get(id)?.phase === "announcing") plan = await this.#announce(id, file, signal);
    const item = this.#items.get(id);
    if (!plan || !item?.versionId || item.phase !== "sending") return;
    const versionId = item.versionId;
    const onProgress = (sentBytes: number) => this.#apply(id, { type: "progress", sentBytes });
    const parts = await sendParts(this.#ports, this.#connections, { file, versionId, plan, onProgress, signal });
    signal.throwIfAborted();
    this.#apply(id, { type: "all-sent" });
    if (plan.multipart) await this.#complete(versionId, parts, signal);
    this.#apply(id, { type: "sent" });
  }

  /** Announces the file. Undefined when nothing is to be sent now: it is there, or a person must decide. */
  async #announce(id: string, file: File, signal: AbortSignal): Promise<UploadPlan | undefined> {
    const item = this.#items.get(id);
    if (!item?.sha256) return undefined;
    const body = {
      index: item.index,
      name: item.name,
      path: item.path,
      sizeBytes: item.sizeBytes,
      sha256: item.sha256,
      ...(item.mediaType ? { mediaType: item.mediaType } : {}),
      tags: item.tags,
      ...(item.replaces ? { documentId: item.replaces } : {}),
      // A new version keeps the readers of its document.
      ...(item.readers && !item.replaces && item.choice !== "version" ? { readers: item.readers } : {}),
      onDuplicate: item.choice ?? ("ask" as const),
    };
    const answer = await this.#patiently(signal, () => this.#ports.api.create(body, `${id}-${item.attempt}`));
    const now = this.#items.get(id);
    if (answer.outcome === "duplicate") this.#apply(id, { type: "duplicate", matches: answer.matches });
    else if (answer.outcome === "stored")
      this.#apply(id, { type: "stored", documentId: answer.documentId, versionId: answer.versionId });
    else if (now?.phase === "cancelled" || !now) await this.#ports.api.abort(answer.versionId);
    else {
      this.#apply(id, { type: "accepted", documentId: answer.documentId, versionId: answer.versionId });
      return planUpload(answer, file.size);
    }
    return undefined;
  }

  /** Where an announced upload stands. Undefined when it needs nothing more, or must be announced again. */
  async #resumed(id: string, file: File, signal: AbortSignal): Promise<UploadPlan | undefined> {
    const versionId = this.#items.get(id)?.versionId;
    if (!versionId) return undefined;
    try {
      const state = await this.#patiently(signal, () => this.#ports.api.get(versionId, signal));
      if (state.status === "uploading") return planUpload(state, file.size);
      this.#apply(id, state.status === "cancelled" ? { type: "cancelled" } : { type: "sent" });
    } catch (error) {
      if (!(error instanceof ApiError) || (error.problem.code !== "not_found" && error.problem.code !== "gone"))
        throw error;
      this.#apply(id, { type: "forgotten" });
    }
    return undefined;
  }

  async #complete(
    versionId: string,
    parts: readonly { number: number; etag: string }[],
    signal: AbortSignal,
  ): Promise<void> {
    const named = parts.every((part) => part.etag !== "")
      ? parts
      : (await this.#patiently(signal, () => this.#ports.api.get(versionId, signal))).uploadedParts;
    const list = named.map(({ number, etag }) => ({ number, etag }));
    await this.#patiently(signal, () => this.#ports.api.complete(versionId, list, signal));
  }

  /** Repeats a call that may succeed later, as long as the server asks or 1, 2, 4 s. */
  async #patiently<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await call();
      } catch (error) {
        const seconds = retryAfterSecondsOf(error);
        if (seconds === undefined || tries >= apiTriesMax) throw error;
        await this.#ports.waitOnline(signal);
        await this.#ports.sleep(Math.min(30, seconds * 2 ** (tries - 1)) * 1000, signal);
      }
    }
  }

  #drawSoon(): void {
    this.#drawTimer ??= setTimeout(() => this.#draw(), drawEveryMs);
  }

  #draw(): void {
    clearTimeout(this.#drawTimer);
    this.#drawTimer = undefined;
    const items = [...this.#items.values()];
    const totals = totalsOf(items);
    this.#samples =
      totals.active > 0 ? addSample(this.#samples, { atMs: this.#ports.now(), bytes: totals.sentBytes }) : [];
    this.#snapshot = {
      items,
      totals,
      speed: speedOf(this.#samples, totals.totalBytes - totals.sentBytes),
      isKept: !items.some((item) => (isPending(item) || uploadActions(item).resume) && this.#notKept.has(item.id)),
    };
    for (const listener of this.#listeners) listener();
    void this.#save();
  }

  #save(): Promise<void> {
    if (this.#dirty.size === 0) return this.#saving;
    const items = [...this.#dirty].map((id) => this.#items.get(id)).filter((item) => item !== undefined);
    this.#dirty.clear();
    this.#saving = this.#saving.then(() => this.#ports.store.saveItems(items));
    return this.#saving;
  }
}

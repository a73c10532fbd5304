import { unlink } from "node:fs/promises";
import {
  type BuildConfig,
  type ExtractFailureCode,
  type Extraction,
  extractFailureCodes,
  formatBytes,
  type PassageDraft,
  type StepName,
  sizeLimitOfName,
} from "@samla/contracts";
import {
  type Extractor,
  type ExtractProblem,
  Failure,
  objectKeys,
  readBuildConfig,
  type StorageContext,
  timestamp,
  type VersionRecord,
} from "../kernel/index.ts";
import { extractedKey, passagesKey } from "./data-keys.ts";
import { formatPassages } from "./passages-file.ts";
import { endRunning, endStep, failureOf, mirrorHead, startStep } from "./rules.ts";

export type ProcessContext = StorageContext & {
  extractor: Extractor;
  /** A fresh name in the worker's own temporary folder. */
  tempFile: () => string;
  /** Names this worker in leases. */
  owner: string;
  /** Ends the work when the worker must stop. */
  signal: AbortSignal;
  /** A claim without a heartbeat for this long may be taken over. */
  leaseMs: number;
};

const heartbeatMs = 500;

/** `done`: nothing more to do with the message. `busy`: somebody else is at it; if they die, the sweeper asks again. */
export type ProcessResult = "done" | "busy";

/**
 * Reads a version: claim, download, verify, extract, split, store, hand over to the index writer. Idempotent: repeated or
 * resumed at any point it ends in the same rows and objects. Throws on trouble of ours, so that the queue tries again.
 */
export const processVersion = async (
  ctx: ProcessContext,
  input: { documentId: string; versionId: string; lastAttempt: boolean },
): Promise<ProcessResult> => {
  const claim = await claimVersion(ctx, input);
  if (claim.state !== "claimed") return claim.state;
  const watch = watchClaim(ctx, claim.version);
  const file = ctx.tempFile();
  try {
    const index = await ctx.catalog.getIndex(claim.version.index);
    const config = index && (await readBuildConfig(ctx, index.slug, index.liveBuildId));
    if (!index || !config) return "done";
    const extraction = await readVersion(ctx, claim.version, config, file, watch);
    const passages = ctx.extractor.split(extraction, config);
    if (passages.length === 0) throw problem("empty", "No passage could be made of its text.");
    await storeVersion(ctx, claim.version, config, extraction, passages);
    if (await finishReading(ctx, claim.version, extraction, passages))
      await ctx.queues.sendIndex([{ index: index.slug, buildId: index.liveBuildId, documentId: input.documentId }]);
    return "done";
  } catch (error) {
    if (watch.lost()) return "done";
    return await settleFailure(ctx, claim.version, error, watch.step(), input.lastAttempt);
  } finally {
    watch.stop();
    await unlink(file).catch(() => undefined);
  }
};

/** A reason that a person reads, for a file that cannot be read. */
export const problem = (code: ExtractFailureCode, detail: string): ExtractProblem =>
  Object.assign(new Error(detail), { code, detail });

type Claim = { state: "claimed"; version: VersionRecord } | { state: "busy" } | { state: "done" };

const claimVersion = async (ctx: ProcessContext, input: { documentId: string; versionId: string }): Promise<Claim> => {
  let busy = false;
  const result = await ctx.catalog.change(input.documentId, input.versionId, ctx.actor, (document, version) => {
    busy = false;
    if (!version || document.deletedAt) return undefined;
    const held = version.lease && version.lease.until > ctx.now() && version.lease.owner !== ctx.owner;
    if (version.status === "extracting" && held) {
      busy = true;
      return undefined;
    }
    if (version.status !== "queued" && version.status !== "extracting") return undefined;
    const at = timestamp(ctx);
    const next: VersionRecord = {
      ...version,
      status: "extracting",
      attempt: version.attempt + 1,
      steps: startStep(version.steps, "extract", at),
      lease: { owner: ctx.owner, until: ctx.now() + ctx.leaseMs },
      updatedAt: at,
    };
    return {
      document: mirrorHead(document, next, at),
      version: next,
      event: {
        action: "document.processing",
        outcome: "ok",
        summary: `began to read "${version.name}"${next.attempt > 1 ? ` (attempt ${next.attempt})` : ""}`,
        index: document.index,
        documentId: document.id,
        versionId: version.id,
      },
    };
  });
  if (busy) return { state: "busy" };
  if (result?.changed && result.version) return { state: "claimed", version: result.version };
  // The reader finished and died before it told the writer: tell it now.
  if (result?.version?.status === "indexing" && !result.document.deletedAt) {
    const index = await ctx.catalog.getIndex(result.document.index);
    if (index)
      await ctx.queues.sendIndex([{ index: index.slug, buildId: index.liveBuildId, documentId: input.documentId }]);
  }
  return { state: "done" };
};

type Watch = {
  signal: AbortSignal;
  lost: () => boolean;
  step: () => StepName;
  progress: (step: "extract" | "ocr", detail: string) => void;
  stop: () => void;
};

/** Keeps the claim alive, shows progress, and ends the work within moments when the version was cancelled. */
const watchClaim = (ctx: ProcessContext, claimed: VersionRecord): Watch => {
  const controller = new AbortController();
  let lost = false;
  let step: "extract" | "ocr" = "extract";
  let detail: string | undefined;
  let shown: string | undefined;
  let renewedAt = ctx.now();
  let running = false;
  const beat = async (): Promise<void> => {
    const version = await ctx.catalog.getVersion(claimed.documentId, claimed.id);
    if (version?.status !== "extracting" || version.lease?.owner !== ctx.owner) {
      lost = true;
      controller.abort();
      return;
    }
    if (detail === shown && ctx.now() - renewedAt < ctx.leaseMs / 3) return;
    const at = timestamp(ctx);
    await ctx.catalog.change(claimed.documentId, claimed.id, ctx.actor, (_, current) => {
      if (current?.status !== "extracting" || current.lease?.owner !== ctx.owner) return undefined;
      const running = current.steps.some((one) => one.name === step && one.status === "running")
        ? current.steps
        : startStep(step === "ocr" ? endStep(current.steps, "extract", at) : current.steps, step, at);
      return {
        version: {
          ...current,
          lease: { owner: ctx.owner, until: ctx.now() + ctx.leaseMs },
          steps: running.map((one) => (one.name === step && detail ? { ...one, detail } : one)),
        },
      };
    });
    shown = detail;
    renewedAt = ctx.now();
  };
  const timer = setInterval(() => {
    if (running || lost) return;
    running = true;
    beat()
      .catch((error: unknown) => ctx.log("warn", "heartbeat failed", { error: String(error), versionId: claimed.id }))
      .finally(() => {
        running = false;
      });
  }, heartbeatMs);
  return {
    signal: AbortSignal.any([controller.signal, ctx.signal]),
    lost: () => lost,
    step: () => step,
    progress: (name, text) => {
      step = name;
      detail = text;
    },
    stop: () => clearInterval(timer),
  };
};

/** Downloads a source; one that is not there is a fault of the version, not of the store. */
export const downloadSource = async (
  ctx: Pick<StorageContext, "objects">,
  key: string,
  file: string,
  options: { signal: AbortSignal; sizeMaxBytes?: number },
): Promise<{ sizeBytes: number; sha256: string | undefined }> => {
  try {
    return await ctx.objects.download(key, file, options);
  } catch (error) {
    if (error instanceof Failure && error.code === "not_found")
      throw problem("corrupt", "The bytes of this version are not in the store.");
    throw error;
  }
};

const readVersion = async (
  ctx: ProcessContext,
  version: VersionRecord,
  config: BuildConfig,
  file: string,
  watch: Watch,
): Promise<Extraction> => {
  const limitBytes = sizeLimitOfName(version.name, ctx.uploadLimits);
  if (version.sizeBytes > limitBytes)
    throw problem(
      "too_large",
      `It has ${formatBytes(version.sizeBytes)}; files of this type may have at most ${formatBytes(limitBytes)}.`,
    );
  const { sizeBytes, sha256 } = await downloadSource(ctx, objectKeys.source(version.documentId, version.id), file, {
    signal: watch.signal,
    sizeMaxBytes: version.sizeBytes,
  });
  if (sizeBytes !== version.sizeBytes)
    throw problem("corrupt", `${formatBytes(version.sizeBytes)} were announced and ${formatBytes(sizeBytes)} arrived.`);
  if (version.sha256 && sha256 !== version.sha256)
    throw problem("corrupt", "The bytes that arrived are not those that were announced (their SHA-256 differs).");
  return ctx.extractor.extract({
    filePath: file,
    name: version.name,
    ocr: config.ocr,
    signal: watch.signal,
    onProgress: (progress) =>
      watch.progress(progress.step, progress.pages > 1 ? `page ${progress.page} of ${progress.pages}` : ""),
  });
};

const storeVersion = async (
  ctx: ProcessContext,
  version: VersionRecord,
  config: BuildConfig,
  extraction: Extraction,
  passages: PassageDraft[],
): Promise<void> => {
  // What other builds made of an earlier reading is made again from this one.
  if (version.attempt > 1) {
    await ctx.objects.deletePrefix(objectKeys.vectorsPrefix(version.documentId, version.id));
    await ctx.objects.deletePrefix(objectKeys.variantsPrefix(version.documentId, version.id));
  }
  await Promise.all([
    ctx.objects.put(
      extractedKey(version.documentId, version.id, config),
      JSON.stringify(extraction),
      "application/json",
    ),
    ctx.objects.put(
      passagesKey(version.documentId, version.id, config),
      formatPassages({ pages: extraction.pages, title: extraction.title, passages }),
      "application/jsonl",
    ),
  ]);
};

const finishReading = async (
  ctx: ProcessContext,
  claimed: VersionRecord,
  extraction: Extraction,
  passages: PassageDraft[],
): Promise<boolean> => {
  const at = timestamp(ctx);
  const result = await ctx.catalog.change(claimed.documentId, claimed.id, ctx.actor, (document, version) => {
    if (version?.status !== "extracting" || version.lease?.owner !== ctx.owner) return undefined;
    const { lease: _l, failure: _f, title: _t, ...rest } = version;
    let steps = endStep(
      version.steps,
      "extract",
      at,
      "done",
      `${extraction.text.length.toLocaleString("en")} characters${extraction.pages.length > 1 ? ` on ${extraction.pages.length} pages` : ""}`,
    );
    if (extraction.ocrPages > 0)
      steps = endStep(
        steps,
        "ocr",
        at,
        "done",
        `${extraction.ocrPages} ${extraction.ocrPages === 1 ? "page" : "pages"} recognised`,
      );
    steps = startStep(
      endStep(steps, "split", at, "done", `${passages.length} ${passages.length === 1 ? "passage" : "passages"}`),
      "index",
      at,
    );
    const next: VersionRecord = {
      ...rest,
      status: "indexing",
      steps,
      updatedAt: at,
      kind: extraction.kind,
      mediaType: extraction.mediaType,
      warnings: extraction.warnings.slice(0, 50),
      passages: passages.length,
      vectors: 0,
      pages: extraction.pages.length,
      characters: extraction.text.length,
      ocrPages: extraction.ocrPages,
      ...(extraction.language ? { language: extraction.language } : {}),
      ...(extraction.title ? { title: extraction.title.slice(0, 500) } : {}),
    };
    return {
      document: mirrorHead(document, next, at),
      version: next,
      event: {
        action: "document.extracted",
        outcome: "ok",
        summary: `read "${version.name}": ${passages.length} ${passages.length === 1 ? "passage" : "passages"}`,
        index: document.index,
        documentId: document.id,
        versionId: version.id,
      },
    };
  });
  return result?.changed ?? false;
};

export const isExtractProblem = (error: unknown): error is ExtractProblem =>
  error instanceof Error &&
  "detail" in error &&
  "code" in error &&
  extractFailureCodes.includes(error.code as ExtractFailureCode);

const settleFailure = async (
  ctx: ProcessContext,
  claimed: VersionRecord,
  error: unknown,
  step: StepName,
  lastAttempt: boolean,
): Promise<ProcessResult> => {
  const known = isExtractProblem(error) ? error : undefined;
  const final = known !== undefined && known.code !== "internal";
  if (!final)
    ctx.log("error", "processing failed", {
      versionId: claimed.id,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  if (!final && !lastAttempt) {
    await releaseClaim(ctx, claimed);
    throw error;
  }
  const at = timestamp(ctx);
  const failure = failureOf(
    known?.code ?? "internal",
    step,
    known?.detail ?? `Reading it failed ${claimed.attempt} times (request ${ctx.requestId}).`,
  );
  await ctx.catalog.change(claimed.documentId, claimed.id, ctx.actor, (document, version) => {
    if (version?.status !== "extracting" || version.lease?.owner !== ctx.owner) return undefined;
    const { lease: _, ...rest } = version;
    const next: VersionRecord = {
      ...rest,
      status: "failed",
      failure,
      steps: endRunning(version.steps, at, "failed"),
      updatedAt: at,
    };
    return {
      document: mirrorHead(document, next, at),
      version: next,
      event: {
        action: "document.failed",
        outcome: "failed",
        summary: `could not read "${version.name}": ${failure.title.toLowerCase()}`,
        index: document.index,
        documentId: document.id,
        versionId: version.id,
        reason: failure.detail,
        data: { code: failure.code, step: failure.step },
      },
    };
  });
  return "done";
};

const releaseClaim = async (ctx: ProcessContext, claimed: VersionRecord): Promise<void> => {
  await ctx.catalog.change(claimed.documentId, claimed.id, ctx.actor, (_, version) => {
    if (version?.status !== "extracting" || version.lease?.owner !== ctx.owner) return undefined;
    const { lease: _l, ...rest } = version;
    return { version: { ...rest, status: "queued" } };
  });
};

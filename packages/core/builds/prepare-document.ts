import { unlink } from "node:fs/promises";
import {
  type Build,
  type Document,
  type Extraction,
  extractFailureTexts,
  followsChanges,
  type VersionFailure,
} from "@samla/contracts";
import { extractedKey, passagesKey, vectorsKey } from "../documents/data-keys.ts";
import { makeVectors } from "../documents/make-vectors.ts";
import { formatPassages, type PassagesFile, parsePassages } from "../documents/passages-file.ts";
import { downloadSource, isExtractProblem, type ProcessContext, problem } from "../documents/process-version.ts";
import { stagesOf } from "../documents/record-written.ts";
import { embedderOf, endRunning, mirrorHead, readingOf, searchableVersionId } from "../documents/rules.ts";
import { formatVectors } from "../documents/vectors-file.ts";
import {
  type BuildDocumentRecord,
  type DataStage,
  type EngineContext,
  objectKeys,
  timestamp,
  type VersionRecord,
  WrongVectorsError,
} from "../kernel/index.ts";
import { moveFill, newFill } from "./fill-rules.ts";

export type PrepareContext = ProcessContext & Pick<EngineContext, "embedders">;

/** How often the work looks whether its build still wants it; a cancel is seen within this and one round of vectors. */
const beatMs = 500;

type Wanted = { build: Build; document: Document; version: VersionRecord };
/** What has to be made, in order; the rest is there. */
type Lacking = { passages?: Uint8Array | undefined; stages: DataStage[] };

/**
 * Makes what a build needs of one document and no build has made yet: text, passages, vectors; then the build's writer is
 * told. Idempotent. A document that cannot be brought in is noted with its reason. Throws on trouble of ours, so that the
 * queue tries again, unless this is the last attempt.
 */
export const prepareDocument = async (
  ctx: PrepareContext,
  input: { index: string; buildId: string; documentId: string; lastAttempt: boolean },
): Promise<void> => {
  const tell = (): Promise<void> =>
    ctx.queues.sendIndex([{ index: input.index, buildId: input.buildId, documentId: input.documentId }]);
  const build = await ctx.catalog.getBuild(input.index, input.buildId);
  if (!build || !(await isWanted(ctx, build))) return;
  const document = await ctx.catalog.getDocument(input.documentId);
  const versions = document && !document.deletedAt ? await ctx.catalog.listVersions(document.id) : [];
  const versionId = document && searchableVersionId(document, versions);
  const version = versions.find((one) => one.id === versionId);
  // Nothing of it belongs into the build; the writer takes out what may be there.
  if (!document || !version) return tell();
  const wanted: Wanted = { build, document, version };
  const lacking = await findLacking(ctx, wanted);
  if (lacking.stages.length === 0) {
    await forgetFailure(ctx, wanted);
    return tell();
  }
  if (!(await claim(ctx, wanted, lacking.stages))) return;
  const watch = watchBuild(ctx, wanted);
  try {
    await makeData(ctx, wanted, lacking, watch.signal);
    await forgetFailure(ctx, wanted);
  } catch (error) {
    if (watch.dropped()) return release(ctx, wanted);
    if (ctx.signal.aborted) {
      // The worker's time is over, which says nothing about the document: another one goes on with it.
      await release(ctx, wanted);
      const { lastAttempt: _, ...message } = input;
      return ctx.queues.sendFill([{ kind: "prepare", ...message }]);
    }
    const known = isExtractProblem(error) && error.code !== "internal" ? error : undefined;
    const isFinal = known !== undefined || error instanceof WrongVectorsError;
    if (!known) ctx.log("error", "a document was not prepared", { ...input, error: String(error) });
    if (!isFinal && !input.lastAttempt) {
      await release(ctx, wanted);
      throw error;
    }
    await noteFailure(ctx, wanted, error);
  } finally {
    watch.stop();
  }
  await tell();
};

/** A build that is paused or given up wants nothing more; one that is paused asks again when it goes on. */
const isWanted = async (ctx: PrepareContext, build: Build): Promise<boolean> => {
  if (!followsChanges(build.status)) return false;
  if (build.status !== "building") return true;
  return (await ctx.catalog.getFills([build.id])).get(build.id)?.state !== "paused";
};

const findLacking = async (ctx: PrepareContext, { build, document, version }: Wanted): Promise<Lacking> => {
  const { config } = build;
  const passages = await ctx.objects.getBytes(passagesKey(document.id, version.id, config));
  if (!passages) {
    const extracted = await ctx.objects.head(extractedKey(document.id, version.id, config));
    // Whether its vectors are there shows when its passages are.
    return { stages: extracted ? ["split"] : ["extract", "split"] };
  }
  const embeds = stagesOf(build).includes("embed");
  const vectors = embeds && (await ctx.objects.head(vectorsKey(document.id, version.id, config.embedder, passages)));
  return { passages, stages: embeds && !vectors ? ["embed"] : [] };
};

/** Says in the row what this worker makes, so that repeats count it once; false while another worker is at it. */
const claim = async (
  ctx: PrepareContext,
  { build, document, version }: Wanted,
  stages: DataStage[],
): Promise<boolean> => {
  let held = false;
  await ctx.catalog.changeBuildDocuments(build.id, [document.id], (rows) => {
    const row = rows.get(document.id);
    const work = row?.work?.versionId === version.id ? row.work : undefined;
    held = work !== undefined && work.owner !== ctx.owner && work.until > ctx.now();
    if (held) return undefined;
    return {
      rows: [
        {
          ...(row ?? { documentId: document.id, passages: 0, vectors: 0, at: timestamp(ctx) }),
          work: {
            versionId: version.id,
            // What a worker before this one made before it died was made for this build too.
            made: [...new Set([...(work?.made ?? []), ...stages])],
            owner: ctx.owner,
            until: ctx.now() + ctx.leaseMs,
          },
        },
      ],
    };
  });
  return !held;
};

/** Keeps the claim, and ends the work within moments when its build is paused, cancelled or gone. */
const watchBuild = (ctx: PrepareContext, wanted: Wanted) => {
  const controller = new AbortController();
  let dropped = false;
  let running = false;
  let renewedAt = ctx.now();
  const beat = async (): Promise<void> => {
    const build = await ctx.catalog.getBuild(wanted.build.index, wanted.build.id);
    if (!build || !(await isWanted(ctx, build))) {
      dropped = true;
      controller.abort();
      return;
    }
    if (ctx.now() - renewedAt < ctx.leaseMs / 3) return;
    renewedAt = ctx.now();
    await ctx.catalog.changeBuildDocuments(wanted.build.id, [wanted.document.id], (rows) => {
      const row = rows.get(wanted.document.id);
      if (row?.work?.owner !== ctx.owner || row.work.versionId !== wanted.version.id) return undefined;
      return { rows: [{ ...row, work: { ...row.work, until: ctx.now() + ctx.leaseMs } }] };
    });
  };
  const timer = setInterval(() => {
    if (running || dropped) return;
    running = true;
    beat()
      .catch((error: unknown) => ctx.log("warn", "a look at the build failed", { error: String(error) }))
      .finally(() => {
        running = false;
      });
  }, beatMs);
  return {
    signal: AbortSignal.any([controller.signal, ctx.signal]),
    dropped: () => dropped,
    stop: () => clearInterval(timer),
  };
};

const makeData = async (ctx: PrepareContext, wanted: Wanted, lacking: Lacking, signal: AbortSignal): Promise<void> => {
  const { build, document, version } = wanted;
  const { config } = build;
  let { passages } = lacking;
  if (!passages) {
    const extraction = await extractionOf(ctx, wanted, signal);
    const split = ctx.extractor.split(extraction, config);
    if (split.length === 0) throw problem("empty", "No passage could be made of its text.");
    const file: PassagesFile = { pages: extraction.pages, title: extraction.title, passages: split };
    passages = new TextEncoder().encode(formatPassages(file));
    signal.throwIfAborted();
    await ctx.objects.put(passagesKey(document.id, version.id, config), passages, "application/jsonl");
  }
  if (!stagesOf(build).includes("embed")) return;
  const key = vectorsKey(document.id, version.id, config.embedder, passages);
  if (!lacking.passages) {
    if (await ctx.objects.head(key)) return;
    await claim(ctx, wanted, ["embed"]);
  }
  const embedder = embedderOf(ctx, build);
  if (!embedder)
    throw problem("internal", `The embedder ${config.embedder} with ${config.dimensions} dimensions is not at hand.`);
  const vectors = await makeVectors(embedder, parsePassages(passages), signal).catch((error: unknown) => {
    if (error instanceof WrongVectorsError) throw error;
    throw problem("internal", `The embedder ${embedder.id} failed: ${error instanceof Error ? error.message : error}`);
  });
  await ctx.objects.put(key, formatVectors(vectors), "application/octet-stream");
};

/** The text as this build reads it: as somebody read it before, else read now. */
const extractionOf = async (
  ctx: PrepareContext,
  { build, document, version }: Wanted,
  signal: AbortSignal,
): Promise<Extraction> => {
  const key = extractedKey(document.id, version.id, build.config);
  const stored = await ctx.objects.getBytes(key);
  if (stored) return JSON.parse(new TextDecoder().decode(stored)) as Extraction;
  const file = ctx.tempFile();
  try {
    const source = objectKeys.source(document.id, version.id);
    await downloadSource(ctx, source, file, { signal });
    const extraction = await ctx.extractor.extract({
      filePath: file,
      name: version.name,
      ocr: build.config.ocr,
      signal,
      onProgress: () => undefined,
    });
    await ctx.objects.put(key, JSON.stringify(extraction), "application/json");
    return extraction;
  } finally {
    await unlink(file).catch(() => undefined);
  }
};

const release = async (ctx: PrepareContext, { build, document, version }: Wanted): Promise<void> => {
  await ctx.catalog.changeBuildDocuments(build.id, [document.id], (rows) => {
    const row = rows.get(document.id);
    if (row?.work?.owner !== ctx.owner || row.work.versionId !== version.id) return undefined;
    return { rows: [{ ...row, work: { ...row.work, until: 0 } }] };
  });
};

/** All that a document needs is there: what failed before is not held against it any more. */
const forgetFailure = async (ctx: PrepareContext, { build, document }: Wanted): Promise<void> => {
  await ctx.catalog.changeBuildDocuments(build.id, [document.id], (rows, fill) => {
    const before = rows.get(document.id);
    if (before?.outcome !== "failed") return undefined;
    const { outcome: _o, versionId: _v, reading: _g, reason: _r, nextStep: _n, ...after } = before;
    return {
      rows: [after],
      ...(fill ? { fill: moveFill(fill, [{ before, after }], stagesOf(build), ctx.now()) } : {}),
    };
  });
};

/** Why a document is not in the build, in the words that people read. */
const failureTextOf = (ctx: PrepareContext, { version }: Wanted, error: unknown): VersionFailure => {
  const known = isExtractProblem(error) ? error : undefined;
  const code = known?.code ?? "internal";
  return {
    code,
    step: known && code !== "internal" ? "extract" : "embed",
    ...extractFailureTexts[code],
    detail:
      known?.detail.slice(0, 500) ??
      (error instanceof WrongVectorsError
        ? error.message
        : `Preparing "${version.name}" failed (request ${ctx.requestId}).`),
    retryable: code === "internal" || code === "timeout",
  };
};

const noteFailure = async (ctx: PrepareContext, wanted: Wanted, error: unknown): Promise<void> => {
  const { build, document, version } = wanted;
  const failure = failureTextOf(ctx, wanted, error);
  await ctx.catalog.changeBuildDocuments(build.id, [document.id], (rows, fill) => {
    const before = rows.get(document.id);
    const after: BuildDocumentRecord = {
      documentId: document.id,
      versionId: version.id,
      reading: readingOf(version),
      outcome: "failed",
      reason: `${failure.title}: ${failure.detail}`,
      nextStep: failure.nextStep,
      passages: 0,
      vectors: 0,
      at: timestamp(ctx),
    };
    return {
      rows: [after],
      fill: moveFill(fill ?? newFill("done", 0, ctx.now()), [{ before, after }], stagesOf(build), ctx.now()),
    };
  });
  const index = await ctx.catalog.getIndex(build.index);
  if (index?.liveBuildId !== build.id) return;
  // The live build decides what becomes of a version: one that it cannot hold has failed.
  await ctx.catalog.change(document.id, version.id, ctx.actor, (current, own) => {
    if (own?.status !== "indexing") return undefined;
    const at = timestamp(ctx);
    const next: VersionRecord = {
      ...own,
      status: "failed",
      failure,
      steps: endRunning(own.steps, at, "failed"),
      updatedAt: at,
    };
    return {
      document: mirrorHead(current, next, at),
      version: next,
      event: {
        action: "document.failed",
        outcome: "failed",
        summary: `could not index "${own.name}": ${failure.title.toLowerCase()}`,
        index: current.index,
        documentId: current.id,
        versionId: own.id,
        buildId: build.id,
        reason: failure.detail,
        data: { code: failure.code, step: failure.step },
      },
    };
  });
};

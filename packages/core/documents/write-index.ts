import type { Build, BuildConfig, Document } from "@samla/contracts";
import { passageIdOf, type VersionId } from "@samla/contracts";
import {
  type EngineContext,
  type EnginePassage,
  type IndexMessage,
  objectKeys,
  type StorageContext,
  tableOf,
  timestamp,
  type VersionRecord,
} from "../kernel/index.ts";
import { makeVectors } from "./make-vectors.ts";
import { type PassagesFile, parsePassages } from "./passages-file.ts";
import { embedderOf, endStep, mirrorHead, searchableVersionId, startStep } from "./rules.ts";
import { formatVectors, parseVectors } from "./vectors-file.ts";

export type WriterContext = StorageContext & EngineContext;

type Prepared = {
  document: Document;
  version: VersionRecord | undefined;
  passages: EnginePassage[];
  /** Read, but overtaken by a newer version before they were written. */
  overtaken: VersionRecord[];
};

/**
 * Makes the build's table say what the rows say, for a batch of documents in one commit, then marks the versions ready.
 * The message only names a document, so repeated, late or reordered messages end in the same table.
 */
export const writeIndex = async (ctx: WriterContext, messages: IndexMessage[]): Promise<void> => {
  const first = messages[0];
  if (!first) return;
  const { index, buildId } = first;
  const [known, build] = await Promise.all([ctx.catalog.getIndex(index), ctx.catalog.getBuild(index, buildId)]);
  if (!known || !build) return;
  const ids = [...new Set(messages.map((message) => message.documentId))];
  const prepared = await Promise.all(ids.map((id) => prepareDocument(ctx, id, build.config)));
  await ctx.engine.replaceDocuments(
    tableOf(index, buildId),
    ids.map((documentId, i) => ({ documentId, passages: prepared[i]?.passages ?? [] })),
  );
  for (const one of prepared) {
    if (one?.version) await markSearchable(ctx, one, build);
    for (const version of one?.overtaken ?? []) await markOvertaken(ctx, version);
  }
};

const prepareDocument = async (
  ctx: WriterContext,
  documentId: string,
  config: BuildConfig,
): Promise<Prepared | undefined> => {
  const document = await ctx.catalog.getDocument(documentId);
  if (!document) return undefined;
  if (document.deletedAt) return { document, version: undefined, passages: [], overtaken: [] };
  const versions = await ctx.catalog.listVersions(documentId);
  const wanted = searchableVersionId(document, versions);
  if (!wanted) return { document, version: undefined, passages: [], overtaken: [] };
  const version = versions.find((one) => one.id === wanted);
  const overtaken = versions.filter((one) => one.status === "indexing" && one.id !== wanted);
  const bytes = await ctx.objects.getBytes(objectKeys.passages(documentId, wanted));
  if (!version || !bytes) throw new Error(`passages of ${wanted} are missing`);
  const file = parsePassages(bytes);
  const vectors = await vectorsOf(ctx, version, file, config);
  const title = file.title ?? version.name;
  return {
    document,
    version,
    overtaken,
    passages: file.passages.map((passage, i) => ({
      id: passageIdOf(version.id as VersionId, passage.n),
      document_id: documentId,
      version_id: version.id,
      n: passage.n,
      title: title === document.name ? title : `${title} ${document.name}`,
      section: passage.headingPath.join(" › "),
      text: passage.text,
      page: passage.page ?? null,
      kind: version.kind ?? "text",
      tags: document.tags,
      path: document.path ? `${document.path}/${document.name}` : document.name,
      updated_at: Date.parse(version.createdAt),
      readers: ["everyone"],
      ...(vectors[i] ? { vector: vectors[i] } : {}),
    })),
  };
};

/** One vector a passage, or none at all: made here by an instant embedder, else those that were stored. */
const vectorsOf = async (
  ctx: WriterContext,
  version: VersionRecord,
  file: PassagesFile,
  config: BuildConfig,
): Promise<Float32Array[]> => {
  // Named by the build, so that its vectors stay while its embedder is not at hand.
  const key = objectKeys.vectors(version.documentId, version.id, config.embedder);
  const embedder = embedderOf(ctx, { config });
  if (embedder?.instant) {
    const made = await makeVectors(embedder, file).catch((error: unknown) => {
      // By its words at least: the queue for vectors tries again.
      ctx.log("warn", "the writer made no vectors", { error: String(error), versionId: version.id });
      return undefined;
    });
    if (made && version.status === "indexing")
      await ctx.objects.put(key, formatVectors(made), "application/octet-stream");
    if (made) return made;
  }
  const bytes = await ctx.objects.getBytes(key);
  const vectors = bytes ? parseVectors(bytes, config.dimensions) : [];
  // Vectors of another split of the same version would land on wrong passages.
  return vectors.length === file.passages.length ? vectors : [];
};

/** A version that was read while a newer one was faster: searches pass it by, a roll back may choose it. */
const markOvertaken = async (ctx: WriterContext, overtaken: VersionRecord): Promise<void> => {
  const at = timestamp(ctx);
  await ctx.catalog.change(overtaken.documentId, overtaken.id, ctx.actor, (document, version) =>
    version?.status === "indexing" && document.headVersionId !== version.id
      ? {
          document: { ...document, updatedAt: at },
          version: {
            ...version,
            status: "ready",
            steps: endStep(version.steps, "index", at, "skipped", "a newer version was faster"),
            updatedAt: at,
          },
          event: {
            action: "document.ready",
            outcome: "ok",
            summary: `kept "${version.name}" as an earlier version; a newer one is searchable`,
            index: document.index,
            documentId: document.id,
            versionId: version.id,
          },
        }
      : undefined,
  );
};

const markSearchable = async (ctx: WriterContext, one: Prepared, build: Build): Promise<void> => {
  const { index, id: buildId } = build;
  const canEmbed = embedderOf(ctx, build) !== undefined;
  const versionId = one.version?.id;
  if (!versionId) return;
  const vectors = one.passages.filter((passage) => passage.vector).length;
  const complete = vectors === one.passages.length;
  const at = timestamp(ctx);
  const result = await ctx.catalog.change(one.document.id, versionId, ctx.actor, (document, version) => {
    if (!version || document.deletedAt) return undefined;
    const becomesReady = version.status === "indexing";
    if (!becomesReady && version.status !== "ready") return undefined;
    if (!becomesReady && document.liveVersionId === version.id && version.vectors === vectors) return undefined;
    let steps = becomesReady ? endStep(version.steps, "index", at) : version.steps;
    if (complete) steps = endStep(steps, "embed", at, "done", `${vectors} ${vectors === 1 ? "vector" : "vectors"}`);
    else if (!canEmbed) steps = endStep(steps, "embed", at, "skipped", "found by its words only");
    else if (!steps.some((step) => step.name === "embed" && step.status === "running"))
      steps = startStep(steps, "embed", at);
    const next: VersionRecord = { ...version, status: "ready", vectors, steps, updatedAt: at };
    return {
      document: { ...mirrorHead(document, next, at), liveVersionId: version.id },
      version: next,
      ...(becomesReady || document.liveVersionId !== version.id
        ? {
            event: {
              action: "document.ready" as const,
              outcome: "ok" as const,
              summary: `made "${version.name}" searchable`,
              index: document.index,
              documentId: document.id,
              versionId: version.id,
              buildId,
            },
          }
        : {
            event: {
              action: "document.embedded" as const,
              outcome: "ok" as const,
              summary: `added ${vectors} ${vectors === 1 ? "vector" : "vectors"} to "${version.name}"`,
              index: document.index,
              documentId: document.id,
              versionId: version.id,
              buildId,
            },
          }),
    };
  });
  if (result?.version && !complete && canEmbed)
    await ctx.queues.sendEmbed({ index, buildId, documentId: one.document.id, versionId });
};

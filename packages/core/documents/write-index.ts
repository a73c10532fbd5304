import { type Build, type Document, followsChanges, passageIdOf, type VersionId } from "@samla/contracts";
import {
  type BuildDocumentRecord,
  type EngineContext,
  type EnginePassage,
  type IndexMessage,
  type StorageContext,
  tableOf,
  type VersionRecord,
} from "../kernel/index.ts";
import { settleAccessChanges } from "./access-changes.ts";
import { needSameData, passagesKey, vectorsKey } from "./data-keys.ts";
import { makeVectors } from "./make-vectors.ts";
import { markOvertaken, markSearchable, type Written } from "./mark-searchable.ts";
import { type PassagesFile, parsePassages } from "./passages-file.ts";
import { recordWritten } from "./record-written.ts";
import { embedderOf, readingOf, searchableVersionId } from "./rules.ts";
import { followingBuilds } from "./tell-builds.ts";
import { formatVectors, parseVectors } from "./vectors-file.ts";

export type WriterContext = StorageContext & EngineContext;

type Prepared = Written & {
  /** Read, but overtaken by a newer version before they were written. */
  overtaken: VersionRecord[];
  /** Data of it has to be made first; until then the table keeps what it has. */
  waits: boolean;
  /** It was tried and cannot be in this build. */
  failed: boolean;
};

/**
 * Makes the build's table say what the rows say, for a batch of documents in one commit, then notes what it holds and, when
 * the build is live, marks the versions ready. The message only names a document, so repeated, late or reordered messages
 * end in the same table.
 */
export const writeIndex = async (ctx: WriterContext, messages: IndexMessage[]): Promise<void> => {
  const first = messages[0];
  if (!first) return;
  const { index: slug, buildId } = first;
  const [index, build] = await Promise.all([ctx.catalog.getIndex(slug), ctx.catalog.getBuild(slug, buildId)]);
  if (!index || !build || !followsChanges(build.status)) return;
  const ids = [...new Set(messages.map((message) => message.documentId))];
  const live = index.liveBuildId === buildId;
  const rows = live ? new Map<string, BuildDocumentRecord>() : await ctx.catalog.getBuildDocuments(buildId, ids);
  const prepared = new Map(
    await Promise.all(ids.map(async (id) => [id, await prepareDocument(ctx, id, build, live, rows.get(id))] as const)),
  );
  const written = ids.filter((id) => !prepared.get(id)?.waits);
  if (written.length > 0)
    await ctx.engine.replaceDocuments(
      tableOf(slug, buildId),
      written.map((documentId) => ({ documentId, passages: prepared.get(documentId)?.passages ?? [] })),
    );
  // One that waits and was never written is not in the table at all.
  const carried = ids.filter((id) => !prepared.get(id)?.waits || (!live && rows.get(id)?.outcome !== "done"));
  await settleAccessChanges(ctx, slug, buildId, new Map(carried.map((id) => [id, prepared.get(id)?.document])));
  await recordWritten(
    ctx,
    build,
    written
      .filter((id) => !prepared.get(id)?.failed)
      .map((documentId) => {
        const one = prepared.get(documentId);
        const passages = one?.passages ?? [];
        return {
          documentId,
          version: one?.version,
          passages: passages.length,
          vectors: passages.filter((passage) => passage.vector).length,
        };
      }),
  );
  const waiting = ids.filter((id) => prepared.get(id)?.waits);
  if (waiting.length > 0)
    await ctx.queues.sendFill(
      waiting.map((documentId) => ({ kind: "prepare", index: slug, buildId, documentId }) as const),
    );
  await markWritten(
    ctx,
    build,
    [...prepared.values()].filter((one) => one !== undefined),
  );
};

/** What other rows have to know: the versions' own, when this build is live, and then the other builds. */
const markWritten = async (ctx: WriterContext, build: Build, prepared: Prepared[]): Promise<void> => {
  const { index: slug, id: buildId } = build;
  // Which build is live may have changed since: the one that is live now has to mark what is new.
  const liveBuildId = (await ctx.catalog.getIndex(slug))?.liveBuildId;
  if (liveBuildId !== buildId) {
    const unmarked = prepared.filter((one) => one.version?.status === "indexing" && !one.waits);
    if (liveBuildId && unmarked.length > 0 && (await ctx.catalog.getBuild(slug, buildId))?.status === "superseded")
      await ctx.queues.sendIndex(
        unmarked.map((one) => ({ index: slug, buildId: liveBuildId, documentId: one.document.id })),
      );
    return;
  }
  // Each document has rows of its own, so they are marked side by side; the batch is small.
  const marked = await Promise.all(
    prepared.map(async (one) => {
      const isComplete = one.version && !one.waits && !one.failed && (await markSearchable(ctx, one, build));
      for (const version of one.overtaken) await markOvertaken(ctx, version);
      return isComplete ? [one] : [];
    }),
  );
  const complete = marked.flat();
  await tellFollowers(ctx, build, complete);
};

/**
 * Tells the other builds of documents that the live one now holds whole: only then is all made that they may share with
 * it. Those that have the version already are left alone.
 */
const tellFollowers = async (ctx: WriterContext, live: Build, complete: readonly Prepared[]): Promise<void> => {
  if (complete.length === 0) return;
  const followers = (await followingBuilds(ctx, live.index)).filter((build) => build.id !== live.id);
  for (const build of followers) {
    const rows = await ctx.catalog.getBuildDocuments(
      build.id,
      complete.map((one) => one.document.id),
    );
    const messages = complete
      .filter(({ document, version }) => {
        const row = rows.get(document.id);
        return !version || row?.versionId !== version.id || row.reading !== readingOf(version);
      })
      .map(({ document }) => ({ index: live.index, buildId: build.id, documentId: document.id }));
    if (messages.length === 0) continue;
    if (needSameData(live.config, build.config)) await ctx.queues.sendIndex(messages);
    else await ctx.queues.sendFill(messages.map((message) => ({ kind: "prepare", ...message }) as const));
  }
};

const prepareDocument = async (
  ctx: WriterContext,
  documentId: string,
  build: Build,
  live: boolean,
  row: BuildDocumentRecord | undefined,
): Promise<Prepared | undefined> => {
  const found = await ctx.catalog.getDocumentWithVersions(documentId);
  if (!found) return undefined;
  const { document, versions } = found;
  const nothing = { document, version: undefined, passages: [], overtaken: [], waits: false, failed: false };
  if (document.deletedAt) return nothing;
  const wanted = searchableVersionId(document, versions);
  const version = versions.find((one) => one.id === wanted);
  if (!version) return nothing;
  const overtaken = versions.filter((one) => one.status === "indexing" && one.id !== wanted);
  if (row?.outcome === "failed" && row.versionId === wanted && row.reading === readingOf(version))
    return { ...nothing, version, overtaken, failed: true };
  const bytes = await ctx.objects.getBytes(passagesKey(documentId, version.id, build.config));
  if (!bytes) return { ...nothing, version, overtaken, waits: true };
  const file = parsePassages(bytes);
  const vectors = await vectorsOf(ctx, version, { bytes, file }, build, live);
  if (!vectors) return { ...nothing, version, overtaken, waits: true };
  return {
    document,
    version,
    overtaken,
    passages: rowsOf(document, version, file, vectors),
    waits: false,
    failed: false,
  };
};

/** The passages of a version as the engine keeps them. */
const rowsOf = (
  document: Document,
  version: VersionRecord,
  file: PassagesFile,
  vectors: readonly Float32Array[],
): EnginePassage[] => {
  const title = file.title ?? version.name;
  return file.passages.map((passage, i) => ({
    id: passageIdOf(version.id as VersionId, passage.n),
    document_id: document.id,
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
    readers: document.readers ?? ["everyone"],
    ...(vectors[i] ? { vector: vectors[i] } : {}),
  }));
};

/**
 * One vector a passage, or none at all. The live build takes what there is, made here by an instant embedder, and its
 * documents are found by their words meanwhile; any other build waits until all are there: undefined.
 */
const vectorsOf = async (
  ctx: WriterContext,
  version: VersionRecord,
  passages: { bytes: Uint8Array; file: PassagesFile },
  build: Build,
  live: boolean,
): Promise<Float32Array[] | undefined> => {
  const { config } = build;
  if (config.dimensions === 0) return [];
  const key = vectorsKey(version.documentId, version.id, config.embedder, passages.bytes);
  const embedder = embedderOf(ctx, build);
  if (live && embedder?.instant) {
    const made = await makeVectors(embedder, passages.file).catch((error: unknown) => {
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
  if (vectors.length === passages.file.passages.length) return vectors;
  return live ? [] : undefined;
};

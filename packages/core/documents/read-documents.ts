import {
  type BuildConfig,
  type Content,
  type ContentQuery,
  type Document,
  type DocumentCounts,
  type ListDocumentsQuery,
  limits,
  Passage,
  type PassageList,
  passageIdOf,
  type Version,
} from "@samla/contracts";
import type { z } from "zod";
import {
  type Context,
  Failure,
  type IndexRecord,
  notFound,
  objectKeys,
  type Page,
  readersToldTo,
  readingAs,
  type StorageContext,
} from "../kernel/index.ts";
import { mayReadDocument, requireDocument, requireIndex, requireVersion } from "./access.ts";
import { extractedKey, passagesKey } from "./data-keys.ts";
import { parsePassages } from "./passages-file.ts";
import { toVersion } from "./rules.ts";

/** What is told of a document: its readers only to those who may change them, to others why they may read it. */
const toldOf = (ctx: Context, document: Document): Document => ({
  ...document,
  ...(document.readers ? { readers: readersToldTo(ctx.actor, "documents.write", document.readers) } : {}),
});

/** One page of an index's documents. Throws `not_found`, `forbidden`, `invalid_cursor`. */
export const listDocuments = async (ctx: Context, input: ListDocumentsQuery): Promise<Page<Document>> => {
  const index = await requireIndex(ctx, input.index, "documents.read");
  const principals = readingAs(ctx.actor);
  const page = await ctx.catalog.listDocuments(input, principals);
  if (!principals) return page;
  // Lists follow their rows with delay; a change of readers holds at once.
  const rows = await ctx.catalog.getDocuments(page.items.map((document) => document.id));
  return {
    ...page,
    items: page.items.flatMap(({ id }) => {
      const document = rows.get(id);
      return document && mayReadDocument(ctx.actor, index, document) ? [toldOf(ctx, document)] : [];
    }),
  };
};

/** How many documents of an index the actor may read, by status. */
export const countDocuments = async (ctx: Context, input: { index: string }): Promise<DocumentCounts> => {
  await requireIndex(ctx, input.index, "documents.read");
  return ctx.catalog.countDocuments(input.index, readingAs(ctx.actor));
};

export const getDocument = async (ctx: Context, input: { documentId: string }): Promise<Document> =>
  toldOf(ctx, (await requireDocument(ctx, input.documentId, "documents.read")).document);

/** All versions, newest first. */
export const listVersions = async (ctx: Context, input: { documentId: string }): Promise<{ items: Version[] }> => {
  const { document } = await requireDocument(ctx, input.documentId, "documents.read");
  const versions = await ctx.catalog.listVersions(document.id);
  return { items: versions.sort((a, b) => b.number - a.number).map((version) => toVersion(version, document)) };
};

export const getVersion = async (ctx: Context, input: { documentId: string; versionId: string }): Promise<Version> => {
  const { document, version } = await requireVersion(ctx, input.documentId, input.versionId, "documents.read");
  return toVersion(version, document);
};

/** The configuration of a build of the index, the live one unless another is named. Throws `not_found`. */
const configOf = async (ctx: Context, index: IndexRecord, buildId: string | undefined): Promise<BuildConfig> => {
  const build = await ctx.catalog.getBuild(index.slug, buildId ?? index.liveBuildId);
  if (!build) throw notFound("build", buildId ?? index.liveBuildId);
  return build.config;
};

/** A short-lived address of a version's source or extraction. Throws `not_found`, `conflict` while the bytes are not there. */
export const getContent = async (
  ctx: StorageContext,
  input: { documentId: string } & z.output<typeof ContentQuery>,
): Promise<Content> => {
  const { document, version, index } = await requireVersion(ctx, input.documentId, input.version, "documents.read");
  const source = input.what === "source";
  const keys = source
    ? [objectKeys.source(document.id, version.id)]
    : [
        extractedKey(document.id, version.id, await configOf(ctx, index, input.build)),
        // An earlier version may have been read before the build was there.
        objectKeys.extracted(document.id, version.id),
      ];
  let [key = ""] = keys;
  let stored: Awaited<ReturnType<typeof ctx.objects.head>>;
  for (key of keys) {
    stored = await ctx.objects.head(key);
    if (stored) break;
  }
  if (!stored)
    throw new Failure(
      "conflict",
      source ? `The bytes of "${version.name}" have not arrived.` : `"${version.name}" has not been read yet.`,
      { nextStep: "Wait until it is ready, or see its processing steps for the reason." },
    );
  // An unknown or text-like type is never sent as something a browser would run.
  const mediaType = source ? safeMediaType(version.kind, version.mediaType) : "application/json";
  const url = await ctx.objects.presignGet(key, {
    ttlSeconds: limits.downloadUrlTtlSeconds,
    contentType: mediaType,
    ...(input.download ? { downloadName: version.id === document.headVersionId ? document.name : version.name } : {}),
  });
  return {
    url,
    expiresAt: new Date(ctx.now() + limits.downloadUrlTtlSeconds * 1000).toISOString(),
    name: version.name,
    mediaType,
    sizeBytes: stored.sizeBytes,
    versionId: version.id,
    ...(version.kind ? { kind: version.kind } : {}),
  };
};

const safeMediaType = (kind: Version["kind"], found: string | undefined): string => {
  if (kind === "pdf") return "application/pdf";
  if (kind === "image" && found && /^image\/(png|jpeg|gif|webp|bmp|tiff)$/.test(found)) return found;
  if (kind && ["html", "markdown", "text", "csv", "tsv", "json", "jsonl", "code", "email"].includes(kind))
    return "text/plain; charset=utf-8";
  return "application/octet-stream";
};

/** The passages of a version in order, as the live build splits it unless another is named. */
export const listPassages = async (
  ctx: StorageContext,
  input: {
    documentId: string;
    version?: string | undefined;
    build?: string | undefined;
    from: number;
    limit: number;
  },
): Promise<PassageList> => {
  const { document, version, index } = await requireVersion(ctx, input.documentId, input.version, "documents.read");
  const config = await configOf(ctx, index, input.build);
  const bytes =
    (await ctx.objects.getBytes(passagesKey(document.id, version.id, config))) ??
    // An earlier version may have been read before the build was there.
    (await ctx.objects.getBytes(objectKeys.passages(document.id, version.id)));
  const file = bytes ? parsePassages(bytes) : { passages: [], pages: [] };
  return {
    versionId: version.id,
    total: file.passages.length,
    pages: file.pages,
    items: file.passages.slice(input.from, input.from + input.limit).map((draft) =>
      Passage.parse({
        ...draft,
        id: passageIdOf(version.id, draft.n),
        documentId: document.id,
        versionId: version.id,
      }),
    ),
  };
};

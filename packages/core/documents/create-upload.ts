import {
  type CreateUploadBody,
  type CreateUploadResult,
  type Document,
  formatBytes,
  kindOfName,
  limits,
  sizeLimitOfName,
} from "@samla/contracts";
import {
  Failure,
  type IndexRecord,
  notFound,
  objectKeys,
  type StorageContext,
  timestamp,
  type VersionRecord,
} from "../kernel/index.ts";
import { mayReadDocument, requireDocument, requireIndex, requireOwnSight } from "./access.ts";
import { purgedEventOf } from "./rules.ts";
import { planParts, presignParts } from "./upload-plan.ts";

/**
 * Announces a file. Answers where to send the bytes, that they are here already, or which documents look the same.
 * Throws `too_large`, `invalid_request`, `not_found`, `forbidden`, `conflict`.
 */
export const createUpload = async (ctx: StorageContext, input: CreateUploadBody): Promise<CreateUploadResult> => {
  const index = await requireIndex(ctx, input.index, "documents.write");
  if (input.readers) requireOwnSight(ctx, input.readers);
  const limitBytes = sizeLimitOfName(input.name, ctx.uploadLimits);
  if (input.sizeBytes > limitBytes)
    throw new Failure(
      "too_large",
      `"${input.name}" has ${formatBytes(input.sizeBytes)}; files of this type may have at most ${formatBytes(limitBytes)}.`,
      { nextStep: "Split the file, or ask an administrator to raise the limit." },
    );
  if (input.sizeBytes === 0)
    throw new Failure("invalid_request", `"${input.name}" is empty.`, {
      nextStep: "Check that the file was saved, then upload it again.",
      errors: [{ field: "sizeBytes", message: "must be above 0" }],
    });

  const replaced = input.documentId
    ? (await requireDocument(ctx, input.documentId, "documents.write")).document
    : undefined;
  if (replaced && replaced.index !== input.index)
    throw new Failure("conflict", `Document ${replaced.id} is in another index than ${input.index}.`);
  if (replaced?.deletedAt)
    throw new Failure("conflict", `"${replaced.name}" is deleted.`, { nextStep: "Restore it first." });

  // Of two that announce the same bytes at once, the slower looks again and then finds the faster one.
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const result = await announce(ctx, input, index, replaced);
    if (result) return result;
  }
  throw new Failure("unavailable", `"${input.name}" is being uploaded by too many at once.`, {
    nextStep: "Try again in a moment.",
  });
};

const attemptsMax = 12;

/** Undefined when somebody else announced the same bytes meanwhile. */
const announce = async (
  ctx: StorageContext,
  input: CreateUploadBody,
  index: IndexRecord,
  replaced: Document | undefined,
): Promise<CreateUploadResult | undefined> => {
  // Read before anything is compared: what is announced after this is seen by the condition of the write.
  const last = await ctx.catalog.findLastAnnounced(input.index, input.sha256);
  const matches = await findMatches(ctx, input, index, last);
  if (!replaced && matches.length > 0 && input.onDuplicate === "ask") return { outcome: "duplicate", matches };
  const sameBytes = matches.find((match) => match.reason === "same-bytes");
  if (!replaced && input.onDuplicate === "skip")
    // An upload that was announced and never came is no reason to leave the file out.
    for (const match of matches)
      if (await storedSource(ctx, match))
        return { outcome: "stored", documentId: match.documentId, versionId: match.versionId };

  const versionOf =
    replaced ??
    (input.onDuplicate === "version" && matches[0]
      ? await ctx.catalog.getDocument(
          matches.find((m) => m.reason === "same-name")?.documentId ?? matches[0].documentId,
        )
      : undefined);
  if (versionOf && input.readers)
    throw new Failure("conflict", `"${versionOf.name}" keeps its readers with a new version.`, {
      nextStep: "Leave the readers out, and change them on the document itself.",
      errors: [{ field: "readers", message: "only for a new document" }],
    });
  if (versionOf && versionOf.versionCount >= limits.versionsPerDocumentMax)
    throw new Failure("too_large", `A document may have at most ${limits.versionsPerDocumentMax} versions.`, {
      nextStep: "Upload it as a document of its own.",
    });
  const at = timestamp(ctx);
  const documentId = (versionOf?.id ?? ctx.newId("doc")) as Document["id"];
  const versionId = ctx.newId("ver") as VersionRecord["id"];
  const plan = planParts(input.sizeBytes);
  // The same bytes lie in another version: copy them there instead of asking the browser to send them again.
  const copyFrom = sameBytes && isVerified(sameBytes) ? await storedSource(ctx, sameBytes) : undefined;
  const multipartId =
    plan.multipart && !copyFrom
      ? await ctx.objects.createMultipart(objectKeys.source(documentId, versionId))
      : undefined;
  const version: VersionRecord = {
    id: versionId,
    documentId,
    index: input.index,
    number: (versionOf?.versionCount ?? 0) + 1,
    status: "uploading",
    name: input.name,
    sizeBytes: input.sizeBytes,
    sha256: input.sha256,
    createdAt: at,
    createdBy: ctx.actor.name,
    updatedAt: at,
    attempt: 0,
    steps: [{ name: "upload", status: "running", startedAt: at }],
    warnings: [],
    passages: 0,
    vectors: 0,
    pages: 0,
    characters: 0,
    ocrPages: 0,
    ...(kindOfName(input.name) ? { kind: kindOfName(input.name) } : {}),
    ...(input.mediaType ? { mediaType: input.mediaType } : {}),
    ...(multipartId ? { multipartId } : {}),
  };
  if (versionOf) await addVersion(ctx, versionOf.id, version);
  else {
    const after = input.onDuplicate === "separate" ? undefined : (last?.versionId ?? null);
    const document = await addDocument(ctx, input, version, after);
    if (!document) {
      if (multipartId) await ctx.objects.abortMultipart(objectKeys.source(documentId, versionId), multipartId);
      return undefined;
    }
    // Deleted since we looked: the sweeper may have been through already, and nobody would find this document again.
    if (!(await ctx.catalog.getIndex(input.index))) {
      await ctx.catalog.purgeDocument(document, purgedEventOf(document), ctx.actor);
      throw notFound("index", input.index);
    }
  }

  if (copyFrom) {
    await ctx.objects.copy(copyFrom, objectKeys.source(documentId, versionId));
    return { outcome: "stored", documentId, versionId };
  }
  return { outcome: "upload", documentId, versionId, ...(await presignParts(ctx, version, new Set())) };
};

type Match = Extract<CreateUploadResult, { outcome: "duplicate" }>["matches"][number];

/** Documents that look the same, of those only that the actor may read: others it must not learn of. */
const findMatches = async (
  ctx: StorageContext,
  input: CreateUploadBody,
  index: IndexRecord,
  last: { documentId: string; versionId: string } | undefined,
): Promise<Match[]> => {
  const [hashed, byName] = await Promise.all([
    ctx.catalog.findByHash(input.index, input.sha256),
    ctx.catalog.findByName(input.index, input.path, input.name),
  ]);
  const byHash = last && !hashed.some((one) => one.versionId === last.versionId) ? [last, ...hashed] : hashed;
  const found = await ctx.catalog.getDocuments([...new Set([...byHash.map((one) => one.documentId), ...byName])]);
  const documents = new Map([...found].filter(([, document]) => mayReadDocument(ctx.actor, index, document)));
  const matchOf = (document: Document, versionId: string, reason: Match["reason"]): Match => ({
    documentId: document.id,
    versionId: versionId as Match["versionId"],
    name: document.name,
    path: document.path,
    reason,
    status: document.status,
    updatedAt: document.updatedAt,
  });
  const matches: Match[] = [];
  for (const found of byHash) {
    const document = documents.get(found.documentId);
    if (!document || document.deletedAt || document.headVersionId !== found.versionId) continue;
    // What arrived of a damaged one may be other bytes than its announcement says.
    if (document.failure?.code !== "corrupt") matches.push(matchOf(document, found.versionId, "same-bytes"));
  }
  for (const id of byName) {
    const document = documents.get(id);
    if (document && !document.deletedAt && !matches.some((match) => match.documentId === id))
      matches.push(matchOf(document, document.headVersionId, "same-name"));
  }
  return matches.slice(0, 10);
};

/** Its bytes were read, so they are those that its hash names. */
const isVerified = (match: Match): boolean => ["indexing", "ready", "failed"].includes(match.status);

const storedSource = async (ctx: StorageContext, match: Match): Promise<string | undefined> => {
  const key = objectKeys.source(match.documentId, match.versionId);
  return (await ctx.objects.head(key)) ? key : undefined;
};

const addVersion = async (ctx: StorageContext, documentId: string, version: VersionRecord): Promise<void> => {
  await ctx.catalog.change(documentId, undefined, ctx.actor, (document) => {
    if (document.deletedAt)
      throw new Failure("conflict", `"${document.name}" is deleted.`, { nextStep: "Restore it first." });
    const { failure: _, ...rest } = document;
    const number = document.versionCount + 1;
    return {
      document: {
        ...rest,
        headVersionId: version.id,
        versionCount: number,
        status: "uploading",
        sizeBytes: version.sizeBytes,
        updatedAt: version.updatedAt,
      },
      addVersion: { ...version, number },
      event: {
        action: "document.version-added",
        outcome: "ok",
        summary: `added version ${number} of "${document.name}"`,
        index: document.index,
        documentId: document.id,
        versionId: version.id,
      },
    };
  });
};

/** Undefined when the same bytes were announced since `after`. */
const addDocument = async (
  ctx: StorageContext,
  input: CreateUploadBody,
  version: VersionRecord,
  after: string | null | undefined,
): Promise<Document | undefined> => {
  const document: Document = {
    id: version.documentId,
    index: input.index,
    name: input.name,
    path: input.path,
    tags: [...new Set(input.tags)],
    ...(input.readers ? { readers: [...new Set(input.readers)] } : {}),
    sizeBytes: input.sizeBytes,
    status: "uploading",
    headVersionId: version.id,
    versionCount: 1,
    passages: 0,
    vectors: 0,
    pages: 0,
    createdAt: version.createdAt,
    createdBy: version.createdBy,
    updatedAt: version.updatedAt,
    revision: 1,
    ...(version.kind ? { kind: version.kind } : {}),
  };
  const isFirst = await ctx.catalog.createDocument(
    document,
    version,
    {
      action: "document.created",
      outcome: "ok",
      summary: `began to upload "${input.name}"`,
      index: input.index,
      documentId: document.id,
      versionId: version.id,
    },
    ctx.actor,
    after,
  );
  return isFirst ? document : undefined;
};

import type { Document } from "@samla/contracts";
import { extractedKey, passagesKey, vectorsKey } from "../documents/data-keys.ts";
import { type ListedObject, objectKeys, parseVectorsKey, type VersionRecord } from "../kernel/index.ts";
import { type AuditContext, type AuditScope, type AuditStep, isAtRest, noteFinding } from "./audit-parts.ts";
import { readAgain } from "./read-again.ts";

type Objects = Map<string, ListedObject[]>;

const prefix = "documents/";
const parseKey = (key: string): { documentId: string; versionId: string } | undefined => {
  const [, documentId, versionId] = /^documents\/(doc_[0-9A-Z]{26})\/(ver_[0-9A-Z]{26})\//.exec(key) ?? [];
  return documentId && versionId ? { documentId, versionId } : undefined;
};

/**
 * Walks all objects in the order of their keys and compares those of the index's documents with their rows: what no row
 * leads to is removed, what a row needs and is not there is made again.
 */
export const auditObjects: AuditStep = async (ctx, scope, state) => {
  const listed = await ctx.objects.list(prefix, state.cursor);
  if (listed.length === 0) return undefined;
  let keys = listed;
  for (;;) {
    // Keys of one document lie together; its last ones may be on the next page.
    const own = `${prefix}${keys.at(-1)?.key.split("/")[1]}/`;
    const more = await ctx.objects.list(own, keys.at(-1)?.key);
    if (more.length === 0) break;
    keys = [...keys, ...more];
  }
  const byDocument = new Map<string, Objects>();
  for (const object of keys) {
    const ids = parseKey(object.key);
    if (!ids) continue;
    const versions: Objects = byDocument.get(ids.documentId) ?? new Map();
    versions.set(ids.versionId, [...(versions.get(ids.versionId) ?? []), object]);
    byDocument.set(ids.documentId, versions);
  }
  const rows = await ctx.catalog.getDocuments([...byDocument.keys()]);
  for (const [documentId, objects] of byDocument) {
    const document = rows.get(documentId);
    if (document?.index === scope.index.slug) await compareDocument(ctx, scope, document, objects, state);
    else if (!document && (await isOurs(ctx, scope, documentId))) {
      const all = [...objects.values()].flat();
      if (!isOld(ctx, all)) continue;
      await ctx.objects.deletePrefix(objectKeys.document(documentId));
      noteOrphans(state, all);
    }
  }
  return keys.at(-1)?.key;
};

const isOld = (ctx: AuditContext, objects: readonly ListedObject[]): boolean =>
  objects.every((object) => ctx.now() - object.modifiedAt > ctx.graceMs);

const noteOrphans = (state: Parameters<AuditStep>[2], objects: readonly ListedObject[]): void =>
  noteFinding(
    state,
    "objects-orphaned",
    objects.map((object) => object.key),
    { repair: "removed them", repaired: objects.length },
  );

/** Which index a document without a row was in is known from its events; without any, the first index answers for it. */
const isOurs = async (ctx: AuditContext, { index }: AuditScope, documentId: string): Promise<boolean> => {
  const { items } = await ctx.catalog.listEvents({ documentId: documentId as Document["id"], limit: 1 });
  const former = items.find((event) => event.documentId === documentId)?.index;
  if (former === index.slug) return true;
  const slugs = (await ctx.catalog.listIndexes()).map((one) => one.slug as string).sort();
  return (!former || !slugs.includes(former)) && slugs[0] === index.slug;
};

const compareDocument = async (
  ctx: AuditContext,
  scope: AuditScope,
  document: Document,
  objects: Objects,
  state: Parameters<AuditStep>[2],
): Promise<void> => {
  const all = [...objects.values()].flat();
  state.checked.objects += all.length;
  state.documentsBytes += all.reduce((sum, object) => sum + object.sizeBytes, 0);
  const isPlain = document.versionCount === 1 && objects.size === 1 && objects.has(document.headVersionId);
  if (!(isPlain && document.status !== "cancelled")) {
    const versions = await ctx.catalog.listVersions(document.id);
    for (const [versionId, own] of objects) {
      const version = versions.find((one) => one.id === versionId);
      if ((version && !neverArrived(version)) || !isOld(ctx, own)) continue;
      await ctx.objects.deletePrefix(`${objectKeys.document(document.id)}${versionId}/`);
      noteOrphans(state, own);
    }
  }
  await removeUnwanted(ctx, scope, all, state);
  if (document.deletedAt || document.status !== "ready" || !isAtRest(ctx, scope, document)) return;
  const live = scope.builds.find((build) => build.id === scope.index.liveBuildId);
  const needed = [
    objectKeys.source(document.id, document.headVersionId),
    ...(live ? [extractedKey(document.id, document.headVersionId, live.config)] : []),
  ];
  const missing = needed.filter((key) => !all.some((object) => object.key === key));
  if (missing.length === 0) return;
  const fresh = await ctx.catalog.getDocument(document.id);
  if (JSON.stringify(fresh) !== JSON.stringify(document)) return;
  const asked = await readAgain(ctx, document.id, document.headVersionId);
  noteFinding(state, "objects-missing", missing, {
    repair: "asked to read the documents again",
    repaired: asked ? missing.length : 0,
  });
};

/** Text, passages and vectors made for builds that are gone: what no build of the index would read is removed. */
const removeUnwanted = async (
  ctx: AuditContext,
  scope: AuditScope,
  objects: readonly ListedObject[],
  state: Parameters<AuditStep>[2],
): Promise<void> => {
  const left = objects.filter((object) => {
    const ids = object.key.includes("/made/") && isOld(ctx, [object]) ? parseKey(object.key) : undefined;
    if (!ids) return false;
    return !scope.kept.some(({ config }) =>
      [
        extractedKey(ids.documentId, ids.versionId, config),
        passagesKey(ids.documentId, ids.versionId, config),
      ].includes(object.key),
    );
  });
  left.push(...(await findUnwantedVectors(ctx, scope, objects)));
  for (const object of left) await ctx.objects.deletePrefix(object.key);
  noteOrphans(state, left);
};

/** Vectors that no build would read: of an embedder that none uses, or of passages that none of its builds has. */
const findUnwantedVectors = async (
  ctx: AuditContext,
  scope: AuditScope,
  objects: readonly ListedObject[],
): Promise<ListedObject[]> => {
  const vectors = objects.flatMap((object) => {
    const ids = isOld(ctx, [object]) ? parseVectorsKey(object.key) : undefined;
    return ids ? [{ object, ...ids }] : [];
  });
  const unwanted: ListedObject[] = [];
  const groups = Map.groupBy(vectors, ({ versionId, embedderId }) => `${versionId} ${embedderId}`);
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    const { documentId, versionId, embedderId } = first;
    const configs = scope.kept.map((build) => build.config).filter((one) => one.embedder === embedderId);
    const keys = new Set(configs.map((config) => passagesKey(documentId, versionId, config)));
    // As many as builds may need: nothing is read to tell which is whose, at each document of each check.
    if (group.length <= keys.size) continue;
    const wanted = new Set<string>();
    for (const key of keys) {
      const passages = await ctx.objects.getBytes(key);
      if (passages) wanted.add(vectorsKey(documentId, versionId, embedderId, passages));
    }
    unwanted.push(...group.map((one) => one.object).filter((object) => !wanted.has(object.key)));
  }
  return unwanted;
};

/** Cancelled before its bytes were there: what came later belongs to nobody. */
const neverArrived = (version: VersionRecord): boolean =>
  version.status === "cancelled" && !version.steps.some((step) => step.name === "upload" && step.status === "done");

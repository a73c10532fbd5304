import type { Build, Document, FindingKind } from "@samla/contracts";
import { passagesKey } from "../documents/data-keys.ts";
import { searchableVersionId } from "../documents/rules.ts";
import {
  type BuildDocumentRecord,
  type IndexMessage,
  type TableDocument,
  tableOf,
  type VersionRecord,
} from "../kernel/index.ts";
import { type AuditContext, type AuditScope, type AuditStep, isAtRest, noteFinding } from "./audit-parts.ts";
import { readAgain } from "./read-again.ts";

const pageSize = 100;

/** The version that tables should hold of a document, when that is known to be over. */
type Wanted = { document: Document; versionId: string | undefined; isReady: boolean };

/** Compares documents, page by page, with what the table of each build holds of them, and with their passages' object. */
export const auditDocuments: AuditStep = async (ctx, scope, state) => {
  const page = await ctx.catalog.listDocuments({
    index: scope.index.slug,
    deleted: false,
    // One that changes in between moves to the end and is looked at then.
    sort: "updated",
    order: "asc",
    limit: pageSize,
    ...(state.cursor ? { cursor: state.cursor } : {}),
  });
  const atRest = page.items.filter((document) => isAtRest(ctx, scope, document));
  state.checked.documents += atRest.length;
  state.checked.settling = (state.checked.settling ?? 0) + page.items.length - atRest.length;
  state.checked.versions += atRest.reduce((sum, document) => sum + document.versionCount, 0);
  const wanted = await Promise.all(atRest.map((document) => findWanted(ctx, document)));
  for (const build of scope.builds) state.checked.passages += await compareTable(ctx, scope, build, wanted, state);
  await compareObjects(ctx, scope, wanted, state);
  return page.nextCursor;
};

const findWanted = async (ctx: AuditContext, document: Document): Promise<Wanted> => {
  if (document.status === "ready") return { document, versionId: document.headVersionId, isReady: true };
  const versions = await ctx.catalog.listVersions(document.id);
  const versionId = searchableVersionId(document, versions);
  const version = versions.find((one: VersionRecord) => one.id === versionId);
  return { document, versionId: version?.id, isReady: version?.status === "ready" };
};

const compareTable = async (
  ctx: AuditContext,
  scope: AuditScope,
  build: Build,
  wanted: readonly Wanted[],
  state: Parameters<AuditStep>[2],
): Promise<number> => {
  const ids = wanted.map(({ document }) => document.id);
  const [records, held] = await Promise.all([
    ctx.catalog.getBuildDocuments(build.id, ids),
    ctx.engine.describeDocuments(tableOf(scope.index.slug, build.id), ids),
  ]);
  const found = wanted.flatMap((one) => {
    const kind = differenceOf(ctx, build, one, records.get(one.document.id), held.get(one.document.id));
    return kind ? [{ ...one, kind }] : [];
  });
  const real = await keepUnchanged(ctx, found);
  const messages: IndexMessage[] = real.map(({ document }) => ({
    index: scope.index.slug,
    buildId: build.id,
    documentId: document.id,
  }));
  if (messages.length > 0) await ctx.queues.sendIndex(messages);
  for (const [kind, ofKind] of Map.groupBy(real, (one) => one.kind))
    noteFinding(
      state,
      kind,
      ofKind.map(({ document }) => document.id),
      { repair: "asked the writer to write them anew", repaired: ofKind.length, buildId: build.id },
    );
  return [...held.values()].reduce((sum, one) => sum + one.passages, 0);
};

/** Those whose rows are still what they were when their tables were looked at. */
const keepUnchanged = async <T extends { document: Document }>(ctx: AuditContext, found: T[]): Promise<T[]> => {
  if (found.length === 0) return [];
  const fresh = await ctx.catalog.getDocuments(found.map(({ document }) => document.id));
  return found.filter(({ document }) => JSON.stringify(fresh.get(document.id)) === JSON.stringify(document));
};

const sameSet = (left: readonly string[], right: readonly string[]): boolean =>
  [...new Set(left)].sort().join("\n") === [...new Set(right)].sort().join("\n");

const differenceOf = (
  ctx: AuditContext,
  build: Build,
  { document, versionId }: Wanted,
  record: BuildDocumentRecord | undefined,
  held: TableDocument | undefined,
): FindingKind | undefined => {
  if (record?.work && record.work.until > ctx.now()) return undefined;
  // A candidate that is being filled lacks what the fill has not come to.
  if (build.status === "building" && (record?.outcome !== "done" || record.versionId !== versionId)) return undefined;
  if (!versionId) return held ? "passages-orphaned" : undefined;
  if (record?.outcome === "failed" && record.versionId === versionId)
    return held?.versionIds.includes(versionId) ? "passages-stale" : undefined;
  const known = record?.outcome === "done" && record.versionId === versionId ? record.passages : undefined;
  const passages =
    known ?? (document.headVersionId === versionId && build.status === "live" ? document.passages : undefined);
  if (!held) return passages === 0 ? undefined : "passages-missing";
  if (held.versionIds.length !== 1 || held.versionIds[0] !== versionId) return "passages-stale";
  if (held.distinct !== held.passages) return "passages-doubled";
  if (passages !== undefined && passages !== held.distinct)
    return held.distinct < passages ? "passages-missing" : "passages-stale";
  const path = document.path ? `${document.path}/${document.name}` : document.name;
  const isSame =
    held.path === path && sameSet(held.tags, document.tags) && sameSet(held.readers, document.readers ?? ["everyone"]);
  return isSame ? undefined : "passages-stale";
};

/** What the live build's passages were made of must be there: previews show it, and tables are made anew from it. */
const compareObjects = async (
  ctx: AuditContext,
  scope: AuditScope,
  wanted: readonly Wanted[],
  state: Parameters<AuditStep>[2],
): Promise<void> => {
  const live = scope.builds.find((build) => build.id === scope.index.liveBuildId);
  if (!live) return;
  const missing: { document: Document; versionId: string }[] = [];
  for (let i = 0; i < wanted.length; i += 20)
    await Promise.all(
      wanted.slice(i, i + 20).map(async ({ document, versionId, isReady }) => {
        if (!versionId || !isReady) return;
        if (!(await ctx.objects.head(passagesKey(document.id, versionId, live.config))))
          missing.push({ document, versionId });
      }),
    );
  for (const { document, versionId } of await keepUnchanged(ctx, missing))
    noteFinding(state, "objects-missing", [`documents/${document.id}/${versionId}`], {
      repair: "asked to read the documents again",
      repaired: (await readAgain(ctx, document.id, versionId)) ? 1 : 0,
    });
};

import { decodeTime } from "ulid";
import { tableOf, tableSpecOf } from "../kernel/index.ts";
import { type AuditStep, isAtRest, noteFinding } from "./audit-parts.ts";

/** A build's table is made before its row, so a young one without a row may still get it. */
const tableGraceMs = 3_600_000;

/** Compares the index's builds with the engine's tables: makes those that are missing, drops those that no build owns. */
export const auditTables: AuditStep = async (ctx, { index, builds }, state) => {
  const tables = new Set(await ctx.engine.listTables());
  state.checked.builds += builds.length;
  for (const build of builds) {
    if (tables.has(tableOf(index.slug, build.id))) continue;
    const current = await ctx.catalog.getBuild(index.slug, build.id);
    if (current?.status !== build.status) continue;
    await ctx.engine.createTable(tableSpecOf(index.slug, build.id, build.config));
    noteFinding(state, "table-missing", [build.id], {
      repair: "made it anew; its documents are written into it next",
      repaired: 1,
      buildId: build.id,
    });
  }
  for (const table of tables) {
    const buildId = new RegExp(`^${index.slug}/(bld_[0-9A-Z]{26})$`).exec(table)?.[1];
    if (!buildId || ctx.now() - decodeTime(buildId.slice(4)) < tableGraceMs) continue;
    if (await ctx.catalog.getBuild(index.slug, buildId)) continue;
    await ctx.engine.dropTable(table);
    noteFinding(state, "table-orphaned", [table], { repair: "dropped it", repaired: 1 });
  }
  return undefined;
};

const idsPerStep = 1_000;

/** Looks in each build's table for documents that are deleted or gone. The cursor is `<build> <document>`. */
export const auditLeftovers: AuditStep = async (ctx, scope, state) => {
  const [buildId, after] = (state.cursor ?? "").split(" ");
  const from = buildId ? scope.builds.findIndex((build) => build.id === buildId) : 0;
  const build = scope.builds[Math.max(from, 0)];
  if (!build) return undefined;
  const ids = await ctx.engine.listDocumentIds(tableOf(scope.index.slug, build.id), after || undefined, idsPerStep);
  const rows = await ctx.catalog.getDocuments(ids);
  const left = ids.filter((id) => {
    const document = rows.get(id);
    if (!document || document.index !== scope.index.slug) return true;
    return document.deletedAt !== undefined && isAtRest(ctx, scope, document);
  });
  if (left.length > 0) {
    await ctx.queues.sendIndex(left.map((documentId) => ({ index: scope.index.slug, buildId: build.id, documentId })));
    noteFinding(state, "passages-orphaned", left, {
      repair: "asked the writer to take them out",
      repaired: left.length,
      buildId: build.id,
    });
  }
  const last = ids.at(-1);
  if (ids.length === idsPerStep && last) return `${build.id} ${last}`;
  const next = scope.builds[scope.builds.indexOf(build) + 1];
  return next && `${next.id} `;
};

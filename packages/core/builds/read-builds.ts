import {
  type Build,
  type BuildDetail,
  type BuildDocument,
  changesOfConfig,
  followsChanges,
  type ListBuildDocumentsQuery,
  type Promotion,
  type TableStatistics,
} from "@samla/contracts";
import type { z } from "zod";
import { mayReadDocument, requireIndex } from "../documents/access.ts";
import { newestEvaluation } from "../evaluations/index.ts";
import { type Context, type EngineContext, Failure, type IndexRecord, type Page, tableOf } from "../kernel/index.ts";
import { requireBuild, showBuild } from "./access.ts";

const promotionsMax = 200;

/** What a build's table holds; undefined when it has none or the engine does not answer for it. */
export const statisticsOf = async (ctx: EngineContext, build: Build): Promise<TableStatistics | undefined> => {
  if (!followsChanges(build.status)) return undefined;
  try {
    const stats = await ctx.engine.stats(tableOf(build.index, build.id));
    return {
      documents: stats.documents,
      passages: stats.passages,
      vectors: stats.passagesWithVectors,
      sizeBytes: stats.sizeBytes,
      unindexedRows: stats.unindexedRows,
      tableVersion: stats.tableVersion,
    };
  } catch (error) {
    ctx.log("warn", "a build's table did not answer", { buildId: build.id, error: String(error) });
    return undefined;
  }
};

const describe = async (
  ctx: EngineContext,
  index: IndexRecord,
  live: Build,
  builds: Build[],
): Promise<BuildDetail[]> => {
  const fills = await ctx.catalog.getFills(builds.map((build) => build.id));
  return Promise.all(
    builds.map(async (build) => {
      const [statistics, evaluation] = await Promise.all([
        statisticsOf(ctx, build),
        newestEvaluation(ctx, index.slug, build.id),
      ]);
      return {
        ...showBuild(ctx, build, fills.get(build.id)),
        changes: changesOfConfig(live.config, build.config),
        ...(statistics ? { statistics } : {}),
        ...(evaluation ? { evaluationId: evaluation.id } : {}),
      };
    }),
  );
};

const liveOf = (index: IndexRecord, live: Build | undefined): Build => {
  if (live) return live;
  throw new Failure("internal", `The live build ${index.liveBuildId} of ${index.slug} is missing.`);
};

/** The builds of an index, newest first, each with how far it is and how it differs from the live one. */
export const listBuilds = async (
  ctx: EngineContext,
  input: { index: string; cursor?: string | undefined; limit: number },
): Promise<Page<BuildDetail>> => {
  const index = await requireIndex(ctx, input.index, "builds.read");
  const builds = await ctx.catalog.listBuilds(index.slug);
  const live = liveOf(
    index,
    builds.find((build) => build.id === index.liveBuildId),
  );
  const from = input.cursor ? builds.findIndex((build) => build.id === input.cursor) : 0;
  if (from < 0)
    throw new Failure("invalid_cursor", "The build that this page begins with is gone.", {
      nextStep: "Begin again at the first page.",
    });
  const next = builds[from + input.limit];
  return {
    items: await describe(ctx, index, live, builds.slice(from, from + input.limit)),
    ...(next ? { nextCursor: next.id } : {}),
  };
};

export const getBuild = async (ctx: EngineContext, input: { index: string; buildId: string }): Promise<BuildDetail> => {
  const { index, build } = await requireBuild(ctx, input, "builds.read");
  const live = liveOf(index, await ctx.catalog.getBuild(index.slug, index.liveBuildId));
  const [detail] = await describe(ctx, index, live, [build]);
  if (!detail) throw new Failure("internal", `The build ${build.id} could not be described.`);
  return detail;
};

/** What became of the documents of a build; those only that the actor may read. */
export const listBuildDocuments = async (
  ctx: Context,
  input: { index: string; buildId: string } & z.output<typeof ListBuildDocumentsQuery>,
): Promise<Page<BuildDocument>> => {
  const { index, build } = await requireBuild(ctx, input, "builds.read");
  const page = await ctx.catalog.listBuildDocuments({
    buildId: build.id,
    outcome: input.outcome,
    cursor: input.cursor,
    limit: input.limit,
  });
  const documents = await ctx.catalog.getDocuments(page.items.map((row) => row.documentId));
  const items = page.items.flatMap((row): BuildDocument[] => {
    const document = documents.get(row.documentId);
    if (!document || document.deletedAt || !row.outcome || !mayReadDocument(ctx.actor, index, document)) return [];
    return [
      {
        documentId: document.id,
        name: document.name,
        outcome: row.outcome,
        passages: row.passages,
        at: row.at,
        ...(row.versionId ? { versionId: row.versionId as NonNullable<BuildDocument["versionId"]> } : {}),
        ...(row.reason ? { reason: row.reason } : {}),
        ...(row.nextStep ? { nextStep: row.nextStep } : {}),
      },
    ];
  });
  return { items, ...(page.nextCursor ? { nextCursor: page.nextCursor } : {}) };
};

/** How the live build changed: who, when and why, newest first, and last how it began. */
export const listPromotions = async (ctx: Context, input: { index: string }): Promise<{ items: Promotion[] }> => {
  const index = await requireIndex(ctx, input.index, "builds.read");
  const items = await ctx.catalog.listPromotions(index.slug, promotionsMax);
  if (items.length === promotionsMax) return { items };
  const created: Promotion = {
    at: index.createdAt,
    by: index.createdBy,
    kind: "created",
    toBuildId: items.at(-1)?.fromBuildId ?? index.liveBuildId,
    reason: "The first build of the index.",
  };
  return { items: [...items, created] };
};

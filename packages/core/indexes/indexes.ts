import type { Build, CreateIndexBody, Index, IndexDetail, IndexLanguage } from "@samla/contracts";
import { BuildConfig, IndexSettings, limits } from "@samla/contracts";
import type { z } from "zod";
import { newFill } from "../builds/fill-rules.ts";
import { requireIndex } from "../documents/access.ts";
import { accessFilters } from "../documents/access-filter.ts";
import {
  type Context,
  type EngineContext,
  Failure,
  type IndexRecord,
  mayRead,
  type Page,
  readersToldTo,
  readingAs,
  requirePermission,
  type StorageContext,
  tableOf,
  tableSpecOf,
  timestamp,
} from "../kernel/index.ts";

const withCount = async (ctx: Context, index: IndexRecord): Promise<Index> => ({
  ...index,
  readers: readersToldTo(ctx.actor, "indexes.write", index.readers),
  documents: (await ctx.catalog.countDocuments(index.slug, readingAs(ctx.actor))).total,
});

/** Configuration of a first build: what the shipped embedder asks for. */
export const defaultBuildConfig = (
  ctx: Pick<EngineContext, "embedders">,
  language: z.infer<typeof IndexLanguage>,
): BuildConfig =>
  BuildConfig.parse({
    language,
    targetTokens: 400,
    embedder: ctx.embedders.default.id,
    dimensions: ctx.embedders.default.dimensions,
    fusion: ctx.embedders.default.fusion,
  });

/** Creates an index with its first build, which is live at once and empty. Throws `already_exists`, `forbidden`. */
export const createIndex = async (ctx: EngineContext, input: CreateIndexBody): Promise<Index> => {
  requirePermission(ctx, "indexes.write");
  const existing = await ctx.catalog.listIndexes();
  if (existing.some((index) => index.slug === input.slug))
    throw new Failure("already_exists", `There is an index ${input.slug} already.`, {
      nextStep: "Choose another short name.",
      errors: [{ field: "slug", message: "is taken" }],
    });
  if (existing.length >= limits.indexesMax)
    throw new Failure("too_large", `There may be at most ${limits.indexesMax} indexes.`, {
      nextStep: "Delete one that is no longer needed.",
    });
  if ((await ctx.catalog.listRemovedIndexes()).includes(input.slug))
    throw new Failure("conflict", `The deleted index ${input.slug} is still being removed.`, {
      nextStep: "Try again in a minute, or choose another short name.",
    });
  const at = timestamp(ctx);
  const build: Build = {
    id: ctx.newId("bld") as Build["id"],
    index: input.slug,
    status: "live",
    config: defaultBuildConfig(ctx, input.language),
    note: "",
    createdAt: at,
    createdBy: ctx.actor.name,
    promotedAt: at,
    revision: 1,
  };
  await ctx.engine.createTable(tableSpecOf(input.slug, build.id, build.config));
  const index: IndexRecord = {
    slug: input.slug,
    name: input.name,
    description: input.description,
    readers: input.readers,
    liveBuildId: build.id,
    language: input.language,
    createdAt: at,
    createdBy: ctx.actor.name,
    updatedAt: at,
    revision: 1,
    settings: IndexSettings.parse({}),
  };
  try {
    await ctx.catalog.createIndex(
      index,
      build,
      newFill("done", 0, ctx.now()),
      {
        action: "index.created",
        outcome: "ok",
        summary: `created the index "${input.name}"`,
        index: input.slug,
        buildId: build.id,
      },
      ctx.actor,
    );
  } catch (error) {
    await ctx.engine.dropTable(tableOf(input.slug, build.id));
    throw error;
  }
  return { ...index, documents: 0 };
};

/** The indexes the actor may read, by name. */
export const listIndexes = async (ctx: Context): Promise<Page<Index>> => {
  requirePermission(ctx, "indexes.read");
  const readable = (await ctx.catalog.listIndexes()).filter((index) => mayRead(ctx.actor, index.readers));
  const items = await Promise.all(readable.map((index) => withCount(ctx, index)));
  return { items: items.sort((a, b) => a.name.localeCompare(b.name)) };
};

/** An index with its live build and what its table holds, counted over what the actor may read. */
export const getIndex = async (ctx: EngineContext, input: { index: string }): Promise<IndexDetail> => {
  const index = await requireIndex(ctx, input.index, "indexes.read");
  const access = await accessFilters(ctx);
  const [build, counted, stats] = await Promise.all([
    ctx.catalog.getBuild(index.slug, index.liveBuildId),
    withCount(ctx, index),
    ctx.engine.stats(tableOf(index.slug, index.liveBuildId), access.of(index.slug, index.liveBuildId).filter),
  ]);
  if (!build) throw new Failure("internal", `The live build ${index.liveBuildId} of ${index.slug} is missing.`);
  return {
    ...counted,
    build,
    statistics: {
      documents: stats.documents,
      passages: stats.passages,
      vectors: stats.passagesWithVectors,
      sizeBytes: stats.sizeBytes,
      unindexedRows: stats.unindexedRows,
      tableVersion: stats.tableVersion,
    },
  };
};

/** Changes name, description, readers or settings. `ifMatch` is the revision the caller saw. Throws `precondition_failed`. */
export const patchIndex = async (
  ctx: Context,
  input: {
    index: string;
    name?: string | undefined;
    description?: string | undefined;
    readers?: string[] | undefined;
    settings?: Partial<IndexSettings> | undefined;
    ifMatch?: number | undefined;
  },
): Promise<Index> => {
  const index = await requireIndex(ctx, input.index, "indexes.write");
  if (input.ifMatch !== undefined && input.ifMatch !== index.revision)
    throw new Failure("precondition_failed", `The index ${index.slug} was changed in the meantime.`, {
      nextStep: "Load it again, look at what changed and repeat your change.",
    });
  const next: IndexRecord = {
    ...index,
    name: input.name ?? index.name,
    description: input.description ?? index.description,
    readers: input.readers ?? index.readers,
    settings: { ...index.settings, ...input.settings },
    updatedAt: timestamp(ctx),
    revision: index.revision + 1,
  };
  const shown = ({ name, description, readers, settings }: IndexRecord) => ({ name, description, readers, settings });
  await ctx.catalog.changeIndex(
    next,
    {
      action: "index.changed",
      outcome: "ok",
      summary: `changed the index "${next.name}"`,
      index: index.slug,
      data: { before: shown(index), after: shown(next) },
    },
    ctx.actor,
  );
  return withCount(ctx, next);
};

/** Deletes an index with its documents and tables. `confirm` must repeat the slug. Throws `invalid_request`. */
export const deleteIndex = async (
  ctx: EngineContext & StorageContext,
  input: { index: string; confirm: string },
): Promise<void> => {
  const index = await requireIndex(ctx, input.index, "indexes.write");
  if (input.confirm !== index.slug)
    throw new Failure("invalid_request", `To delete this index, confirm with its short name ${index.slug}.`, {
      errors: [{ field: "confirm", message: `must be ${index.slug}` }],
    });
  if (index.settings.protection.protected)
    throw new Failure("conflict", `The index ${index.slug} is protected.`, {
      nextStep: "Take its protection off in its settings first.",
    });
  const builds = await ctx.catalog.listBuilds(index.slug);
  // First nobody finds it any more; then its documents go to the sweeper, which removes bytes and rows in bounded steps.
  await ctx.catalog.deleteIndex(
    index.slug,
    {
      action: "index.deleted",
      outcome: "ok",
      summary: `deleted the index "${index.name}"`,
      index: index.slug,
      buildId: index.liveBuildId,
    },
    ctx.actor,
  );
  for (const build of builds) await ctx.engine.dropTable(tableOf(index.slug, build.id));
};

import { type Build, followsChanges } from "@samla/contracts";
import { extractedKey, passagesKey, vectorsKey } from "../documents/data-keys.ts";
import { type BuildDocumentRecord, objectKeys, type StorageContext, systemActor } from "../kernel/index.ts";
import { restartFill } from "./fill-rules.ts";

/** A fill that has not moved for so long has lost its messages, as after a crash. */
const stuckMs = 60_000;
/** Pages of a removed build's rows in one sweep. */
const pagesMax = 20;

/** Begins the walks again that a crash has ended, and clears away what removed builds have left. Returns how many of each. */
export const sweepBuilds = async (ctx: StorageContext): Promise<{ resumed: number; cleared: number }> => {
  const done = { resumed: 0, cleared: 0 };
  for (const index of await ctx.catalog.listIndexes()) {
    const builds = (await ctx.catalog.listBuilds(index.slug)).filter((build) => followsChanges(build.status));
    const fills = await ctx.catalog.getFills(builds.map((build) => build.id));
    for (const build of builds) {
      const fill = fills.get(build.id);
      if (fill?.state === "running" && ctx.now() - fill.movedAt > stuckMs && (await resume(ctx, build)))
        done.resumed += 1;
    }
  }
  for (const build of await ctx.catalog.listRemovedBuilds()) {
    const others = await ctx.catalog.listBuilds(build.index);
    for (let page = 0; page < pagesMax; page += 1)
      if (await ctx.catalog.forgetBuild(build.index, build.id, (rows) => forgetData(ctx, build, rows, others))) {
        done.cleared += 1;
        break;
      }
  }
  return done;
};

const resume = async (ctx: StorageContext, build: Build): Promise<boolean> => {
  const result = await ctx.catalog.changeBuild(build.index, build.id, systemActor, (_, fill) =>
    fill?.state === "running" && ctx.now() - fill.movedAt > stuckMs
      ? { fill: restartFill(fill, ctx.now()) }
      : undefined,
  );
  if (!result?.changed || !result.fill) return false;
  await ctx.queues.sendFill([
    { kind: "walk", index: build.index, buildId: build.id, run: result.fill.run, seen: 0, sent: 0 },
  ]);
  return true;
};

/** Deletes what was made for these documents in this build, unless another build may need it. */
const forgetData = async (
  ctx: StorageContext,
  build: Build,
  rows: readonly BuildDocumentRecord[],
  others: readonly Build[],
): Promise<void> => {
  const { config } = build;
  const any = { document: "doc", version: "ver" };
  const textKey = (of: Build["config"]): string => extractedKey(any.document, any.version, of);
  const splitKey = (of: Build["config"]): string => passagesKey(any.document, any.version, of);
  // What the usual options make is kept for the documents' own pages, whichever builds there are.
  const keepsText =
    textKey(config) === objectKeys.extracted(any.document, any.version) ||
    others.some((one) => textKey(one.config) === textKey(config));
  const splitAlike = others.filter((one) => splitKey(one.config) === splitKey(config));
  const keepsPassages = splitKey(config) === objectKeys.passages(any.document, any.version) || splitAlike.length > 0;
  // Vectors are shared by all builds that come to the same passages, however they split.
  const embedAlike = others.filter((one) => one.config.embedder === config.embedder);
  const keepsVectors = config.dimensions === 0 || embedAlike.some((one) => splitKey(one.config) === splitKey(config));
  if (keepsText && keepsPassages && keepsVectors) return;
  for (const { documentId, versionId } of rows) {
    if (!versionId) continue;
    const passages = passagesKey(documentId, versionId, config);
    const bytes = keepsVectors ? undefined : await ctx.objects.getBytes(passages);
    if (bytes) {
      const vectors = vectorsKey(documentId, versionId, config.embedder, bytes);
      const kept = await Promise.all(
        [...new Set(embedAlike.map((one) => passagesKey(documentId, versionId, one.config)))].map(async (key) => {
          const passagesOfOther = await ctx.objects.getBytes(key);
          return passagesOfOther && vectorsKey(documentId, versionId, config.embedder, passagesOfOther);
        }),
      );
      if (!kept.includes(vectors)) await ctx.objects.deletePrefix(vectors);
    }
    if (!keepsPassages) await ctx.objects.deletePrefix(passages);
    if (!keepsText) await ctx.objects.deletePrefix(extractedKey(documentId, versionId, config));
  }
};

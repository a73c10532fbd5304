import { type Build, BuildConfig, type PromotionGate } from "@samla/contracts";
import { drain, openWorld, ready } from "../documents/testing-journey.ts";
import type { FillRecord } from "../kernel/index.ts";
import type { TestWorld } from "../testing.ts";
import { createBuild, promoteBuild, rollBackIndex } from "./index.ts";

/** The live build's configuration with some of it changed. */
export const configOf = (world: TestWorld, changes: Partial<BuildConfig> = {}): BuildConfig =>
  BuildConfig.parse({ ...world.build.config, ...changes });

/** Starts a candidate, without working on it. */
export const start = (world: TestWorld, changes: Partial<BuildConfig> = {}): Promise<Build> =>
  createBuild(world.ctx, { index: "library", config: configOf(world, changes), note: "" });

/** A candidate that is filled as far as it can be. */
export const filled = async (world: TestWorld, changes: Partial<BuildConfig> = {}): Promise<Build> => {
  const build = await start(world, changes);
  await drain(world);
  return buildOf(world, build.id);
};

export const buildOf = (world: TestWorld, id: string): Build => {
  const build = world.rows.builds.get(id);
  if (!build) throw new Error(`no build ${id}`);
  return build;
};

export const fillOf = (world: TestWorld, id: string): FillRecord => {
  const fill = world.rows.built.fills.get(id);
  if (!fill) throw new Error(`no fill of ${id}`);
  return fill;
};

/** What a build's table holds: the texts of each document, and whether all have vectors. */
export const holds = (world: TestWorld, buildId: string): Record<string, string[]> => {
  const found: Record<string, string[]> = {};
  for (const row of world.table.tables.get(`library/${buildId}`) ?? [])
    found[row.document_id] = [...(found[row.document_id] ?? []), row.text];
  return found;
};

/** A gate that asks for no evaluation. */
export const gate: PromotionGate = {
  evaluationRequired: false,
  ndcg10DropMax: 0.01,
  recall10DropMax: 0.02,
  zeroResultRiseMax: 0.02,
  failedShareMax: 0.05,
};

/** An index whose gate asks for no evaluation, with a document. */
export const open = async (): Promise<TestWorld> => {
  const world = await openWorld();
  await ready(world, "a.txt", "# Tides\nfirst line");
  const index = world.rows.indexes.get("library");
  if (index) world.rows.indexes.set("library", { ...index, settings: { ...index.settings, gate } });
  return world;
};
export const liveOf = (world: TestWorld) => world.rows.indexes.get("library")?.liveBuildId ?? "";
export const promote = (world: TestWorld, buildId: string, more: object = {}) =>
  promoteBuild(world.ctx, {
    index: "library",
    buildId,
    expectedLiveBuildId: liveOf(world) as never,
    reason: "better",
    ...more,
  });
export const rollBack = (world: TestWorld, toBuildId: string, more: object = {}) =>
  rollBackIndex(world.ctx, {
    index: "library",
    toBuildId: toBuildId as never,
    expectedLiveBuildId: liveOf(world) as never,
    reason: "worse",
    ...more,
  });

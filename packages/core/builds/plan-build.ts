import {
  type Build,
  type BuildConfig,
  type BuildPlan,
  type BuildStage,
  buildStages,
  changesOfConfig,
  type StepName,
} from "@samla/contracts";
import { requireIndex } from "../documents/access.ts";
import { type EngineContext, Failure, type FillRecord } from "../kernel/index.ts";
import { checkConfig, isSameConfig } from "./check-config.ts";
import { countBelonging } from "./create-build.ts";
import { costOf } from "./prices.ts";
import { statisticsOf } from "./read-builds.ts";

const dataStages: readonly BuildStage[] = ["extract", "split", "embed", "write"];
const bytesPerValue = 4;
const sampledDocuments = 20;

/** The stages that run again for every document: all from the first one that differs. */
export const stagesToRun = (live: BuildConfig, config: BuildConfig): BuildStage[] => {
  const changed = new Set(changesOfConfig(live, config).map((change) => change.stage));
  const first = buildStages.findIndex((stage) => changed.has(stage) && stage !== "query");
  // The table is a new one in any case.
  return buildStages.filter(
    (stage, i) =>
      dataStages.includes(stage) &&
      (stage === "write" || (first >= 0 && i >= first)) &&
      (stage !== "embed" || config.dimensions > 0),
  );
};

/** What a configuration would change, redo and take. Throws `invalid_request` for one that cannot be built. */
export const planBuild = async (
  ctx: EngineContext,
  input: { index: string; config: BuildConfig },
): Promise<BuildPlan> => {
  const index = await requireIndex(ctx, input.index, "builds.read");
  checkConfig(ctx, input.config);
  const builds = await ctx.catalog.listBuilds(index.slug);
  const live = builds.find((build) => build.id === index.liveBuildId);
  if (!live) throw new Failure("internal", `The live build ${index.liveBuildId} of ${index.slug} is missing.`);
  const [documents, statistics, fills] = await Promise.all([
    countBelonging(ctx, index.slug),
    statisticsOf(ctx, live),
    ctx.catalog.getFills(builds.map((build) => build.id)),
  ]);
  const stages = stagesToRun(live.config, input.config);
  const pace = paceOf(builds, fills, live, stages) ?? (await paceOfReadings(ctx, index.slug, stages));
  const livePassages = statistics?.passages ?? 0;
  const passages = Math.round(livePassages * passagesRatio(live.config, input.config));
  const textBytes = Math.max(
    0,
    (statistics?.sizeBytes ?? 0) - (statistics?.vectors ?? 0) * live.config.dimensions * bytesPerValue,
  );
  const embedder = ctx.embedders.get(input.config.embedder);
  const cost = costOf({
    seconds: pace ? documents / pace.documentsPerSecond : undefined,
    stages,
    embedder: input.config.embedder,
    isLocal: embedder?.local ?? true,
    tokens: passages * input.config.targetTokens,
  });
  return {
    liveBuildId: live.id,
    changes: changesOfConfig(live.config, input.config),
    stages,
    estimate: {
      documents,
      passages,
      seconds: pace ? documents / pace.documentsPerSecond : null,
      sizeBytes: Math.round(
        textBytes * (livePassages > 0 ? passages / livePassages : 1) +
          passages * input.config.dimensions * bytesPerValue,
      ),
      usd: cost.usd,
      basis: `${
        pace
          ? `At ${pace.documentsPerSecond.toPrecision(2)} documents a second, as ${pace.what}; size from the live build's table.`
          : "Nothing was read or filled in this index yet, so there is no rate to go by; size from the live build's table."
      } ${cost.basis}`,
    },
    warnings: await warningsOf(ctx, index.slug, live, builds, input.config, documents),
  };
};

/** What is allowed and yet worth knowing. */
const warningsOf = async (
  ctx: EngineContext,
  slug: string,
  live: Build,
  builds: readonly Build[],
  config: BuildConfig,
  documents: number,
): Promise<string[]> => {
  const same = builds.find((build) => isSameConfig(build.config, config));
  const ruled = [...new Set([...config.pinned, ...config.buried].flatMap((rule) => rule.documentIds))];
  const rows = await ctx.catalog.getDocuments(ruled);
  const unknown = ruled.filter((id) => {
    const document = rows.get(id);
    return !document || document.deletedAt !== undefined || document.index !== slug;
  });
  return [
    ...(same ? [`The build ${same.id} (${same.status}) has this very configuration.`] : []),
    ...(config.embedder !== live.config.embedder && config.dimensions > 0
      ? ["Scores of another embedder do not compare with those of the live build."]
      : []),
    ...(unknown.length > 0
      ? [`These pinned or buried documents are not in the index: ${unknown.slice(0, 10).join(", ")}.`]
      : []),
    ...(documents === 0 ? ["The index has no document that could be in it."] : []),
  ];
};

/** More overlap and shorter targets make more passages, in proportion. */
const passagesRatio = (live: BuildConfig, config: BuildConfig): number => {
  const step = ({ targetTokens, overlapTokens }: BuildConfig): number => Math.max(1, targetTokens - overlapTokens);
  return step(live) / step(config);
};

/** How fast a fill went that had at least as much to make, the newest first. */
const paceOf = (
  builds: readonly Build[],
  fills: ReadonlyMap<string, FillRecord>,
  live: Build,
  stages: readonly BuildStage[],
): { documentsPerSecond: number; what: string } | undefined => {
  for (const build of builds) {
    const fill = fills.get(build.id);
    if (!fill?.endedAt || fill.done < 1 || build.id === live.id) continue;
    const seconds = (Date.parse(fill.endedAt) - Date.parse(fill.startedAt)) / 1000;
    const made = (["extract", "split", "embed"] as const).filter((stage) => fill.made[stage] * 2 > fill.done);
    if (seconds <= 0 || stages.some((stage) => stage !== "write" && !made.includes(stage as never))) continue;
    return {
      documentsPerSecond: fill.done / seconds,
      what: `the build ${build.id} was filled${made.length ? ` with ${made.join(", ")} made anew` : ""}`,
    };
  }
  return undefined;
};

/** How long the newest documents took at the stages that run again, as their own steps tell: without any fill to go by. */
const paceOfReadings = async (
  ctx: EngineContext,
  slug: string,
  stages: readonly BuildStage[],
): Promise<{ documentsPerSecond: number; what: string } | undefined> => {
  const { items } = await ctx.catalog.listDocuments({
    index: slug as Build["index"],
    status: "ready",
    deleted: false,
    sort: "updated",
    order: "desc",
    limit: sampledDocuments,
  });
  const versions = await Promise.all(items.map((one) => ctx.catalog.getVersion(one.id, one.headVersionId)));
  const names: readonly StepName[] = [
    ...(stages.includes("extract") ? (["extract", "ocr"] as const) : []),
    ...(stages.includes("embed") ? (["embed"] as const) : []),
    "index",
  ];
  const seconds = versions.flatMap((version) => {
    const steps = version?.steps.filter((step) => names.includes(step.name) && step.endedAt) ?? [];
    if (steps.length === 0) return [];
    return [
      steps.reduce((sum, step) => sum + (Date.parse(step.endedAt ?? step.startedAt) - Date.parse(step.startedAt)), 0) /
        1000,
    ];
  });
  const total = seconds.reduce((sum, one) => sum + one, 0);
  if (total <= 0) return undefined;
  return {
    documentsPerSecond: seconds.length / total,
    what: `the newest ${seconds.length} documents took one after another, their waiting included`,
  };
};

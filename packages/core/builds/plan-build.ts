import {
  type Build,
  type BuildConfig,
  type BuildPlan,
  type BuildStage,
  buildStages,
  changesOfConfig,
} from "@samla/contracts";
import { requireIndex } from "../documents/access.ts";
import { type EngineContext, Failure, type FillRecord } from "../kernel/index.ts";
import { checkConfig, isSameConfig } from "./check-config.ts";
import { countBelonging } from "./create-build.ts";
import { statisticsOf } from "./read-builds.ts";

const dataStages: readonly BuildStage[] = ["extract", "split", "embed", "write"];
const bytesPerValue = 4;

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
  const pace = paceOf(builds, fills, live, stages);
  const livePassages = statistics?.passages ?? 0;
  const passages = Math.round(livePassages * passagesRatio(live.config, input.config));
  const textBytes = Math.max(
    0,
    (statistics?.sizeBytes ?? 0) - (statistics?.vectors ?? 0) * live.config.dimensions * bytesPerValue,
  );
  const same = builds.find((build) => isSameConfig(build.config, input.config));
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
      usd: null,
      basis: pace
        ? `At ${pace.documentsPerSecond.toFixed(1)} documents a second, as ${pace.what}; size from the live build's table.`
        : "No build of this index has been filled yet, so there is no rate to go by; size from the live build's table.",
    },
    warnings: [
      ...(same ? [`The build ${same.id} (${same.status}) has this very configuration.`] : []),
      ...(input.config.embedder !== live.config.embedder && input.config.dimensions > 0
        ? ["Scores of another embedder do not compare with those of the live build."]
        : []),
      ...(documents === 0 ? ["The index has no document that could be in it."] : []),
    ],
  };
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

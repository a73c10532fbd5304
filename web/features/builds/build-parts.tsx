import type { Build } from "@samla/contracts";
import { Link2Off } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { buildTitle } from "../../lib/builds.ts";
import { formatCount, formatPlural, formatSeconds } from "../../lib/format.ts";
import { buildPath } from "../../lib/paths.ts";
import { Badge } from "../../ui/badge.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { Progress } from "../../ui/progress.tsx";
import { buildState } from "./builds.ts";

export const BuildBadge = ({ build }: { build: Build }) => {
  const { label, tone } = buildState(build);
  return <Badge tone={tone}>{label}</Badge>;
};

/** A build by its name, which leads to its page, and its id. */
export const BuildName = ({ build }: { build: Build }) => (
  <div className="min-w-0 flex-1">
    <Link
      href={buildPath(build.index, build.id)}
      className="block truncate py-0.5 font-medium hover:underline"
      title={build.note || undefined}
    >
      {buildTitle(build)}
    </Link>
    <CopyableId id={build.id} label="build id" className="-ml-1 min-h-6" />
  </div>
);

/** How far a candidate is: done of all, speed, time left, how many failed, and what needed not be made again. */
export const FillProgress = ({ build, isShort = false }: { build: Build; isShort?: boolean }) => {
  const { fill } = build;
  if (!fill) return null;
  const over = fill.done + fill.failed;
  const isRunning = fill.state === "running";
  return (
    <div className="grid gap-1.5 text-xs">
      <Progress value={fill.total === 0 ? 1 : over / fill.total} label={`Documents of ${buildTitle(build)}`} />
      <p className="flex flex-wrap gap-x-3 gap-y-0.5 text-muted-foreground tabular-nums" aria-live="off">
        <span className="text-foreground">
          {formatCount(over)} of {formatPlural(fill.total, "document")}
        </span>
        {isRunning && fill.documentsPerSecond ? <span>{fill.documentsPerSecond.toFixed(1)} a second</span> : null}
        {isRunning && fill.secondsLeft !== undefined ? <span>about {formatSeconds(fill.secondsLeft)} left</span> : null}
        {fill.state === "paused" ? <span className="text-warning">paused</span> : null}
        {fill.failed > 0 ? (
          <Link
            href={`${buildPath(build.index, build.id)}?tab=documents`}
            className="text-destructive underline underline-offset-2"
          >
            {formatCount(fill.failed)} failed
          </Link>
        ) : null}
      </p>
      {isShort ? null : <Reuse fill={fill} />}
    </div>
  );
};

const stages = [
  { stage: "extract", reused: "not read again", made: "read" },
  { stage: "split", reused: "not cut again", made: "cut into passages" },
  { stage: "embed", reused: "with the vectors there were", made: "with new vectors" },
] as const;

/** What was taken from earlier builds and what was made anew, a line a stage. */
const Reuse = ({ fill }: { fill: NonNullable<Build["fill"]> }) => (
  <ul aria-label="Work done and saved" className="mt-1 grid gap-1 text-muted-foreground">
    {stages
      .filter(({ stage }) => fill.made[stage] + fill.reused[stage] > 0)
      .map(({ stage, reused, made }) => (
        <li key={stage} className="flex flex-wrap items-center gap-x-1.5 tabular-nums">
          <span>
            {formatCount(fill.made[stage])} {made},
          </span>
          <span className={fill.reused[stage] > 0 ? "text-success" : undefined}>
            {formatCount(fill.reused[stage])} {reused}
          </span>
        </li>
      ))}
  </ul>
);

/** Why a build came to nothing, and what to do. */
export const BuildFailure = ({ build, children }: { build: Build; children?: ReactNode }) =>
  build.failure ? (
    <section aria-label="Failure" className="rounded-lg border border-destructive bg-destructive-soft p-4 text-sm">
      <h2 className="flex items-center gap-2 font-semibold text-destructive">
        <Link2Off className="size-4 shrink-0" aria-hidden /> This build cannot serve
      </h2>
      <p className="mt-1.5 break-words first-letter:uppercase">{build.failure.cause}</p>
      <p className="mt-1 font-medium">{build.failure.nextStep}</p>
      {children ? <div className="mt-3 flex flex-wrap gap-2">{children}</div> : null}
    </section>
  ) : null;

import type { BuildDetail, Evaluation } from "@samla/contracts";
import Link from "next/link";
import { buildTitle } from "../../lib/builds.ts";
import { buildPath } from "../../lib/paths.ts";
import { Badge, type BadgeTone } from "../../ui/badge.tsx";
import { Progress } from "../../ui/progress.tsx";

const statuses: Record<Evaluation["status"], { label: string; tone: BadgeTone }> = {
  queued: { label: "Waiting", tone: "neutral" },
  running: { label: "Running", tone: "info" },
  done: { label: "Done", tone: "success" },
  failed: { label: "Failed", tone: "danger" },
  cancelled: { label: "Cancelled", tone: "neutral" },
};

export const EvaluationBadge = ({ evaluation }: { evaluation: Evaluation }) => (
  <Badge tone={statuses[evaluation.status].tone}>{statuses[evaluation.status].label}</Badge>
);

export const modeOptions = [
  { value: "hybrid", label: "Words and meaning" },
  { value: "lexical", label: "Words only" },
  { value: "vector", label: "Meaning only" },
] as const;
export const modeLabel = (mode: Evaluation["mode"]): string =>
  modeOptions.find((one) => one.value === mode)?.label ?? mode;

/** Name of a build that may be deleted by now. */
export const nameOfBuild = (buildId: string, builds: readonly BuildDetail[] | undefined): string => {
  const build = builds?.find((one) => one.id === buildId);
  return build ? `${buildTitle(build)}${build.status === "live" ? " (live)" : ""}` : `…${buildId.slice(-6)}`;
};

export const BuildLink = ({
  slug,
  buildId,
  builds,
}: {
  slug: string;
  buildId: string;
  builds: readonly BuildDetail[] | undefined;
}) => (
  <Link href={buildPath(slug, buildId)} className="text-link hover:underline" title={buildId}>
    {nameOfBuild(buildId, builds)}
  </Link>
);

export const EvaluationProgress = ({ evaluation }: { evaluation: Evaluation }) => (
  <div className="grid min-w-32 gap-1">
    <Progress
      value={evaluation.questions === 0 ? undefined : evaluation.done / evaluation.questions}
      label="Questions asked"
    />
    <span className="text-muted-foreground text-xs tabular-nums">
      {evaluation.done} of {evaluation.questions}
    </span>
  </div>
);

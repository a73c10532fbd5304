import type { SyncRun } from "@samla/contracts";
import { formatCount, formatPlural } from "../../lib/format.ts";
import { Badge } from "../../ui/badge.tsx";
import { Progress } from "../../ui/progress.tsx";
import { progressOf, runState } from "./words.ts";

export const RunBadges = ({ run }: { run: SyncRun }) => {
  const { label, tone } = runState(run);
  return (
    <>
      <Badge tone={tone}>{label}</Badge>
      {run.dryRun ? (
        <Badge tone="outline" title="It compared and changed nothing">
          Dry run
        </Badge>
      ) : null}
    </>
  );
};

/** How far a run under way has come. */
export const RunProgress = ({ run }: { run: SyncRun }) => {
  const share = progressOf(run);
  return (
    <div className="grid gap-1">
      <Progress label="Progress of the run" {...(share === undefined ? {} : { value: share })} />
      <p className="text-muted-foreground text-xs tabular-nums">
        {share === undefined
          ? `Reading the source: ${formatPlural(run.counts.found, "file")} found so far`
          : `${Math.round(share * 100)} % of ${formatCount(run.counts.found)} files compared`}
      </p>
    </div>
  );
};

import type { Version } from "@samla/contracts";
import { Circle, CircleAlert, CircleCheck, CircleDashed, CircleSlash, LoaderCircle } from "lucide-react";
import { formatDuration } from "../../lib/format.ts";
import { cn } from "../../ui/cn.ts";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { stepDurationMs, stepLabel } from "./labels.ts";
import { type StepRow, stepRows } from "./steps.ts";

const Mark = ({ status }: { status: StepRow["status"] }) => {
  const className = "size-4 shrink-0";
  if (status === "done") return <CircleCheck className={cn(className, "text-success")} aria-hidden />;
  if (status === "running") return <LoaderCircle className={cn(className, "animate-spin text-info")} aria-hidden />;
  if (status === "failed") return <CircleAlert className={cn(className, "text-destructive")} aria-hidden />;
  if (status === "cancelled") return <CircleSlash className={cn(className, "text-muted-foreground")} aria-hidden />;
  if (status === "skipped") return <CircleDashed className={cn(className, "text-muted-foreground")} aria-hidden />;
  return <Circle className={cn(className, "text-muted-foreground opacity-50")} aria-hidden />;
};

const words: Record<StepRow["status"], string> = {
  done: "done",
  running: "under way",
  failed: "failed",
  cancelled: "cancelled",
  skipped: "not needed",
  coming: "to come",
};

const showDuration = (milliseconds: number): string => (milliseconds < 1 ? "<1 ms" : formatDuration(milliseconds));

/** The way of a version through its steps, with times and what was found. */
export const StepTimeline = ({ version }: { version: Version }) => (
  <ol aria-label="Steps" className="grid">
    {stepRows(version).map((row) => (
      <li key={row.name} className="flex gap-3 border-b py-2.5 text-sm last:border-b-0">
        <span className="pt-0.5">
          <Mark status={row.status} />
        </span>
        <div className="min-w-0 flex-1">
          <p className={cn("font-medium", row.status === "coming" && "text-muted-foreground")}>
            {stepLabel(row.name)} <span className="sr-only">{words[row.status]}</span>
          </p>
          {row.detail ? <p className="break-words text-muted-foreground text-xs">{row.detail}</p> : null}
          {row.name === "embed" && version.vectors < version.passages ? (
            <p className="text-muted-foreground text-xs tabular-nums">
              {version.vectors} of {version.passages} passages
            </p>
          ) : null}
        </div>
        <div className="shrink-0 text-right text-muted-foreground text-xs">
          {row.startedAt ? (
            <>
              <p className="tabular-nums">
                {row.status === "running" || row.endedAt
                  ? showDuration(stepDurationMs({ startedAt: row.startedAt, endedAt: row.endedAt }, Date.now()))
                  : ""}
              </p>
              <RelativeTime at={row.startedAt} />
            </>
          ) : (
            words[row.status]
          )}
        </div>
      </li>
    ))}
  </ol>
);

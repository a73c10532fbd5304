import type { ReleaseProgress } from "@samla/contracts";
import { CircleAlert, CircleCheck } from "lucide-react";
import { formatSeconds } from "../../lib/format.ts";
import { Badge } from "../../ui/badge.tsx";
import { cn } from "../../ui/cn.ts";
import { RelativeTime } from "../../ui/relative-time.tsx";

const phases = ["preparing", "starting", "checking", "draining", "finished"] as const;
const phaseLabels: Record<ReleaseProgress["phase"], string> = {
  preparing: "Preparing",
  starting: "Starting",
  checking: "Checking",
  draining: "Draining",
  "rolling-back": "Rolling back",
  finished: "Finished",
};

/** How far a release is: tasks old and new, what the circuit breaker counts, and what AWS says, as it happens. */
export const ReleaseProgressView = ({ progress, isRolling }: { progress: ReleaseProgress; isRolling: boolean }) => (
  <section
    aria-label="Progress"
    className={cn("rounded-lg border bg-card text-sm", progress.phase === "rolling-back" && "border-destructive")}
  >
    <div className="grid gap-3 px-4 py-3">
      <Phases phase={progress.phase} isRolling={isRolling} />
      <p className="wrap-anywhere font-semibold text-base" aria-live="polite">
        {progress.sentence}
      </p>
      <div className="grid gap-3 sm:grid-cols-2">
        <TaskDots label="New tasks" counts={progress.new} isNew />
        <TaskDots label="Old tasks" counts={progress.old} isNew={false} />
      </div>
      <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-muted-foreground text-xs tabular-nums">
        <Breaker progress={progress} />
        {progress.alarms.map((alarm) => (
          <span key={alarm.name} className={alarm.firing ? "font-medium text-destructive" : undefined}>
            alarm {alarm.name}: {alarm.firing ? "firing" : "quiet"}
          </span>
        ))}
        <span className="ml-auto">{formatSeconds(progress.elapsedSeconds)} so far</span>
      </p>
    </div>
    {progress.steps.length > 0 ? (
      <details className="border-t" open={isRolling}>
        <summary className="px-4 py-2 text-muted-foreground text-xs">What AWS says ({progress.steps.length})</summary>
        <ol aria-label="What AWS says" className="max-h-80 divide-y overflow-y-auto border-t text-xs">
          {progress.steps.toReversed().map((step) => (
            <li key={`${step.at} ${step.subject} ${step.status}`} className="flex items-start gap-2.5 px-4 py-1.5">
              {step.failed ? (
                <CircleAlert className="mt-0.5 size-3.5 shrink-0 text-destructive" role="img" aria-label="failed" />
              ) : (
                <CircleCheck className="mt-0.5 size-3.5 shrink-0 text-muted-foreground" aria-hidden />
              )}
              <span className="w-12 shrink-0 text-muted-foreground capitalize">{step.from}</span>
              <span className="wrap-anywhere min-w-0 flex-1">
                <span className="font-medium">{step.subject}</span>{" "}
                <span className={step.failed ? "text-destructive" : "text-muted-foreground"}>
                  {step.status.toLowerCase().replaceAll("_", " ")}
                </span>
                {step.reason ? <span className="block text-muted-foreground">{step.reason}</span> : null}
              </span>
              <RelativeTime at={step.at} className="shrink-0 text-muted-foreground" />
            </li>
          ))}
        </ol>
      </details>
    ) : null}
  </section>
);

const Phases = ({ phase, isRolling }: { phase: ReleaseProgress["phase"]; isRolling: boolean }) => {
  if (phase === "rolling-back")
    return (
      <p>
        <Badge tone="danger">Rolling back</Badge>
      </p>
    );
  const current = phases.indexOf(phase);
  return (
    <ol className="flex flex-wrap items-center gap-1.5 text-xs">
      {phases.map((one, n) => (
        <li
          key={one}
          aria-current={n === current && isRolling ? "step" : undefined}
          className={cn(
            "rounded-md border px-2 py-0.5",
            n === current && isRolling && "border-primary bg-primary-soft font-medium text-primary",
            n > current && "text-muted-foreground",
          )}
        >
          {phaseLabels[one]}
        </li>
      ))}
    </ol>
  );
};

type Counts = ReleaseProgress["old"];

/** A mark a task: filled when healthy, half when it runs, empty while it starts. */
const TaskDots = ({ label, counts, isNew }: { label: string; counts: Counts; isNew: boolean }) => {
  const dots = [
    ...Array.from({ length: counts.healthy }, () => "healthy" as const),
    ...Array.from({ length: Math.max(0, counts.running - counts.healthy) }, () => "running" as const),
    ...Array.from({ length: counts.pending }, () => "pending" as const),
  ].slice(0, 40);
  return (
    <div className="rounded-md border px-3 py-2">
      <p className="flex items-baseline justify-between gap-2 text-xs">
        <span className="font-medium">{label}</span>
        <span className="text-muted-foreground tabular-nums">
          {counts.healthy} healthy, {counts.running} running, {counts.pending} starting of {counts.desired}
        </span>
      </p>
      <p className="mt-1.5 flex min-h-4 flex-wrap gap-1" aria-hidden>
        {dots.map((dot, n) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: marks of one kind are all alike
            key={n}
            className={cn(
              "size-3.5 rounded-xs border",
              dot === "healthy" &&
                (isNew ? "border-primary bg-primary" : "border-muted-foreground bg-muted-foreground"),
              dot === "running" && (isNew ? "border-primary bg-primary-soft" : "border-muted-foreground bg-muted"),
              dot === "pending" && "animate-pulse border-border-strong border-dashed",
            )}
          />
        ))}
        {dots.length === 0 ? <span className="text-muted-foreground text-xs">none</span> : null}
      </p>
    </div>
  );
};

const Breaker = ({ progress: { breaker, failedTasks } }: { progress: ReleaseProgress }) => {
  if (breaker.state === "off") return <span>circuit breaker off; {failedTasks} failed tasks</span>;
  const isHit = breaker.state === "triggered";
  return (
    <span
      className={isHit ? "font-medium text-destructive" : breaker.failures > 0 ? "text-warning" : undefined}
      title="After so many failed tasks in a row ECS gives up and goes back"
    >
      circuit breaker: {breaker.failures} of {breaker.threshold ?? "?"} failed tasks
      {isHit ? ", triggered" : breaker.state === "reset" ? ", reset" : ""}
    </span>
  );
};

import type { SyncOutcome, SyncRun, SyncSetup } from "@samla/contracts";
import { formatCount, formatDuration, formatPlural, formatSeconds } from "../../lib/format.ts";
import type { BadgeTone } from "../../ui/badge.tsx";

export type State = { label: string; tone: BadgeTone };

/** How a run stands, in a word or two. Only one that did all it should is green. */
export const runState = (run: Pick<SyncRun, "status" | "brake" | "counts" | "dryRun">): State => {
  if (run.status === "stopped")
    return run.brake ? { label: "Held by the brake", tone: "warning" } : { label: "Stopped", tone: "warning" };
  if (run.status === "done") {
    if (run.counts.failed > 0) return { label: "Done, with failures", tone: "warning" };
    return { label: "Done", tone: "success" };
  }
  const others: Record<"running" | "cancelled" | "failed" | "lost", State> = {
    running: { label: "Running", tone: "info" },
    cancelled: { label: "Cancelled", tone: "neutral" },
    failed: { label: "Failed", tone: "danger" },
    lost: { label: "Lost", tone: "danger" },
  };
  return others[run.status];
};

/** What became of a file; in a dry run, what would. */
export const outcomeLabel = (outcome: SyncOutcome, isDry: boolean): string => {
  const done: Record<SyncOutcome, string> = {
    added: "Added",
    changed: "Changed",
    deleted: "Removed",
    failed: "Failed",
    skipped: "Left out",
    held: "Kept for now",
  };
  const would: Partial<Record<SyncOutcome, string>> = {
    added: "Would be added",
    changed: "Would change",
    deleted: "Would be removed",
  };
  return (isDry ? would[outcome] : undefined) ?? done[outcome];
};

export const outcomeTones: Record<SyncOutcome, BadgeTone> = {
  added: "success",
  changed: "info",
  deleted: "neutral",
  failed: "danger",
  skipped: "outline",
  held: "warning",
};

/** Figures of a run worth a look, in the order of how much they matter: "3 failed, 12 added, 480 unchanged". */
export const countsText = ({ counts, dryRun, status }: Pick<SyncRun, "counts" | "dryRun" | "status">): string => {
  const parts = (
    [
      ["failed", "failed"],
      ["held", "kept for now"],
      ["added", dryRun ? "to add" : "added"],
      ["changed", dryRun ? "to change" : "changed"],
      ["deleted", dryRun ? "to remove" : "removed"],
      ["skipped", "left out"],
      ["unchanged", "unchanged"],
    ] as const
  ).flatMap(([key, label]) => (counts[key] > 0 ? [`${formatCount(counts[key])} ${label}`] : []));
  if (parts.length > 0) return parts.join(", ");
  return status === "running" ? "reading the source" : "the source is empty";
};

/** Share of the files found that have been compared; undefined while it is not known how many there are. */
export const progressOf = ({ counts, tookMs }: Pick<SyncRun, "counts" | "tookMs">): number | undefined => {
  if (tookMs.list === 0 || counts.found === 0) return undefined;
  const seen = counts.unchanged + counts.added + counts.changed + counts.failed + counts.skipped;
  return Math.min(1, seen / counts.found);
};

/** How long it took, or takes. */
export const durationText = ({ startedAt, endedAt }: Pick<SyncRun, "startedAt" | "endedAt">, nowMs: number): string => {
  const ms = Math.max(0, (endedAt ? Date.parse(endedAt) : nowMs) - Date.parse(startedAt));
  return ms < 10_000 ? formatDuration(ms) : formatSeconds(ms / 1000);
};

export const triggerText = ({ trigger, by }: Pick<SyncRun, "trigger" | "by">): string =>
  trigger === "schedule" ? "by its schedule" : `by ${by ?? "request"}`;

/** When runs begin by themselves. */
export const scheduleText = ({ intervalMinutes }: SyncSetup): string =>
  intervalMinutes === 0
    ? "only when somebody starts one"
    : intervalMinutes % 1440 === 0
      ? `every ${intervalMinutes === 1440 ? "day" : formatPlural(intervalMinutes / 1440, "day")}`
      : intervalMinutes % 60 === 0
        ? `every ${intervalMinutes === 60 ? "hour" : formatPlural(intervalMinutes / 60, "hour")}`
        : `every ${formatPlural(intervalMinutes, "minute")}`;

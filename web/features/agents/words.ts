import type { AgentHealth, AgentTask, Release, ReleaseKind, ReleaseLine } from "@samla/contracts";
import { causeLabels } from "@samla/contracts/plain";
import type { BadgeTone } from "../../ui/badge.tsx";

export type State = { label: string; tone: BadgeTone };

const healths: Record<AgentHealth, State> = {
  healthy: { label: "Healthy", tone: "success" },
  degraded: { label: "Degraded", tone: "warning" },
  down: { label: "Down", tone: "danger" },
  rolling: { label: "Releasing", tone: "info" },
  paused: { label: "Paused", tone: "neutral" },
  unreleased: { label: "Not released", tone: "outline" },
  unknown: { label: "Unknown", tone: "outline" },
};
export const healthState = (health: AgentHealth): State => healths[health];

const releaseStates: Record<Release["status"], State> = {
  proposed: { label: "Proposed", tone: "primary" },
  rolling: { label: "Rolling out", tone: "info" },
  live: { label: "Live", tone: "success" },
  superseded: { label: "Superseded", tone: "neutral" },
  "rolled-back": { label: "Rolled back", tone: "danger" },
  failed: { label: "Failed", tone: "danger" },
  stopped: { label: "Stopped", tone: "warning" },
  withdrawn: { label: "Withdrawn", tone: "neutral" },
};

/** A release's state in a word. Only one that is live and was judged well is green. */
export const releaseState = ({ status, ok }: { status: Release["status"]; ok: boolean | undefined }): State => {
  if (status === "live" && ok === false) return { label: "Live, not well", tone: "warning" };
  return releaseStates[status];
};
export const stateOfRelease = (release: Release): State =>
  releaseState({ status: release.status, ok: release.verdict?.ok });
export const stateOfLine = (line: ReleaseLine): State => releaseState({ status: line.status, ok: line.ok });

const kinds: Record<ReleaseKind, string> = {
  release: "Release",
  "roll-back": "Roll back",
  restart: "Restart",
  scale: "Scaling",
  pause: "Pause",
  resume: "Resume",
};
export const kindLabel = (kind: ReleaseKind): string => kinds[kind];
/** "Release 12", "Restart 13": numbers run over all kinds. */
export const releaseTitle = ({ kind, n }: { kind: ReleaseKind; n: number }): string => `${kinds[kind]} ${n}`;

/** A task's state in a word; a stopped one by why it stopped. */
export const taskState = (task: Pick<AgentTask, "state" | "health" | "cause" | "exitCode">): State => {
  if (task.state === "starting") return { label: "Starting", tone: "info" };
  if (task.state === "stopping") return { label: "Draining", tone: "warning" };
  if (task.state === "stopped") {
    const isPlanned = task.cause === "none" || task.cause === "stopped_by_person";
    if (task.cause && !isPlanned) return { label: causeLabels[task.cause], tone: "danger" };
    return { label: "Stopped", tone: isPlanned || !task.exitCode ? "neutral" : "danger" };
  }
  if (task.health === "unhealthy") return { label: "Unhealthy", tone: "danger" };
  return task.health === "healthy" ? { label: "Healthy", tone: "success" } : { label: "Running", tone: "info" };
};

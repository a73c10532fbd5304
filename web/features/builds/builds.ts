import type { Build } from "@samla/contracts";
import { canDeleteBuild, canPromote, canRollBackTo } from "@samla/contracts/plain";
import type { BadgeTone } from "../../ui/badge.tsx";

type Shown = Pick<Build, "status" | "fill" | "rolledBack">;

const statuses: Record<Build["status"], { label: string; tone: BadgeTone }> = {
  building: { label: "Filling", tone: "info" },
  ready: { label: "Ready", tone: "primary" },
  live: { label: "Live", tone: "success" },
  superseded: { label: "Superseded", tone: "neutral" },
  failed: { label: "Failed", tone: "danger" },
  cancelled: { label: "Cancelled", tone: "neutral" },
};

/** A build's state in a word. Paused and rolled back are said, as both wait for somebody. */
export const buildState = ({ status, fill, rolledBack }: Shown): { label: string; tone: BadgeTone } => {
  if (status === "building" && fill?.state === "paused") return { label: "Paused", tone: "warning" };
  if (status === "superseded" && rolledBack) return { label: "Rolled back", tone: "warning" };
  return statuses[status];
};

export type BuildAction = "pause" | "resume" | "cancel" | "retry" | "delete" | "promote" | "roll-back" | "copy";

/** What a person who may change builds can do with this one now. */
export const buildActions = (build: Shown, mayWrite: boolean): ReadonlySet<BuildAction> => {
  const actions = new Set<BuildAction>();
  if (!mayWrite) return actions;
  actions.add("copy");
  const isFilling = build.status === "building";
  if (isFilling) {
    actions.add(build.fill?.state === "paused" ? "resume" : "pause");
    actions.add("cancel");
  }
  if (!isFilling && build.status !== "cancelled" && (build.fill?.failed ?? 0) > 0) actions.add("retry");
  if (canRollBackTo(build.status) && !build.rolledBack) actions.add("roll-back");
  else if (canPromote(build.status)) actions.add("promote");
  if (canDeleteBuild(build.status)) actions.add("delete");
  return actions;
};

const order: Record<Build["status"], number> = {
  live: 0,
  building: 1,
  ready: 1,
  superseded: 2,
  failed: 3,
  cancelled: 3,
};
export const buildGroups = ["Live", "Candidates", "Superseded", "Not usable"] as const;

/** Builds as people look for them: the live one, candidates, those before, those that came to nothing; newest first each. */
export const groupBuilds = <T extends Pick<Build, "status" | "createdAt">>(
  builds: readonly T[],
): { title: (typeof buildGroups)[number]; builds: T[] }[] =>
  buildGroups
    .map((title, i) => ({
      title,
      builds: builds
        .filter((build) => order[build.status] === i)
        .sort((a, b) => b.createdAt.localeCompare(a.createdAt)),
    }))
    .filter((group) => group.builds.length > 0);

import type { AgentItem } from "@samla/contracts";
import type { Permission } from "@samla/contracts/plain";

export type AgentAction = "release" | "roll-back" | "restart" | "scale" | "pause" | "resume" | "unpin" | "protect";

/** An act whose dialog is open, or closing. */
export type OpenAct = { kind: "restart" | "scale" | "pause" | "resume" | "unpin" | "protect"; isOpen: boolean };

type Shown = Pick<AgentItem, "liveReleaseId" | "busy" | "pin" | "paused">;

/**
 * What a person can do with an agent now. While a release is on its way nobody begins another act, and while it is
 * pinned no release is begun; the server decides again.
 */
export const agentActions = (agent: Shown, may: (permission: Permission) => boolean): ReadonlySet<AgentAction> => {
  const actions = new Set<AgentAction>();
  const isFree = agent.busy === undefined;
  const isReleased = agent.liveReleaseId !== undefined;
  if (isFree && !agent.pin && may("agents.release")) actions.add("release");
  if (isFree && isReleased && may("agents.rollBack")) actions.add("roll-back");
  if (isFree && isReleased && may("agents.scale")) {
    if (agent.paused) actions.add("resume");
    else for (const action of ["restart", "scale", "pause"] as const) actions.add(action);
  }
  if (agent.pin && may("agents.rollBack")) actions.add("unpin");
  if (may("agents.protect")) actions.add("protect");
  return actions;
};

import type { Release, ReleaseConfig } from "@samla/contracts";
import { Failure, requirePermission } from "../kernel/index.ts";
import type { AgentContext } from "./context.ts";
import { executeChange } from "./execute-release.ts";
import { obstaclesOf } from "./obstacles.ts";
import { type Proposal, proposeChange } from "./propose-release.ts";

/** Proposes and carries out in one go; for acts that need no second look. Throws `conflict` with what holds it back. */
export const changeNow = async (
  ctx: AgentContext,
  proposal: Proposal,
  confirmName: string | undefined,
): Promise<Release> => {
  const release = await proposeChange(ctx, proposal);
  const obstacles = obstaclesOf(release);
  if (obstacles.length)
    throw new Failure("conflict", `Release ${release.n} may not go out: ${obstacles.join(" ")}`, {
      nextStep: release.gate?.nextStep ?? "Put right what is named, and try again.",
    });
  return executeChange(ctx, { agent: proposal.agent, releaseId: release.id, confirmName });
};

/** A release without a look at its change set, as machines make it: gate and needs are checked all the same. */
export const releaseNow = async (
  ctx: AgentContext,
  input: { agent: string; digest: string; config: ReleaseConfig; reason: string },
): Promise<Release> => {
  requirePermission(ctx, "agents.release");
  return changeNow(ctx, { ...input, kind: "release" }, input.agent);
};

import { z } from "zod";
import { AgentName } from "./agent-manifest.ts";

/** What a deployed stage offers to agents' stacks, as JSON in `SAMLA_AGENT_PLATFORM`. */
export const AgentPlatformSettings = z.object({
  stage: z.string().regex(/^[a-zA-Z0-9-]{1,20}$/),
  /** Agents that the stage has repositories for. */
  names: z.array(AgentName),
  /** CloudFormation takes it for agents' stacks. */
  stackRoleArn: z.string().optional(),
  /** Values for the parameters of the agents' template that are the same for all agents. */
  parameters: z.record(z.string(), z.string()),
});
export type AgentPlatformSettings = z.infer<typeof AgentPlatformSettings>;

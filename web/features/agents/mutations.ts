import type { AgentCallInput, AgentCallOutput } from "@samla/contracts";
import type { AgentEndpointId } from "@samla/contracts/plain";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { callAgents } from "../../lib/agents-api.ts";
import { agentKeys } from "./keys.ts";

export type AgentVerb = Extract<
  AgentEndpointId,
  | "agents.propose"
  | "agents.execute"
  | "agents.withdraw"
  | "agents.stop"
  | "agents.rollBack"
  | "agents.unpin"
  | "agents.restart"
  | "agents.scale"
  | "agents.pause"
  | "agents.resume"
  | "agents.protect"
  | "agents.stopTask"
>;

/** Does one thing to an agent. Afterwards everything that shows agents, or where images run, is asked for again. */
export const useAgentVerb = <Id extends AgentVerb>(id: Id) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: AgentCallInput<Id>): Promise<AgentCallOutput<Id>> => callAgents(id, input),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: agentKeys.all }),
        client.invalidateQueries({ queryKey: ["images"] }),
      ]),
  });
};

import type { AgentCallInput, AgentCallOutput } from "@samla/contracts";
import { type AgentEndpointId, agentEndpointOf, createTransportOf, fillPath } from "@samla/contracts/plain";
import { leaveWhenSignedOut } from "./api.ts";
import { csrfHeader, csrfValue } from "./csrf.ts";

// A change set takes CloudFormation some seconds to make.
const transport = createTransportOf<AgentEndpointId>(
  { baseUrl: "/api", headers: () => ({ [csrfHeader]: csrfValue }), timeoutMs: 60_000 },
  agentEndpointOf,
);

/** Calls one of the console's own routes for agents, typed by the contract. Throws `ApiError`. */
export const callAgents = async <Id extends AgentEndpointId>(
  id: Id,
  ...input: Record<string, never> extends AgentCallInput<Id> ? [AgentCallInput<Id>?] : [AgentCallInput<Id>]
): Promise<AgentCallOutput<Id>> => {
  try {
    return (await transport(id, input[0])) as AgentCallOutput<Id>;
  } catch (error) {
    leaveWhenSignedOut(error);
    throw error;
  }
};

/** Address of an agent's log as a file, for a link. */
export const logDownloadHref = (agent: string, query: Record<string, string | undefined> = {}): string =>
  `/api${fillPath("/agents/{agent}/logs/download", { params: { agent }, query })}`;

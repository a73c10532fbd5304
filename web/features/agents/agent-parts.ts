import type { Permission } from "@samla/contracts/plain";

/** `only`: the one agent that has it. */
export type AgentPart = { path: string; label: string; permission: Permission; only?: string };

/** The pages of an agent, in order; the path is below `/agents/{agent}`. */
export const agentParts: readonly AgentPart[] = [
  { path: "", label: "Overview", permission: "agents.read" },
  { path: "runs", label: "Runs", permission: "agents.read", only: "sync" },
  { path: "releases", label: "Releases", permission: "agents.read" },
  { path: "tasks", label: "Tasks", permission: "agents.read" },
  { path: "logs", label: "Logs", permission: "agents.logs" },
  { path: "events", label: "Events", permission: "events.read" },
  { path: "metrics", label: "Metrics", permission: "agents.read" },
  { path: "scaling", label: "Scaling", permission: "agents.read" },
  { path: "environment", label: "Environment", permission: "agents.read" },
  { path: "access", label: "Access", permission: "agents.read" },
];

/** The part that an address lies in; pages below a part belong to it. */
export const partOf = (agent: string, pathname: string): string => {
  const base = `/agents/${agent}/`;
  return pathname.startsWith(base) ? (pathname.slice(base.length).split("/")[0] ?? "") : "";
};

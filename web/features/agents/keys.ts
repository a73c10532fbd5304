/** Query keys of the panel. A shorter key invalidates everything below it. */
export const agentKeys = {
  all: ["agents"] as const,
  list: ["agents", "list"] as const,
  of: (agent: string) => ["agents", "of", agent] as const,
  one: (agent: string) => ["agents", "of", agent, "one"] as const,
  releases: (agent: string, kind: string) => ["agents", "of", agent, "releases", kind] as const,
  release: (agent: string, releaseId: string) => ["agents", "of", agent, "release", releaseId] as const,
  differences: (agent: string, from: string, to: string) => ["agents", "of", agent, "differences", from, to] as const,
  tasks: (agent: string, state: string, filter: string) => ["agents", "of", agent, "tasks", state, filter] as const,
  task: (agent: string, taskId: string) => ["agents", "of", agent, "task", taskId] as const,
  logs: (agent: string, filter: string) => ["agent-logs", agent, filter] as const,
  metrics: (agent: string, range: string) => ["agents", "of", agent, "metrics", range] as const,
  scaling: (agent: string) => ["agents", "of", agent, "scaling"] as const,
  chain: (agent: string, from: string) => ["agents", "of", agent, "chain", from] as const,
};

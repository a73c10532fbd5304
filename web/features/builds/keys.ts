/** Query keys of the panel. A shorter key invalidates everything below it. */
export const buildKeys = {
  all: ["builds"] as const,
  of: (slug: string) => ["builds", slug] as const,
  list: (slug: string) => ["builds", slug, "list"] as const,
  one: (slug: string, buildId: string) => ["builds", slug, "one", buildId] as const,
  documents: (slug: string, buildId: string, outcome: string) =>
    ["builds", slug, "documents", buildId, outcome] as const,
  plan: (slug: string, config: string) => ["builds", slug, "plan", config] as const,
  promotion: (slug: string, buildId: string) => ["builds", slug, "promotion", buildId] as const,
  agents: (slug: string, buildId: string) => ["builds", slug, "agents", buildId] as const,
  index: (slug: string) => ["builds", slug, "index"] as const,
  history: (slug: string) => ["builds", slug, "history"] as const,
};

/** Query keys of the panel. A shorter key invalidates everything below it. */
export const imageKeys = {
  all: ["images"] as const,
  repositories: ["images", "repositories"] as const,
  of: (repository: string) => ["images", "of", repository] as const,
  repository: (repository: string) => ["images", "of", repository, "repository"] as const,
  list: (repository: string, filter: string) => ["images", "of", repository, "list", filter] as const,
  findings: (repository: string, digest: string) => ["images", "of", repository, "findings", digest] as const,
  inventory: (repository: string, digest: string) => ["images", "of", repository, "inventory", digest] as const,
  gate: (repository: string) => ["images", "of", repository, "gate"] as const,
  lifecycle: (repository: string) => ["images", "of", repository, "lifecycle"] as const,
  simulation: (repository: string, rules: string) => ["images", "of", repository, "simulation", rules] as const,
  allFindings: (filter: string) => ["images", "findings", filter] as const,
  finding: (findingId: string) => ["images", "finding", findingId] as const,
  replication: ["images", "replication"] as const,
};

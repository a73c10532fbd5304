import type { SearchRequest } from "./search-params.ts";

export const searchKeys = {
  all: ["search"] as const,
  results: (request: SearchRequest | undefined) => ["search", "results", request] as const,
  suggestions: (q: string, index: readonly string[]) => ["search", "suggestions", q, index] as const,
  indexes: () => ["search", "indexes"] as const,
};

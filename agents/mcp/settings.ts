import type { IndexSlug } from "@samla/contracts";

/** The settings of `agent.json`, as the kit has checked them. */
export type McpSettings = {
  /** Empty: all that the caller may read. */
  indexes: IndexSlug[];
  /** Empty: citations are paths. */
  consoleUrl: string;
  resultsMax: number;
  charactersMax: number;
};

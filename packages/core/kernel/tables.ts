import type { BuildConfig } from "@samla/contracts";
import type { TableSpec } from "./ports/search-engine.ts";

/** The engine's table of a build. */
export const tableOf = (index: string, buildId: string): string => `${index}/${buildId}`;

/** What the engine has to know to make a build's table. */
export const tableSpecOf = (index: string, buildId: string, config: BuildConfig): TableSpec => ({
  table: tableOf(index, buildId),
  dimensions: config.dimensions,
  language: config.language,
  fusion: config.fusion,
  stem: config.stem,
  fieldWeights: config.fieldWeights,
});

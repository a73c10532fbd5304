import type { Embedder } from "../../core/kernel/ports/search-engine.ts";
import { createGloveEmbedder } from "./glove/index.ts";

export type EmbedderConfig = { kind: string; folder?: unknown };

/** The embedder that a configuration names. Throws when it names none. */
export const createEmbedder = async (config: EmbedderConfig): Promise<Embedder> => {
  if (config.kind === "glove" && typeof config.folder === "string")
    return createGloveEmbedder({ folder: config.folder });
  throw new Error(`There is no embedder of kind ${config.kind}.`);
};

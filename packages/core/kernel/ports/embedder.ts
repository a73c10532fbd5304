import type { EmbedderInfo } from "@samla/contracts";
import type { Fusion } from "./search-engine.ts";

/** Text to vectors of unit length. */
export interface Embedder {
  /** Names model and configuration: vectors of two ids are never mixed. */
  readonly id: string;
  /** What people call it. */
  readonly label: string;
  readonly dimensions: number;
  readonly fusion: Fusion;
  /** Longest text it reads, in characters; the rest is cut by the embedder itself. */
  readonly maxCharacters: number;
  /** Runs in this process: it costs nothing but time, and texts stay here. */
  readonly local: boolean;
  /** Works in this process at some thousand passages a second, so the index writer waits for it. */
  readonly instant: boolean;
  embed(texts: string[], purpose: "passage" | "query", signal?: AbortSignal): Promise<Float32Array[]>;
}

/** An embedder that gives vectors of another size than it says: asking it again gives the same, so nobody should. */
export class WrongVectorsError extends Error {}

/** The embedders that builds may use. */
export interface EmbedderRegistry {
  /** For new indexes. */
  readonly default: Embedder;
  /** Undefined for one that is not configured, or that cannot be opened. `none` is always there. */
  get(id: string): Embedder | undefined;
  /** The default first, `none` last. */
  list(): EmbedderInfo[];
}

/** Builds without vectors name this one. */
export const noEmbedder: Embedder = {
  id: "none",
  label: "Words only",
  dimensions: 0,
  fusion: { kind: "weighted", vectorWeight: 0 },
  maxCharacters: 0,
  local: true,
  instant: true,
  embed: () => Promise.reject(new Error("a build of words only has no vectors")),
};

/** A registry of opened embedders, one an id; the first one is the default unless another is named, `none` is added. */
export const createEmbedderRegistry = (
  embedders: readonly Embedder[],
  first: Embedder = embedders[0] ?? noEmbedder,
): EmbedderRegistry => {
  const all = [...embedders.filter((one) => one.id !== noEmbedder.id), noEmbedder];
  const byId = new Map(all.map((one) => [one.id, one]));
  return {
    default: first,
    get: (id) => byId.get(id),
    list: () => all.map(({ id, label, dimensions, local, fusion }) => ({ id, label, dimensions, local, fusion })),
  };
};

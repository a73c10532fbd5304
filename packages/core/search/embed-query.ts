import type { BuildConfig, SearchQuery } from "@samla/contracts";
import { embedderOf } from "../documents/rules.ts";
import { type Embedder, type EngineContext, Failure } from "../kernel/index.ts";

/** An embedder that failed is left alone for so long, so that not every search waits for it. */
const restMs = 15_000;
const timeoutMs = 3_000;
const restsUntilMs = new WeakMap<Embedder["embed"], number>();

export type EmbeddedQuery = {
  vector?: Float32Array;
  tookMs: number;
  /** Why there is no vector although one was asked for. */
  problem?: string;
};

/** Embeds one query at most once for each embedder. */
export type QueryEmbedding = (config: BuildConfig | undefined) => Promise<EmbeddedQuery>;

/** A slow or absent embedder makes a search lexical, never impossible; the answer says why. */
export const createQueryEmbedding = (ctx: EngineContext, input: Pick<SearchQuery, "q" | "mode">): QueryEmbedding => {
  const made = new Map<Embedder, Promise<EmbeddedQuery>>();
  return async (config) => {
    if (input.mode === "lexical" || !config || config.dimensions === 0) return { tookMs: 0 };
    const embedder = embedderOf(ctx, { config });
    if (!embedder) return { tookMs: 0, problem: absentText(config.embedder) };
    const known = made.get(embedder) ?? embedOnce(ctx, embedder, input.q);
    made.set(embedder, known);
    return known;
  };
};

const absentText = (embedder: string): string => `Its embedder ${embedder} is not configured or cannot be opened here.`;

const embedOnce = async (ctx: EngineContext, embedder: Embedder, q: string): Promise<EmbeddedQuery> => {
  if (ctx.now() < (restsUntilMs.get(embedder.embed) ?? 0))
    return { tookMs: 0, problem: `Its embedder ${embedder.label} did not answer a moment ago and is left alone.` };
  const startedAt = performance.now();
  try {
    return {
      vector: await askEmbedder(embedder, q, AbortSignal.timeout(timeoutMs)),
      tookMs: performance.now() - startedAt,
    };
  } catch (error) {
    restsUntilMs.set(embedder.embed, ctx.now() + restMs);
    ctx.log("warn", "the query was not embedded", { embedder: embedder.id, error: String(error) });
    return { tookMs: performance.now() - startedAt, problem: `Its embedder ${embedder.label} did not answer.` };
  }
};

const askEmbedder = async (embedder: Embedder, q: string, signal: AbortSignal): Promise<Float32Array> => {
  const [vector] = await embedder.embed([q], "query", signal);
  if (vector?.length !== embedder.dimensions || !vector.every(Number.isFinite))
    throw new Error(`${embedder.id} gave ${vector?.length ?? "no"} values for ${embedder.dimensions}`);
  return vector;
};

/** The same where words alone would mislead: undefined for a build of words only; throws `unavailable` when there is no vector. */
export const requireQueryVector = async (
  ctx: EngineContext,
  config: BuildConfig,
  input: Pick<SearchQuery, "q" | "mode">,
): Promise<Float32Array | undefined> => {
  if (input.mode === "lexical" || config.dimensions === 0) return undefined;
  const embedder = embedderOf(ctx, { config });
  const nextStep = "Look at the embedder's settings and the log, or search by words only.";
  if (!embedder)
    throw new Failure("unavailable", absentText(config.embedder).replace("Its", "The build's"), { nextStep });
  try {
    return await askEmbedder(embedder, input.q, AbortSignal.timeout(timeoutMs * 3));
  } catch (cause) {
    ctx.log("warn", "the query was not embedded", { embedder: embedder.id, error: String(cause) });
    throw new Failure("unavailable", `The build's embedder ${embedder.label} did not answer.`, { nextStep, cause });
  }
};

import type { QueryRecord, SearchQuery, SearchResult } from "@samla/contracts";
import { type Context, type IndexRecord, readingAs, type StoredQuery } from "../kernel/index.ts";

/** Hits of a search that are kept. */
const hitsMax = 50;
/** Indexes without a hit that a search of everything is recorded for, when none had any. */
const emptyIndexesMax = 20;
/** A search does not wait longer than this for its record. */
const timeoutMs = 1_000;

/**
 * Notes a search in the log of each index that answered it: of those named, and of those that had hits when none was named.
 * A log that cannot be written costs the search nothing but its record.
 */
export const recordSearch = async (ctx: Context, input: SearchQuery, result: SearchResult): Promise<void> => {
  // Hits that are stepped through in an open document belong to the search that led there.
  if (input.documentId) return;
  try {
    const settings = new Map((await ctx.catalog.listIndexes()).map((index) => [index.slug, index]));
    const queries = recordsOf(ctx, input, result, settings);
    if (queries.length === 0) return;
    await Promise.race([
      ctx.catalog.putQueries(queries),
      new Promise<never>((_, reject) => {
        setTimeout(() => reject(new Error(`not written within ${timeoutMs} ms`)), timeoutMs).unref();
      }),
    ]);
  } catch (error) {
    ctx.log("warn", "a search was not recorded", { queryId: result.queryId, error: String(error) });
  }
};

const recordsOf = (
  ctx: Context,
  input: SearchQuery,
  result: SearchResult,
  indexes: ReadonlyMap<string, IndexRecord>,
): StoredQuery[] => {
  const totals = new Map(result.facets.index.map(({ value, count }) => [value, count]));
  const withHits = new Set<string>(result.hits.map((hit) => hit.index));
  const hasSome = (slug: string): boolean => withHits.has(slug) || (totals.get(slug) ?? 0) > 0;
  const named = input.index.length > 0;
  const searched = result.indexes.filter(({ slug }) => named || hasSome(slug));
  const covered = searched.length > 0 ? searched : result.indexes.slice(0, emptyIndexesMax);
  return covered.flatMap((answered) => {
    const index = indexes.get(answered.slug);
    return index ? [recordOf(ctx, input, result, index, answered, totals.get(answered.slug) ?? 0)] : [];
  });
};

const recordOf = (
  ctx: Context,
  input: SearchQuery,
  result: SearchResult,
  index: IndexRecord,
  answered: SearchResult["indexes"][number],
  counted: number,
): StoredQuery => {
  const { queryLog } = index.settings;
  const hits = result.hits.filter((hit) => hit.index === index.slug);
  const principals = readingAs(ctx.actor);
  const at = ctx.now();
  return {
    id: result.queryId,
    index: index.slug,
    at: new Date(at).toISOString(),
    ...(queryLog.anonymous ? {} : { actor: { id: ctx.actor.id, name: ctx.actor.name } }),
    text: input.q,
    ...(result.correctedText ? { correctedText: result.correctedText } : {}),
    mode: input.mode,
    filters: { ...filtersOf(input), ...(result.indexes.length > 1 ? { indexes: result.indexes.length } : {}) },
    buildId: answered.buildId,
    tableVersion: answered.tableVersion,
    total: Math.max(counted, hits.length),
    hits: hits.slice(0, hitsMax).map(({ passageId, documentId, versionId, name, score }) => ({
      passageId,
      documentId,
      versionId,
      name,
      score,
    })),
    timings: {
      embedMs: result.timings.embedMs,
      engineMs: result.timings.engineMs,
      totalMs: result.timings.totalMs,
    },
    clicks: [],
    thumbs: [],
    // A role says little about a person; a name or a small group would say who searched.
    ...(principals
      ? { principals: queryLog.anonymous ? principals.filter((one) => /^(everyone|role:)/.test(one)) : principals }
      : {}),
    expiresAtSeconds: Math.floor(at / 1000) + queryLog.days * 86_400,
  };
};

/** What was asked beside the words; what is as it is by default is left out. */
const filtersOf = (input: SearchQuery): QueryRecord["filters"] => {
  const { q: _q, index, mode: _m, explain: _e, facets: _f, ...rest } = input;
  const defaults: Record<string, unknown> = { sort: "relevance", limit: 20, offset: 0, perDocument: 3 };
  return {
    ...Object.fromEntries(
      Object.entries(rest).filter(
        ([name, value]) =>
          value !== undefined && value !== defaults[name] && !(Array.isArray(value) && value.length === 0),
      ),
    ),
    ...(index.length > 1 ? { index } : {}),
  };
};

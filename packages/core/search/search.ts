import { type BuildConfig, limits, type SearchQuery, type SearchResult } from "@samla/contracts";
import { mayReadDocument } from "../documents/access.ts";
import { accessFilters, joinFilters } from "../documents/access-filter.ts";
import {
  type EngineAnswer,
  type EngineContext,
  type EngineQuery,
  Failure,
  type Filter,
  type IndexRecord,
  mayRead,
  notFound,
  readBuildConfig,
  requirePermission,
  tableOf,
} from "../kernel/index.ts";
import { settingsOfQuery } from "./build-settings.ts";
import { describeHits, type FoundHit } from "./describe-hits.ts";
import { createQueryEmbedding, type EmbeddedQuery } from "./embed-query.ts";

/** The query's filter over passage fields; undefined when it asks for everything. */
export const filterOf = (
  input: Pick<SearchQuery, "kind" | "tag" | "documentId" | "path" | "from" | "to">,
): Filter | undefined => {
  const all: Filter[] = [];
  if (input.kind.length) all.push({ in: ["kind", input.kind] });
  if (input.tag.length) all.push({ hasAny: ["tags", input.tag] });
  if (input.documentId) all.push({ eq: ["document_id", input.documentId] });
  if (input.path) all.push({ startsWith: ["path", input.path] });
  const gte = input.from ? Date.parse(`${input.from}T00:00:00Z`) : undefined;
  const lt = input.to ? Date.parse(`${input.to}T00:00:00Z`) + 86_400_000 : undefined;
  if (gte !== undefined || lt !== undefined)
    all.push({ range: ["updated_at", { ...(gte === undefined ? {} : { gte }), ...(lt === undefined ? {} : { lt }) }] });
  return all.length === 0 ? undefined : all.length === 1 ? all[0] : { and: all };
};

/** The indexes a search covers: those named, all of which the actor must be able to read, or all that it can. */
const coveredIndexes = async (ctx: EngineContext, slugs: readonly string[]): Promise<IndexRecord[]> => {
  const readable = (await ctx.catalog.listIndexes()).filter((index) => mayRead(ctx.actor, index.readers));
  const unknown = slugs.find((slug) => !readable.some((index) => index.slug === slug));
  if (unknown) throw notFound("index", unknown);
  return slugs.length ? readable.filter((index) => slugs.includes(index.slug)) : readable;
};

type Answered = { index: IndexRecord; answer: EngineAnswer };

/** Passages that answer a query. Throws `invalid_request`, `not_found`, `forbidden`, `unavailable`. */
export const search = async (ctx: EngineContext, input: SearchQuery): Promise<SearchResult> => {
  requirePermission(ctx, "search");
  if (input.offset + input.limit > limits.searchOffsetMax)
    throw new Failure("invalid_request", `A search shows its first ${limits.searchOffsetMax} passages.`, {
      nextStep: "Narrow the search by a filter instead of paging on.",
      errors: [{ field: "offset", message: `must be at most ${limits.searchOffsetMax - input.limit} with this limit` }],
    });
  const startedAt = performance.now();
  const [covered, access] = await Promise.all([coverIndexes(ctx, input.index), accessFilters(ctx)]);
  const accessedAt = performance.now();
  const embed = createQueryEmbedding(ctx, input);
  const indexes = await Promise.all(covered.map(async (one) => ({ ...one, embedded: await embed(one.config) })));
  const embeddedAt = performance.now();
  const several = indexes.length > 1;
  const filter = filterOf(input);
  const query: EngineQuery = {
    text: input.q,
    mode: "lexical",
    // Pages of several tables are cut after merging, so each table gives everything up to the page's end.
    limit: several ? input.offset + input.limit : input.limit,
    offset: several ? 0 : input.offset,
    sort: input.sort,
    highlight: true,
    explain: input.explain,
    perDocumentMax: input.perDocument,
    ...(input.facets
      ? {
          facets: [
            { field: "kind", size: 20 },
            { field: "tags", size: 30 },
          ],
        }
      : {}),
  };
  let isCounted = true;
  const settled = await Promise.allSettled(
    indexes.map(async ({ index, config, embedded }) => {
      const { vector } = embedded;
      const { filter: readable, isExact } = access.of(index.slug, index.liveBuildId);
      if (!isExact) isCounted = false;
      const allowed = joinFilters(filter, readable);
      return ctx.engine.search(
        tableOf(index.slug, index.liveBuildId),
        {
          ...query,
          ...settingsOfQuery(config, input.q),
          ...(vector ? { vector, mode: input.mode } : {}),
          ...(allowed ? { filter: allowed } : {}),
        },
        AbortSignal.timeout(10_000),
      );
    }),
  );
  const answered: Answered[] = [];
  const missing: SearchResult["missing"] = [];
  settled.forEach((result, i) => {
    const index = indexes[i]?.index;
    if (!index) return;
    if (result.status === "fulfilled") answered.push({ index, answer: result.value });
    else {
      ctx.log("error", "an index did not answer", { index: index.slug, error: String(result.reason) });
      missing.push({ slug: index.slug, reason: "The index did not answer." });
    }
  });
  if (indexes.length > 0 && answered.length === 0)
    throw new Failure("unavailable", "The search engine does not answer.", { nextStep: "Try again in a moment." });
  const chosen = chooseAnswers(answered, input.mode);
  const merged = mergeHits(chosen, input.sort).slice(
    several ? input.offset : 0,
    several ? input.offset + input.limit : undefined,
  );
  const hits = (await describeHits(ctx, merged)).map(({ shown }) => shown);
  const engineMs = performance.now() - embeddedAt;
  const corrected = isCounted ? chosen.find(({ answer }) => answer.correctedText)?.answer.correctedText : undefined;
  const counted = isCounted ? chosen : [];
  return {
    queryId: ctx.newId("qry") as SearchResult["queryId"],
    q: input.q,
    ...(corrected ? { correctedText: corrected } : {}),
    hits,
    total: isCounted
      ? {
          value: chosen.reduce((sum, { answer }) => sum + answer.total.value, 0),
          exact: chosen.every(({ answer }) => answer.total.exact),
        }
      : { value: input.offset + hits.length, exact: false },
    facets: {
      kind: mergeFacets(counted, "kind"),
      tags: mergeFacets(counted, "tags"),
      index: counted
        .map(({ index, answer }) => ({ value: index.slug, count: answer.total.value }))
        .filter((one) => one.count > 0),
    },
    indexes: answered.map(({ index, answer }) => ({
      slug: index.slug,
      name: index.name,
      buildId: index.liveBuildId,
      tableVersion: answer.tableVersion,
    })),
    missing,
    ...withWordsOnly(indexes),
    timings: {
      accessMs: accessedAt - startedAt,
      embedMs: embeddedAt - accessedAt,
      engineMs,
      totalMs: performance.now() - startedAt,
    },
  };
};

type CoveredIndex = { index: IndexRecord; config: BuildConfig | undefined };

/** The covered indexes with what their live builds are made with. */
const coverIndexes = async (ctx: EngineContext, slugs: readonly string[]): Promise<CoveredIndex[]> => {
  const indexes = await coveredIndexes(ctx, slugs);
  return Promise.all(
    indexes.map(async (index) => ({ index, config: await readBuildConfig(ctx, index.slug, index.liveBuildId) })),
  );
};

/** Indexes that were searched by words only because of their embedder. */
const withWordsOnly = (
  indexes: readonly { index: IndexRecord; embedded: EmbeddedQuery }[],
): Pick<SearchResult, "wordsOnly"> => {
  const wordsOnly = indexes.flatMap(({ index, embedded }) =>
    embedded.problem ? [{ slug: index.slug, reason: embedded.problem }] : [],
  );
  return wordsOnly.length > 0 ? { wordsOnly } : {};
};

/**
 * The answers worth showing together: once one table matches the words as typed, tables that matched them only with other
 * spelling, or not at all, have nothing better to add.
 */
export const chooseAnswers = (answered: Answered[], mode: SearchQuery["mode"]): Answered[] => {
  if (mode === "vector") return answered;
  const asTyped = answered.filter(({ answer }) => answer.bestLexical !== null && !answer.correctedText);
  if (asTyped.length > 0) return asTyped;
  const corrected = answered.filter(({ answer }) => answer.bestLexical !== null);
  return corrected.length > 0 ? corrected : answered;
};

/**
 * One list of several tables' hits: by their own key where there is one, else by score. Scores are normalised per table,
 * so each table's are first scaled by how well its best word match compares with the best of all.
 */
export const mergeHits = (answered: Answered[], sort: SearchQuery["sort"]): FoundHit[] => {
  // Without any word match the most similar passages are what compares.
  const byWords = answered.some(({ answer }) => answer.bestLexical !== null);
  const bestOf = ({ answer }: Answered): number =>
    Math.max(0, (byWords ? answer.bestLexical : answer.bestSimilarity) ?? 0);
  const best = Math.max(...answered.map(bestOf));
  const all = answered.flatMap((one) => {
    const { index, answer } = one;
    const scale = best > 0 ? bestOf(one) / best : 1;
    return answer.hits.map((hit) => ({
      index,
      buildId: index.liveBuildId,
      hit: scale === 1 ? hit : { ...hit, score: hit.score * scale },
    }));
  });
  if (answered.length < 2) return all;
  if (sort === "newest") return all.sort((a, b) => b.hit.passage.updated_at - a.hit.passage.updated_at);
  if (sort === "oldest") return all.sort((a, b) => a.hit.passage.updated_at - b.hit.passage.updated_at);
  if (sort === "title") return all.sort((a, b) => a.hit.passage.title.localeCompare(b.hit.passage.title));
  const isPinned = ({ hit }: FoundHit): number => (hit.rule === "pinned" ? 1 : 0);
  return all.sort((a, b) => isPinned(b) - isPinned(a) || (isPinned(a) ? 0 : b.hit.score - a.hit.score));
};

const mergeFacets = (answered: Answered[], field: string): { value: string; count: number }[] => {
  const counts = new Map<string, number>();
  for (const { answer } of answered)
    for (const { value, count } of answer.facets[field] ?? []) counts.set(value, (counts.get(value) ?? 0) + count);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || a.value.localeCompare(b.value));
};

/** Completions for what is being typed, over the indexes the actor may read. */
export const suggest = async (
  ctx: EngineContext,
  input: { q: string; index: string[]; limit: number },
): Promise<{ suggestions: { text: string; documentId: string; index: string }[] }> => {
  requirePermission(ctx, "search");
  const [indexes, access] = await Promise.all([coveredIndexes(ctx, input.index), accessFilters(ctx)]);
  const lists = await Promise.all(
    indexes
      .slice(0, limits.indexesMax)
      .map(async (index) =>
        (
          await ctx.engine
            .suggest(
              tableOf(index.slug, index.liveBuildId),
              input.q,
              access.of(index.slug, index.liveBuildId).filter,
              input.limit,
            )
            .catch(() => [])
        ).map((one) => ({ ...one, index: index.slug as string, of: index })),
      ),
  );
  const documents = await ctx.catalog.getDocuments([...new Set(lists.flat().map((one) => one.documentId))]);
  const seen = new Set<string>();
  const suggestions = lists.flat().filter((one) => {
    const document = documents.get(one.documentId);
    if (!document || document.deletedAt || !mayReadDocument(ctx.actor, one.of, document)) return false;
    if (seen.has(one.text.toLowerCase())) return false;
    seen.add(one.text.toLowerCase());
    return true;
  });
  return { suggestions: suggestions.slice(0, input.limit).map(({ of: _, ...one }) => one) };
};

import {
  type DocumentKind,
  limits,
  type PassageId,
  type SearchHit,
  type SearchQuery,
  type SearchResult,
} from "@samla/contracts";
import { mayReadDocument } from "../documents/access.ts";
import { accessFilters, joinFilters } from "../documents/access-filter.ts";
import { embedderOf } from "../documents/rules.ts";
import {
  type Embedder,
  type EngineAnswer,
  type EngineContext,
  type EngineHit,
  type EngineQuery,
  Failure,
  type Filter,
  type IndexRecord,
  mayRead,
  notFound,
  requirePermission,
  tableOf,
} from "../kernel/index.ts";

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
  const [indexes, vector, access] = await Promise.all([
    coveredIndexes(ctx, input.index),
    embedQuery(ctx, input),
    accessFilters(ctx),
  ]);
  const accessedAt = performance.now();
  const several = indexes.length > 1;
  const filter = filterOf(input);
  const query: EngineQuery = {
    text: input.q,
    mode: vector.vector ? input.mode : "lexical",
    // Pages of several tables are cut after merging, so each table gives everything up to the page's end.
    limit: several ? input.offset + input.limit : input.limit,
    offset: several ? 0 : input.offset,
    sort: input.sort,
    highlight: true,
    explain: input.explain,
    perDocumentMax: input.perDocument,
    ...(vector.vector ? { vector: vector.vector } : {}),
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
    indexes.map(async (index) => {
      const fits = !vector.vector || (await hasVectorsOf(ctx, index));
      const { filter: readable, isExact } = access.of(index.slug, index.liveBuildId);
      if (!isExact) isCounted = false;
      const allowed = joinFilters(filter, readable);
      return ctx.engine.search(
        tableOf(index.slug, index.liveBuildId),
        { ...(fits ? query : byWords(query)), ...(allowed ? { filter: allowed } : {}) },
        AbortSignal.timeout(10_000),
      );
    }),
  );
  const answered: Answered[] = [];
  const missing: SearchResult["missing"] = [];
  settled.forEach((result, i) => {
    const index = indexes[i];
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
  const hits = await describeHits(ctx, merged);
  const engineMs = performance.now() - accessedAt;
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
    timings: {
      accessMs: Math.max(accessedAt - startedAt - vector.tookMs, 0),
      embedMs: vector.tookMs,
      engineMs,
      totalMs: performance.now() - startedAt,
    },
  };
};

/** An embedder that failed is left alone for so long, so that not every search waits for it. */
const restMs = 15_000;
const restsUntilMs = new WeakMap<Embedder, number>();

/** A slow or absent embedder makes the search lexical, never impossible. */
const embedQuery = async (
  ctx: EngineContext,
  input: SearchQuery,
): Promise<{ vector?: Float32Array; tookMs: number }> => {
  const embedder = ctx.embedders.default;
  if (input.mode === "lexical" || embedder.dimensions === 0) return { tookMs: 0 };
  if (ctx.now() < (restsUntilMs.get(embedder) ?? 0)) return { tookMs: 0 };
  const startedAt = performance.now();
  try {
    const [vector] = await embedder.embed([input.q], "query", AbortSignal.timeout(3_000));
    if (vector?.length !== embedder.dimensions || !vector.every(Number.isFinite))
      throw new Error(`${embedder.id} gave ${vector?.length ?? "no"} values for ${embedder.dimensions}`);
    return { vector, tookMs: performance.now() - startedAt };
  } catch (error) {
    restsUntilMs.set(embedder, ctx.now() + restMs);
    ctx.log("warn", "the query was not embedded", { error: String(error) });
    return { tookMs: performance.now() - startedAt };
  }
};

/** Embedders of builds that were asked for; a build's configuration never changes. */
const embedders = new Map<string, boolean>();
const embeddersMax = 1_000;

/** Whether the index's live build was made with the embedder of this process, whose vectors alone compare with its own. */
const hasVectorsOf = async (ctx: EngineContext, index: IndexRecord): Promise<boolean> => {
  const key = `${index.liveBuildId} ${ctx.embedders.default.id}`;
  const known = embedders.get(key);
  if (known !== undefined) return known;
  const build = await ctx.catalog.getBuild(index.slug, index.liveBuildId);
  const fits = build !== undefined && embedderOf(ctx, build) === ctx.embedders.default;
  if (embedders.size >= embeddersMax) embedders.clear();
  if (build) embedders.set(key, fits);
  return fits;
};

const byWords = ({ vector: _, ...query }: EngineQuery): EngineQuery => ({ ...query, mode: "lexical" });

type IndexedHit = { index: IndexRecord; hit: EngineHit };

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
export const mergeHits = (answered: Answered[], sort: SearchQuery["sort"]): IndexedHit[] => {
  // Without any word match the most similar passages are what compares.
  const byWords = answered.some(({ answer }) => answer.bestLexical !== null);
  const bestOf = ({ answer }: Answered): number =>
    Math.max(0, (byWords ? answer.bestLexical : answer.bestSimilarity) ?? 0);
  const best = Math.max(...answered.map(bestOf));
  const all = answered.flatMap((one) => {
    const { index, answer } = one;
    const scale = best > 0 ? bestOf(one) / best : 1;
    return answer.hits.map((hit) => ({ index, hit: scale === 1 ? hit : { ...hit, score: hit.score * scale } }));
  });
  if (answered.length < 2) return all;
  if (sort === "newest") return all.sort((a, b) => b.hit.passage.updated_at - a.hit.passage.updated_at);
  if (sort === "oldest") return all.sort((a, b) => a.hit.passage.updated_at - b.hit.passage.updated_at);
  if (sort === "title") return all.sort((a, b) => a.hit.passage.title.localeCompare(b.hit.passage.title));
  return all.sort((a, b) => b.hit.score - a.hit.score);
};

const mergeFacets = (answered: Answered[], field: string): { value: string; count: number }[] => {
  const counts = new Map<string, number>();
  for (const { answer } of answered)
    for (const { value, count } of answer.facets[field] ?? []) counts.set(value, (counts.get(value) ?? 0) + count);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || a.value.localeCompare(b.value));
};

/** Adds what the rows know, and drops what they say is gone or not for the actor: the table may lag behind a change. */
const describeHits = async (ctx: EngineContext, found: IndexedHit[]): Promise<SearchHit[]> => {
  const documents = await ctx.catalog.getDocuments([...new Set(found.map(({ hit }) => hit.passage.document_id))]);
  return found.flatMap(({ index, hit }): SearchHit[] => {
    const { passage } = hit;
    const document = documents.get(passage.document_id);
    if (!document || document.deletedAt || document.index !== index.slug) return [];
    if (!mayReadDocument(ctx.actor, index, document)) return [];
    return [
      {
        passageId: passage.id as PassageId,
        documentId: document.id,
        versionId: passage.version_id as SearchHit["versionId"],
        index: index.slug,
        buildId: index.liveBuildId,
        n: passage.n,
        name: document.name,
        title: document.title ?? document.name,
        titleMarks: hit.titleMarks.filter(([, end]) => end <= (document.title ?? document.name).length),
        path: document.path,
        kind: passage.kind as DocumentKind,
        tags: document.tags,
        updatedAt: new Date(passage.updated_at).toISOString(),
        headingPath: passage.section ? passage.section.split(" › ") : [],
        text: passage.text,
        marks: hit.marks,
        fragment: hit.fragment,
        score: hit.score,
        ...(passage.page ? { page: passage.page } : {}),
        ...(hit.parts ? { parts: hit.parts } : {}),
      },
    ];
  });
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

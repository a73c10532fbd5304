import { type AnswerSource, answerLimits, type Client, type IndexSlug, type SearchResult } from "@samla/contracts";

export type Found = {
  queryId: SearchResult["queryId"];
  indexes: { slug: IndexSlug; buildId: SearchResult["indexes"][number]["buildId"] }[];
  sources: AnswerSource[];
};

/** The passages that a search with the caller's rights finds, numbered as sources. Throws `ApiError`. */
export const findSources = async (
  client: Client,
  input: { text: string; index: readonly IndexSlug[]; limit: number; signal: AbortSignal },
): Promise<Found> => {
  const result = await client.call("search.query", {
    query: { q: input.text, index: [...input.index], limit: input.limit, perDocument: 4, facets: "false" },
    signal: input.signal,
  });
  const hit = new Set<string>(result.hits.map(({ index }) => index));
  const asked =
    input.index.length > 0 || hit.size === 0 ? result.indexes : result.indexes.filter(({ slug }) => hit.has(slug));
  return {
    queryId: result.queryId,
    indexes: asked.slice(0, answerLimits.indexesMax).map(({ slug, buildId }) => ({ slug, buildId })),
    sources: result.hits.slice(0, answerLimits.sourcesMax).map((one, i) => ({
      n: i + 1,
      index: one.index,
      buildId: one.buildId,
      documentId: one.documentId,
      versionId: one.versionId,
      passageId: one.passageId,
      name: one.name.slice(0, 300),
      headingPath: one.headingPath.slice(0, 20).map((heading) => heading.slice(0, 1000)),
      ...(one.page ? { page: one.page } : {}),
      text: one.text.slice(0, answerLimits.quoteLengthMax),
    })),
  };
};

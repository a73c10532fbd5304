import { type Document, type QueryHit, type ReplayResult, SearchQuery } from "@samla/contracts";
import { requireIndex } from "../documents/access.ts";
import {
  type EngineContext,
  type EngineHit,
  type IndexRecord,
  isReadableBy,
  notFound,
  type StoredQuery,
} from "../kernel/index.ts";
import { filterOf } from "../search/search.ts";
import { searchBuild } from "../search/search-build.ts";
import { requireQuery, showQueries } from "./read-queries.ts";

type Gone = ReplayResult["gone"][number];
const firstPageMax = 50;

/**
 * Runs a search again on the build it ran on, with the rights its person has, and says of each hit of then where it is now,
 * or why it is gone. Throws `not_found`.
 */
export const replayQuery = async (
  ctx: EngineContext,
  input: { index: string; queryId: string },
): Promise<ReplayResult> => {
  const index = await requireIndex(ctx, input.index, "queries.read");
  const query = await requireQuery(ctx, index, input.queryId);
  const [shown] = await showQueries(ctx, index, [query]);
  if (!shown) throw notFound("search", input.queryId);
  const build = await ctx.catalog.getBuild(index.slug, query.buildId);
  if (!build)
    return {
      query: shown,
      same: false,
      notRun: "The build that this search ran on was deleted, so nothing can be run again on it.",
      hits: [],
      gone: shown.hits.map((hit) => ({
        ...hit,
        cause: "build-deleted",
        explanation: "The build was deleted with its data.",
      })),
    };
  const asked = SearchQuery.parse({ ...query.filters, q: query.text, mode: query.mode });
  const { hits } = await searchBuild(ctx, {
    build,
    q: query.text,
    mode: query.mode,
    limit: isShared(query) ? asked.offset + asked.limit : asked.limit,
    offset: isShared(query) ? 0 : asked.offset,
    perDocument: asked.perDocument,
    sort: asked.sort,
    filter: filterOf(asked),
    principals: query.principals,
  });
  const documents = await ctx.catalog.getDocuments([
    ...new Set([...hits.map((hit) => hit.passage.document_id), ...query.hits.map((hit) => hit.documentId as string)]),
  ]);
  return { query: shown, ...compareHits(index, query, shown.hits, hits, documents) };
};

/** A search of several indexes showed only some of each one's hits: more of them now are no difference. */
const isShared = (query: StoredQuery): boolean => typeof query.filters.indexes === "number";

const compareHits = (
  index: IndexRecord,
  query: StoredQuery,
  before: readonly QueryHit[],
  found: readonly EngineHit[],
  documents: Map<string, Document>,
): Pick<ReplayResult, "same" | "hits" | "gone"> => {
  const now = found.flatMap(({ passage, score }): QueryHit[] => {
    const document = documents.get(passage.document_id);
    if (!document || document.deletedAt || document.index !== index.slug) return [];
    if (!isReadableBy(query.principals, document.readers)) return [];
    return [
      {
        passageId: passage.id as QueryHit["passageId"],
        documentId: document.id,
        versionId: passage.version_id as QueryHit["versionId"],
        name: document.name,
        score,
      },
    ];
  });
  const placeIn = (hits: readonly QueryHit[], id: string): number | null => {
    const place = hits.findIndex((hit) => hit.passageId === id);
    return place < 0 ? null : place + 1;
  };
  const shown = now.slice(0, isShared(query) ? before.length : firstPageMax);
  const hits = shown.map((hit, i) => ({ ...hit, before: placeIn(before, hit.passageId), after: i + 1 }));
  const gone = before
    .filter((hit) => placeIn(shown, hit.passageId) === null)
    .map((hit) => ({ ...hit, ...causeOf(query, hit, documents.get(hit.documentId)) }));
  const same = hits.length === before.length && hits.every((hit) => hit.before === hit.after);
  return { same, hits, gone };
};

const causeOf = (
  query: StoredQuery,
  hit: QueryHit,
  document: Document | undefined,
): Pick<Gone, "cause" | "explanation"> => {
  if (!document)
    return { cause: "document-purged", explanation: "The document was deleted and its time to come back is over." };
  if (document.deletedAt)
    return {
      cause: "document-deleted",
      explanation: `The document was deleted on ${document.deletedAt.slice(0, 10)}.`,
    };
  if (!isReadableBy(query.principals, document.readers))
    return { cause: "access-changed", explanation: "The person who searched may not read the document any more." };
  if (document.liveVersionId !== hit.versionId)
    return {
      cause: "version-replaced",
      explanation: "A newer version of the document has taken the place of this one.",
    };
  return {
    cause: "other-order",
    explanation: "It is still there, but others come before it now, or it does not match any more.",
  };
};

import type { Content, DocumentId, Extraction, PassageId, VersionId } from "@samla/contracts";
import { ApiError, problemOf } from "@samla/contracts/plain";
import { infiniteQueryOptions, keepPreviousData, queryOptions, skipToken } from "@tanstack/react-query";
import type { z } from "zod";
import { callApi } from "../../lib/api.ts";
import { viewerKeys } from "./keys.ts";

export type SourceContent = z.infer<typeof Content>;

const passagesPerPage = 100;
export const hitsMax = 100;
const nearestMax = 10;

export const viewedDocumentQueryOptions = (documentId: DocumentId) =>
  queryOptions({
    queryKey: viewerKeys.document(documentId),
    queryFn: ({ signal }) => callApi("documents.get", { params: { documentId }, signal }),
  });

/** A short-lived address of the source: asked for at each opening, then kept, so that a long reading does not reload the file. */
export const sourceQueryOptions = (documentId: DocumentId, version: VersionId) =>
  queryOptions({
    queryKey: viewerKeys.content(documentId, version, "source"),
    queryFn: ({ signal }) => callApi("documents.content", { params: { documentId }, query: { version }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

/**
 * What SAMLA read out of the source. The object was written and checked by our own extraction, and large ones would take
 * seconds to check again, so only its outline is looked at here.
 */
const asExtraction = (json: unknown): Extraction => {
  const candidate = json as Partial<Extraction> | null;
  if (typeof candidate?.text !== "string" || !Array.isArray(candidate.blocks) || !Array.isArray(candidate.pages))
    throw new ApiError(problemOf("internal", "The text of this document cannot be read."));
  return candidate as Extraction;
};

export const extractionQueryOptions = (documentId: DocumentId, version: VersionId) =>
  queryOptions({
    queryKey: viewerKeys.extraction(documentId, version),
    queryFn: async ({ signal }) => {
      const { url } = await callApi("documents.content", {
        params: { documentId },
        query: { version, what: "extracted" },
        signal,
      });
      const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(60_000)]) }).catch(
        (error: unknown) => {
          if (signal.aborted) throw error;
          throw new ApiError(problemOf("unavailable", "The text of this document could not be fetched."));
        },
      );
      if (!response.ok)
        throw new ApiError(
          problemOf("unavailable", `The store of documents answered ${response.status}.`, { nextStep: "Try again." }),
        );
      return asExtraction(await response.json());
    },
    // A version never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });

/** One passage by its number, with the pages of its version. */
export const passageQueryOptions = (documentId: DocumentId, version: VersionId, n: number) =>
  queryOptions({
    queryKey: viewerKeys.passage(documentId, version, n),
    queryFn: ({ signal }) =>
      callApi("documents.passages", { params: { documentId }, query: { version, from: n, limit: 1 }, signal }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** All passages of a version in order, in portions. */
export const passagesQueryOptions = (documentId: DocumentId, version: VersionId) =>
  infiniteQueryOptions({
    queryKey: viewerKeys.passages(documentId, version),
    queryFn: ({ signal, pageParam }) =>
      callApi("documents.passages", {
        params: { documentId },
        query: { version, from: pageParam, limit: passagesPerPage },
        signal,
      }),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const loaded = pages.reduce((sum, page) => sum + page.items.length, 0);
      return last.items.length > 0 && loaded < last.total ? loaded : undefined;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Hits of the words within the document, in reading order. */
export const documentHitsQueryOptions = (document: { id: DocumentId; index: string } | undefined, q: string) =>
  queryOptions({
    queryKey: viewerKeys.hits(document?.id ?? "", document?.index ?? "", q),
    queryFn:
      document && q
        ? async ({ signal }) => {
            const query = {
              q,
              index: [document.index],
              kind: [],
              tag: [],
              documentId: document.id,
              perDocument: 0,
              facets: "false",
            } as const;
            // By words, as by meaning every passage is a hit of some degree; by meaning only when no word is there.
            let found = await callApi("search.query", { query: { ...query, mode: "lexical", limit: hitsMax }, signal });
            if (found.hits.length === 0)
              found = await callApi("search.query", { query: { ...query, limit: nearestMax }, signal });
            return { hits: [...found.hits].sort((a, b) => a.n - b.n), total: found.total };
          }
        : skipToken,
    staleTime: 60_000,
  });

/** Number of a passage within its version, as its id says. */
export const numberOfPassage = (id: PassageId | string): number | undefined => {
  const text = /^psg_[0-9A-Z]{26}_(\d{1,6})$/.exec(id)?.[1];
  return text === undefined ? undefined : Number(text);
};

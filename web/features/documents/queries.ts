import type { Document } from "@samla/contracts";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { callApi } from "../../lib/api.ts";
import { type DocumentFilter, isMoving, listQueryOf } from "./filter.ts";
import { documentKeys } from "./keys.ts";

export const pageSize = 100;
export const recentSize = 100;
export const liveEveryMs = 2000;
export const idleEveryMs = 20_000;

/** Pages of a list. It is kept up by `mergeDocuments`, never by loading hundreds of pages again. */
export const documentListOptions = (filter: DocumentFilter) =>
  infiniteQueryOptions({
    queryKey: documentKeys.list(filter),
    queryFn: ({ pageParam, signal }) =>
      callApi("documents.list", { query: listQueryOf(filter, pageSize, pageParam), signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor,
    enabled: filter.index !== "",
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });

/** The documents of an index that changed last, newest first. */
export const recentDocumentsOptions = (index: string, isLive: boolean) =>
  queryOptions({
    queryKey: documentKeys.recent(index),
    queryFn: ({ signal }) =>
      callApi("documents.list", { query: { index, sort: "updated", order: "desc", limit: recentSize }, signal }),
    enabled: index !== "",
    staleTime: 0,
    refetchInterval: isLive ? liveEveryMs : idleEveryMs,
  });

export const documentCountsOptions = (index: string, isLive: boolean) =>
  queryOptions({
    queryKey: documentKeys.counts(index),
    queryFn: ({ signal }) => callApi("documents.counts", { query: { index }, signal }),
    enabled: index !== "",
    refetchInterval: isLive ? liveEveryMs : idleEveryMs,
    placeholderData: undefined,
  });

const pollWhileMoving = (document: Document | undefined): number | false =>
  document && isMoving(document) ? liveEveryMs : false;

export const documentOptions = (documentId: string) =>
  queryOptions({
    queryKey: documentKeys.document(documentId),
    queryFn: ({ signal }) => callApi("documents.get", { params: { documentId }, signal }),
    refetchInterval: (query) => pollWhileMoving(query.state.data),
  });

export const versionsOptions = (documentId: string, isLive: boolean) =>
  queryOptions({
    queryKey: documentKeys.versions(documentId),
    queryFn: ({ signal }) => callApi("documents.versions", { params: { documentId }, signal }),
    refetchInterval: isLive ? liveEveryMs : false,
  });

const passagesPageSize = 50;

export const passagesOptions = (documentId: string, versionId: string | undefined) =>
  infiniteQueryOptions({
    queryKey: documentKeys.passages(documentId, versionId),
    queryFn: ({ pageParam, signal }) =>
      callApi("documents.passages", {
        params: { documentId },
        query: { from: pageParam, limit: passagesPageSize, ...(versionId ? { version: versionId } : {}) },
        signal,
      }),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const loaded = pages.reduce((sum, page) => sum + page.items.length, 0);
      return last.items.length > 0 && loaded < last.total ? loaded : undefined;
    },
  });

"use client";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { type DocumentFilter, isMoving } from "./filter.ts";
import { documentKeys } from "./keys.ts";
import { createFlattener, type DocumentPages, hasGap, mergeDocuments } from "./list-pages.ts";
import { documentCountsOptions, documentListOptions, recentDocumentsOptions, recentSize } from "./queries.ts";
import { reloadLists } from "./refresh.ts";

/**
 * The rows of a list, its counts, and both kept up: what changed last is asked for every two seconds while something
 * moves (every twenty otherwise) and put into the rows in place, so that nothing jumps.
 */
export const useDocumentList = (filter: DocumentFilter, isUploading: boolean) => {
  const client = useQueryClient();
  const list = useInfiniteQuery(documentListOptions(filter));
  const [flatten] = useState(createFlattener);
  const rows = flatten(list.data);
  const isLive = useMemo(() => isUploading || rows.some(isMoving), [rows, isUploading]);
  const recent = useQuery(recentDocumentsOptions(filter.index, isLive));
  const counts = useQuery(documentCountsOptions(filter.index, isLive));

  const newest = useRef({ index: filter.index, updatedAt: "" });
  const fresh = recent.data?.items;
  const hasList = list.data !== undefined;
  useEffect(() => {
    if (!fresh || !hasList) return;
    const before = newest.current.index === filter.index ? newest.current.updatedAt : "";
    newest.current = { index: filter.index, updatedAt: fresh[0]?.updatedAt ?? "" };
    if (hasGap(fresh, before, recentSize)) void reloadLists(client, filter.index);
    else
      client.setQueryData<DocumentPages>(documentKeys.list(filter), (data) =>
        data ? mergeDocuments(data, fresh, filter) : data,
      );
  }, [client, filter, fresh, hasList]);

  return { list, rows, counts: counts.data, isLive };
};

"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Library } from "lucide-react";
import Link from "next/link";
import { useEffect, useRef } from "react";
import { DocumentsPanel } from "../../../features/documents/documents-panel.tsx";
import { refreshChanged } from "../../../features/documents/refresh.ts";
import { indexListOptions } from "../../../features/indexes/queries.ts";
import { useLiveEvents } from "../../../lib/live-hub.ts";
import { useCan } from "../../../lib/me.ts";
import { QueryError } from "../../../lib/query-error.tsx";
import { Button } from "../../../ui/button.tsx";
import { EmptyState } from "../../../ui/empty-state.tsx";
import { PageBody, PageHeader } from "../../../ui/page-header.tsx";
import { LoadingRegion, Skeleton } from "../../../ui/skeleton.tsx";

const refreshEveryMs = 1000;

/** The documents panel, with the indexes to choose from and the live timeline that keeps it fresh. */
export const DocumentsScreen = () => {
  const client = useQueryClient();
  const indexes = useQuery(indexListOptions());
  const mayCreate = useCan("indexes.write");
  const changed = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useLiveEvents(useCan("events.read"), (events) => {
    for (const event of events) if (event.index && event.documentId) changed.current.add(event.index);
    if (changed.current.size === 0) return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      for (const index of changed.current) void refreshChanged(client, index);
      changed.current.clear();
    }, refreshEveryMs);
  });
  useEffect(() => () => clearTimeout(timer.current), []);

  if (indexes.data && indexes.data.length > 0) return <DocumentsPanel indexes={indexes.data} />;
  return (
    <PageBody>
      <PageHeader title="Documents" description="Everything that an index can find, and what became of each file." />
      {indexes.isPending ? (
        <LoadingRegion label="Loading documents" className="grid gap-3">
          <Skeleton className="h-7 w-96 max-w-full" />
          <Skeleton className="h-8 w-72 max-w-full" />
          <Skeleton className="h-96 w-full" />
        </LoadingRegion>
      ) : indexes.isError ? (
        <QueryError error={indexes.error} onRetry={() => void indexes.refetch()} retrying={indexes.isFetching} />
      ) : (
        <EmptyState
          icon={Library}
          title={mayCreate ? "First create an index" : "There is no index you may read"}
          actions={
            mayCreate ? (
              <Button asChild variant="primary">
                <Link href="/indexes">Create an index</Link>
              </Button>
            ) : null
          }
        >
          {mayCreate
            ? "Documents live in an index: what people search, with its readers and its language."
            : "Ask an administrator to add you, or a group you are in, to the readers of an index."}
        </EmptyState>
      )}
    </PageBody>
  );
};

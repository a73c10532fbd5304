"use client";
import { useMemo } from "react";
import { QueryError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { EventLine } from "./event-line.tsx";
import { noFilter } from "./filter.ts";
import { useTimeline } from "./use-timeline.ts";

/** What happened to one document, live. */
export const DocumentEvents = ({ documentId }: { documentId: string }) => {
  const filter = useMemo(() => ({ ...noFilter, documentId }), [documentId]);
  const { history, events } = useTimeline(filter, false);
  if (history.isPending) return <Skeleton className="h-40 w-full" />;
  if (history.isError && events.length === 0)
    return <QueryError error={history.error} onRetry={() => void history.refetch()} retrying={history.isFetching} />;
  if (events.length === 0)
    return <EmptyState title="No events">Events of this document are older than 400 days.</EmptyState>;
  return (
    <div>
      {events.map((event, n) => (
        <EventLine key={event.id} event={event} isFirst={n === 0} />
      ))}
      {history.hasNextPage ? (
        <Button className="mt-3" busy={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
          Show older
        </Button>
      ) : null}
    </div>
  );
};

"use client";
import { ListX } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { QueryError } from "../../lib/query-error.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { noFilter } from "./filter.ts";
import { LiveBadge } from "./live-badge.tsx";
import { TimelineList } from "./timeline-list.tsx";
import { useTimeline } from "./use-timeline.ts";

/** What happened to one agent and its images, live, as far back as it is kept. */
export const AgentEvents = ({ agent }: { agent: string }) => {
  const filter = useMemo(() => ({ ...noFilter, agent }), [agent]);
  const [isPaused, setPaused] = useState(false);
  const { history, events, heldBack } = useTimeline(filter, isPaused);
  const { fetchNextPage } = history;
  const loadMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  if (history.isPending) return <Skeleton className="h-40 w-full" />;
  if (history.isError && events.length === 0)
    return <QueryError error={history.error} onRetry={() => void history.refetch()} retrying={history.isFetching} />;
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-muted-foreground text-sm">
          Releases, tasks that stopped, and changes by people, kept for 400 days.
        </p>
        <LiveBadge isPaused={isPaused} heldBack={heldBack} onPause={setPaused} />
      </div>
      {events.length === 0 && !history.hasNextPage ? (
        <EmptyState icon={ListX} title="Nothing has happened yet">
          Push an image or release the agent, and each step appears here as it happens.
        </EmptyState>
      ) : (
        <TimelineList
          events={events}
          hasMore={history.hasNextPage}
          isLoadingMore={history.isFetchingNextPage}
          isError={history.isFetchNextPageError}
          isNarrowed={false}
          onLoadMore={loadMore}
        />
      )}
    </>
  );
};

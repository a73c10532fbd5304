"use client";
import { eventActions } from "@samla/contracts/plain";
import { Activity, ListX, X } from "lucide-react";
import { useCallback, useState } from "react";
import { useCan } from "../../lib/me.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { oneOfParam, textParam, useUrlStates } from "../../lib/url-state.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Input } from "../../ui/input.tsx";
import { PageBody, PageHeader } from "../../ui/page-header.tsx";
import { Select } from "../../ui/select.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { documentIdError, type EventFilter, isNarrowed, noFilter } from "./filter.ts";
import { LiveBadge } from "./live-badge.tsx";
import { QueuesCard } from "./queues-card.tsx";
import { actionLabel } from "./timeline.ts";
import { TimelineList } from "./timeline-list.tsx";
import { useTimeline } from "./use-timeline.ts";

const parsers = {
  index: textParam,
  action: oneOfParam(eventActions),
  outcome: oneOfParam(["ok", "failed"]),
  documentId: textParam,
};
const any = "any";

/** Who did what, when, with which result: as it happens, and as far back as it is kept. */
export const ActivityPanel = ({ indexes }: { indexes: readonly { slug: string; name: string }[] }) => {
  const [filter, setFilter] = useUrlStates(parsers);
  const [isPaused, setPaused] = useState(false);
  const { history, events, heldBack } = useTimeline(filter, isPaused);
  const maySeeQueues = useCan("queues.read");
  const { fetchNextPage } = history;
  const loadMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  return (
    <PageBody>
      <PageHeader
        title="Activity"
        description="Every change to documents and indexes, with who made it and how it ended. Kept for 400 days."
        actions={<LiveBadge isPaused={isPaused} heldBack={heldBack} onPause={setPaused} />}
      />
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_18rem]">
        <div className="min-w-0">
          <Filters filter={filter} indexes={indexes} onChange={(change) => setFilter(change)} />
          {history.isPending ? (
            <TimelineSkeleton />
          ) : history.isError && events.length === 0 ? (
            <QueryError error={history.error} onRetry={() => void history.refetch()} retrying={history.isFetching} />
          ) : events.length === 0 && !history.hasNextPage ? (
            isNarrowed(filter) ? (
              <EmptyState
                icon={ListX}
                title="No event fits these filters"
                actions={<Button onClick={() => setFilter(noFilter)}>Show all</Button>}
              />
            ) : (
              <EmptyState icon={Activity} title="Nothing has happened yet">
                Upload a document, and each step of its way appears here as it happens.
              </EmptyState>
            )
          ) : (
            <TimelineList
              events={events}
              hasMore={history.hasNextPage}
              isLoadingMore={history.isFetchingNextPage}
              isError={history.isFetchNextPageError}
              isNarrowed={isNarrowed(filter)}
              onLoadMore={loadMore}
            />
          )}
        </div>
        {maySeeQueues ? (
          <div className="xl:sticky xl:top-5">
            <QueuesCard />
          </div>
        ) : null}
      </div>
    </PageBody>
  );
};

const Filters = ({
  filter,
  indexes,
  onChange,
}: {
  filter: EventFilter;
  indexes: readonly { slug: string; name: string }[];
  onChange: (change: Partial<EventFilter>) => void;
}) => {
  const [typed, setTyped] = useState(filter.documentId ?? "");
  const error = documentIdError(typed);
  return (
    <div className="flex flex-wrap items-start gap-2">
      <Select
        aria-label="Index"
        prefix="Index"
        value={filter.index ?? any}
        onValueChange={(index) => onChange({ index: index === any ? null : index })}
        options={[{ value: any, label: "Any" }, ...indexes.map((one) => ({ value: one.slug, label: one.name }))]}
        className="max-w-56"
      />
      <Select
        aria-label="Event"
        prefix="Event"
        value={filter.action ?? any}
        onValueChange={(action) => onChange({ action: eventActions.find((one) => one === action) ?? null })}
        options={[
          { value: any, label: "Any" },
          ...eventActions.map((action) => ({ value: action, label: actionLabel(action) })),
        ]}
      />
      <Select
        aria-label="Outcome"
        prefix="Outcome"
        value={filter.outcome ?? any}
        onValueChange={(outcome) => onChange({ outcome: outcome === "ok" || outcome === "failed" ? outcome : null })}
        options={[
          { value: any, label: "Any" },
          { value: "ok", label: "Succeeded" },
          { value: "failed", label: "Failed" },
        ]}
      />
      <div className="min-w-44 max-w-80 flex-1">
        <Input
          aria-label="Document id"
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? "document-id-error" : undefined}
          placeholder="Document id, doc_…"
          value={typed}
          spellCheck={false}
          className="font-mono text-xs"
          onChange={(event) => {
            const text = event.target.value.trim();
            setTyped(text);
            if (documentIdError(text) === undefined) onChange({ documentId: text || null });
          }}
        />
        {error ? (
          <p id="document-id-error" className="mt-1 text-destructive text-xs">
            {error}
          </p>
        ) : null}
      </div>
      {isNarrowed(filter) ? (
        <Button
          variant="ghost"
          onClick={() => {
            setTyped("");
            onChange(noFilter);
          }}
        >
          <X aria-hidden /> Clear
        </Button>
      ) : null}
    </div>
  );
};

const TimelineSkeleton = () => (
  <LoadingRegion label="Loading events" className="grid pt-10">
    {Array.from({ length: 8 }, (_, n) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move
      <div key={n} className="flex h-16 items-center gap-3 border-b">
        <Skeleton className="size-4" />
        <Skeleton className="h-3.5 w-1/2" />
        <Skeleton className="ml-auto h-3.5 w-20" />
      </div>
    ))}
  </LoadingRegion>
);

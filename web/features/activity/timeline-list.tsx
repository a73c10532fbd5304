"use client";
import type { TimelineEvent } from "@samla/contracts";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { EventLine } from "./event-line.tsx";
import { groupByDay } from "./timeline.ts";

/** Events grouped by day; only what is on the screen exists, and older ones are loaded on the way down. */
export const TimelineList = ({
  events,
  hasMore,
  isLoadingMore,
  isError,
  isNarrowed,
  onLoadMore,
}: {
  events: readonly TimelineEvent[];
  hasMore: boolean;
  isLoadingMore: boolean;
  isError: boolean;
  /** Only a part of what happened is shown. */
  isNarrowed: boolean;
  onLoadMore: () => void;
}) => {
  const rows = useMemo(() => groupByDay(events, new Date()), [events]);
  const list = useRef<HTMLElement>(null);
  const [marginPx, setMarginPx] = useState(0);
  useLayoutEffect(() => {
    setMarginPx(Math.round((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY));
  }, []);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => (rows[index]?.kind === "day" ? 40 : 66),
    overscan: 8,
    scrollMargin: marginPx,
    getItemKey: (index) => rows[index]?.key ?? index,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && !isLoadingMore && !isError && last >= rows.length - 15) onLoadMore();
  }, [hasMore, isLoadingMore, isError, last, rows.length, onLoadMore]);
  return (
    <>
      <section ref={list} aria-busy={isLoadingMore} aria-label="Events" className="relative">
        <div style={{ height: virtual.getTotalSize() }} />
        {shown.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start - marginPx}px)` }}
            >
              {row.kind === "day" ? (
                <h2 className="pt-5 pb-1.5 font-medium text-muted-foreground text-xs">{row.label}</h2>
              ) : (
                <EventLine event={row.event} isFirst={rows[item.index - 1]?.kind === "day"} />
              )}
            </div>
          );
        })}
      </section>
      <div className="flex min-h-12 items-center justify-center gap-3 text-muted-foreground text-xs" aria-live="polite">
        {isError ? (
          <>
            Older events could not be loaded.
            <Button size="sm" onClick={onLoadMore}>
              Try again
            </Button>
          </>
        ) : hasMore ? (
          "Loading older events…"
        ) : isNarrowed ? (
          "No older event fits"
        ) : (
          "This is where the timeline begins"
        )}
      </div>
    </>
  );
};

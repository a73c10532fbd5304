"use client";
import type { TimelineEvent } from "@samla/contracts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { seedLiveEvents, useLiveEvents } from "../../lib/live-hub.ts";
import { type EventFilter, matchesEventFilter } from "./filter.ts";
import { historyOptions } from "./queries.ts";
import { joinEvents } from "./timeline.ts";

const keptLiveMax = 2000;

/** History and live events of a filter as one list. While paused, new ones are held back and counted. */
export const useTimeline = (filter: EventFilter, isPaused: boolean) => {
  const history = useInfiniteQuery(historyOptions(filter));
  const [live, setLive] = useState<readonly TimelineEvent[]>([]);
  const [held, setHeld] = useState<readonly TimelineEvent[]>([]);

  useLiveEvents(true, (events) => {
    const add = (before: readonly TimelineEvent[]) => [...before, ...events].slice(-keptLiveMax);
    if (isPaused) setHeld(add);
    else setLive(add);
  });
  useEffect(() => {
    if (isPaused) return;
    setHeld((waiting) => {
      if (waiting.length > 0) setLive((before) => [...before, ...waiting].slice(-keptLiveMax));
      return waiting.length > 0 ? [] : waiting;
    });
  }, [isPaused]);
  const newest = history.data?.pages[0]?.items[0]?.id;
  useEffect(() => {
    if (newest) seedLiveEvents(newest);
  }, [newest]);

  const events = useMemo(
    () =>
      joinEvents(
        live.filter((event) => matchesEventFilter(event, filter)),
        history.data?.pages.map((page) => page.items) ?? [],
      ),
    [live, history.data, filter],
  );
  const heldBack = held.filter((event) => matchesEventFilter(event, filter)).length;
  return { history, events, heldBack };
};

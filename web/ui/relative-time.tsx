"use client";
import { useSyncExternalStore } from "react";
import { formatExactTime, formatRelativeTime } from "./time.ts";

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let tick = 0;

// One clock for all times on the page.
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  timer ??= setInterval(() => {
    tick += 1;
    for (const one of listeners) one();
  }, 30_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || !timer) return;
    clearInterval(timer);
    timer = undefined;
  };
};

/** A time such as "3 minutes ago" that keeps up; the exact one on hover. `at` is ISO 8601. */
export const RelativeTime = ({ at, className }: { at: string; className?: string }) => {
  useSyncExternalStore(
    subscribe,
    () => tick,
    () => 0,
  );
  const date = new Date(at);
  return (
    <time dateTime={at} title={formatExactTime(date)} className={className} suppressHydrationWarning>
      {formatRelativeTime(date, new Date())}
    </time>
  );
};

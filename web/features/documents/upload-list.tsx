"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import type { UploadItem } from "./upload-item.ts";
import type { UploadQueue } from "./upload-queue.ts";
import { UploadRow } from "./upload-row.tsx";

const rowHeightPx = 52;

/** The files of the queue; only those on the screen exist in the page. */
export const UploadList = ({ items, queue }: { items: readonly UploadItem[]; queue: UploadQueue }) => {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: 6,
    getItemKey: (index) => items[index]?.id ?? index,
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section ref={scroller} tabIndex={0} aria-label="Files" className="max-h-72 overflow-y-auto">
      <ul className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((row) => {
          const item = items[row.index];
          return item ? (
            <li
              key={row.key}
              className="absolute inset-x-0 top-0 h-13 border-b"
              style={{ transform: `translateY(${row.start}px)` }}
            >
              <UploadRow item={item} queue={queue} />
            </li>
          ) : null;
        })}
      </ul>
    </section>
  );
};

"use client";
import type { Extraction } from "@samla/contracts";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import { cn } from "../../ui/cn.ts";
import type { Highlight } from "./layers.ts";
import { SourceItem } from "./source-blocks.tsx";
import { itemAt, viewItemsOf } from "./view-items.ts";

/** Below this many rows all of them are drawn, so that the browser's own search and printing see everything. */
const virtualFrom = 250;
const framesMax = 30;

/** The document as the HTML made from what was read out of it, scrolled to the passage. */
export const TextSource = ({
  extraction,
  highlight,
  className,
}: {
  extraction: Extraction;
  highlight: Highlight;
  className?: string;
}) => {
  const { text, blocks, pages, title } = extraction;
  const items = useMemo(
    () => viewItemsOf(text, blocks, new Map(pages.map((page) => [page.number, page.label]))),
    [text, blocks, pages],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const isVirtual = items.length >= virtualFrom;
  const rows = useVirtualizer({
    count: isVirtual ? items.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (items[i]?.kind === "block" ? 56 : items[i]?.kind === "page" ? 52 : 600),
    overscan: 8,
    getItemKey: (i) => items[i]?.key ?? i,
  });
  const focus = highlight.passage?.[0];
  useEffect(() => {
    if (focus === undefined) return;
    if (isVirtual) rows.scrollToIndex(itemAt(items, focus), { align: "start" });
    // Rows are measured as they appear; once the mark is drawn it is put into the upper part of the view.
    let frames = 0;
    let frame = 0;
    const settle = () => {
      const element = scroller.current;
      const mark = element?.querySelector("mark[data-layer]");
      if (element && mark) {
        const offset = mark.getBoundingClientRect().top - element.getBoundingClientRect().top;
        element.scrollTo({ top: element.scrollTop + offset - element.clientHeight * 0.25 });
      }
      frames += 1;
      if (frames < framesMax && (!mark || frames < 4)) frame = requestAnimationFrame(settle);
    };
    frame = requestAnimationFrame(settle);
    return () => cancelAnimationFrame(frame);
  }, [focus, isVirtual, items, rows]);
  return (
    <section
      ref={scroller}
      aria-label={title ? `Text of ${title}` : "Text of the document"}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className={cn("h-full overflow-y-auto focus-visible:outline-offset-[-2px]", className)}
    >
      <div className="mx-auto max-w-[52rem] px-4 py-6 text-base sm:px-8">
        {isVirtual ? (
          <div className="relative" style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map((row) => {
              const item = items[row.index];
              return item ? (
                <div
                  key={row.key}
                  ref={rows.measureElement}
                  data-index={row.index}
                  className="absolute inset-x-0 top-0 flow-root"
                  style={{ transform: `translateY(${row.start}px)` }}
                >
                  <SourceItem item={item} text={text} highlight={highlight} />
                </div>
              ) : null;
            })}
          </div>
        ) : (
          items.map((item) => <SourceItem key={item.key} item={item} text={text} highlight={highlight} />)
        )}
      </div>
    </section>
  );
};

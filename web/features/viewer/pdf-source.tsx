"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import type * as Pdf from "pdfjs-dist";
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { defaultPageSize, type PageSize, pageGapPx, scaleOf } from "./page-layout.ts";
import { openPdf, type PDFDocumentProxy } from "./pdf-engine.ts";
import { PdfPage } from "./pdf-page.tsx";
import { firstRectOf, type Page, type Rects } from "./rects.tsx";

type Opened = { pdf: typeof Pdf; document: PDFDocumentProxy };

const useOpenedPdf = (url: string): { opened?: Opened; failed: boolean } => {
  const [state, setState] = useState<{ opened?: Opened; failed: boolean }>({ failed: false });
  useEffect(() => {
    let stopped = false;
    let close: (() => void) | undefined;
    openPdf(url)
      .then(async ({ task, pdf }) => {
        close = () => void task.destroy();
        if (stopped) return close();
        const document = await task.promise;
        if (!stopped) setState({ opened: { pdf, document }, failed: false });
      })
      .catch(() => {
        if (!stopped) setState({ failed: true });
      });
    return () => {
      stopped = true;
      close?.();
      setState({ failed: false });
    };
  }, [url]);
  return state;
};

/** A PDF as it was made, page under page, only those in sight drawn, scrolled to the passage. */
export const PdfSource = ({
  url,
  pages,
  rects,
  focusPage,
  focusKey,
  zoom,
  isPlaced,
  fallback,
}: {
  url: string;
  /** Sizes known from reading the document; others are learned as pages are drawn. */
  pages: readonly Page[];
  rects: Rects;
  /** Page to show when there are no rectangles. */
  focusPage?: number;
  /** Scrolls again whenever it changes. */
  focusKey: string;
  zoom: number;
  /** False while it is not known yet which page to show. */
  isPlaced: boolean;
  /** Shown when the file cannot be drawn. */
  fallback: ReactNode;
}) => {
  const { opened, failed } = useOpenedPdf(url);
  if (failed) return fallback;
  if (!opened || !isPlaced)
    return (
      <LoadingRegion label="Opening the PDF" className="h-full overflow-hidden bg-muted p-3 sm:p-6">
        <Skeleton className="mx-auto aspect-[1/1.414] w-full max-w-3xl rounded-none bg-white/70 dark:bg-white/10" />
      </LoadingRegion>
    );
  return <PdfPages opened={opened} pages={pages} rects={rects} focusPage={focusPage} focusKey={focusKey} zoom={zoom} />;
};

const PdfPages = ({
  opened: { pdf, document: source },
  pages,
  rects,
  focusPage,
  focusKey,
  zoom,
}: {
  opened: Opened;
  pages: readonly Page[];
  rects: Rects;
  focusPage?: number;
  focusKey: string;
  zoom: number;
}) => {
  const scroller = useRef<HTMLElement>(null);
  const [widthPx, setWidthPx] = useState(0);
  const [learned, setLearned] = useState<ReadonlyMap<number, PageSize>>(new Map());
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidthPx(element.clientWidth));
    observer.observe(element);
    setWidthPx(element.clientWidth);
    return () => observer.disconnect();
  }, []);
  const sizes = useMemo(() => {
    const known = new Map(
      pages.flatMap((page) =>
        page.width && page.height ? [[page.number, { width: page.width, height: page.height }] as const] : [],
      ),
    );
    const usual = learned.get(1) ?? known.get(1) ?? defaultPageSize;
    return Array.from({ length: source.numPages }, (_, i) => learned.get(i + 1) ?? known.get(i + 1) ?? usual);
  }, [pages, learned, source.numPages]);
  const scale = scaleOf(sizes, Math.max(200, widthPx - 32), zoom);
  const rows = useVirtualizer({
    count: widthPx > 0 ? sizes.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => Math.round((sizes[i] ?? defaultPageSize).height * scale) + pageGapPx,
    overscan: 1,
    paddingStart: pageGapPx,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: heights follow from sizes and scale
  useLayoutEffect(() => rows.measure(), [sizes, scale, rows]);
  // What was in the middle of the view stays there when the zoom or the width changes.
  const formerScale = useRef(0);
  useLayoutEffect(() => {
    const element = scroller.current;
    const former = formerScale.current;
    formerScale.current = widthPx > 0 ? scale : 0;
    if (!element || former === 0 || former === scale) return;
    const ratio = scale / former;
    const middle = element.clientHeight / 2;
    element.scrollTop = (element.scrollTop + middle) * ratio - middle;
  }, [scale, widthPx]);
  const learn = useCallback((number: number, size: PageSize) => {
    setLearned((former) => {
      const known = former.get(number);
      if (known && Math.abs(known.width - size.width) < 0.5 && Math.abs(known.height - size.height) < 0.5)
        return former;
      return new Map(former).set(number, size);
    });
  }, []);
  const isReady = widthPx > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when the passage changes, not when the zoom does
  useEffect(() => {
    const element = scroller.current;
    if (!element || !isReady) return;
    const target = firstRectOf(rects) ?? (focusPage ? { page: focusPage, top: 0, left: 0 } : undefined);
    if (!target) return;
    const place = () => {
      const [pageTop] = rows.getOffsetForIndex(target.page - 1, "start") ?? [0];
      element.scrollTo({ top: Math.max(0, pageTop + target.top * scale - element.clientHeight * 0.3) });
      if (element.scrollWidth > element.clientWidth) element.scrollTo({ left: Math.max(0, target.left * scale - 24) });
    };
    place();
    // Once more after the sizes of pages above have been put in.
    const frame = requestAnimationFrame(place);
    return () => cancelAnimationFrame(frame);
  }, [focusKey, isReady, source]);
  return (
    <section
      ref={scroller}
      aria-label={`PDF, ${source.numPages} pages`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className="h-full overflow-auto bg-muted focus-visible:outline-offset-[-2px]"
    >
      <div className="relative min-w-fit" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => (
          <div
            key={row.key}
            className="absolute inset-x-0 top-0 px-4"
            style={{ transform: `translateY(${row.start}px)` }}
          >
            <PdfPage
              pdf={pdf}
              document={source}
              number={row.index + 1}
              size={sizes[row.index] ?? defaultPageSize}
              scale={scale}
              rects={rects}
              onSize={learn}
            />
          </div>
        ))}
      </div>
    </section>
  );
};

import type { PageInfo, PageRects } from "@samla/contracts";
import type { z } from "zod";

export type Rects = readonly z.infer<typeof PageRects>[];
export type Page = z.infer<typeof PageInfo>;

/** Highlighted rectangles over a drawn page: `width` and `height` are the page's own, at scale 1. The passage's text shows through. */
export const RectOverlay = ({
  page,
  width,
  height,
  rects,
  className,
}: {
  page: number;
  width: number;
  height: number;
  rects: Rects;
  className?: string;
}) => {
  const mine = rects.filter((one) => one.page === page).flatMap((one) => one.rects);
  if (mine.length === 0) return null;
  return (
    <svg
      aria-hidden
      data-highlight
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      className={`pointer-events-none absolute inset-0 h-full w-full mix-blend-multiply ${className ?? ""}`}
    >
      {mine.map(([x, y, w, h]) => (
        <rect key={`${x}-${y}-${w}-${h}`} x={x - 1} y={y - 1} width={w + 2} height={h + 2} rx={1.5} fill="#ffe979" />
      ))}
    </svg>
  );
};

/** Topmost edge of the rectangles on their first page; undefined without any. */
export const firstRectOf = (rects: Rects | undefined): { page: number; top: number; left: number } | undefined => {
  const first = rects?.find((one) => one.rects.length > 0);
  if (!first) return undefined;
  const tops = first.rects.map(([, y]) => y);
  const lefts = first.rects.map(([x]) => x);
  return { page: first.page, top: Math.min(...tops), left: Math.min(...lefts) };
};

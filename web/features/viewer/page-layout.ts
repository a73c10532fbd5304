export type PageSize = { width: number; height: number };

/** A4 in points, until a page's own size is known. */
export const defaultPageSize: PageSize = { width: 595, height: 842 };
export const pageGapPx = 12;

export const zoomSteps = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3] as const;

/** The next zoom in a direction; the end stays where it is. */
export const zoomBy = (zoom: number, direction: 1 | -1): number => {
  const next =
    direction > 0 ? zoomSteps.find((step) => step > zoom + 0.001) : zoomSteps.findLast((step) => step < zoom - 0.001);
  return next ?? zoom;
};

/** CSS pixels of a page's point: the widest page fits at zoom 1, but paper is never blown up beyond 1.6. */
export const scaleOf = (sizes: readonly PageSize[], availableWidthPx: number, zoom: number): number => {
  const widest = Math.max(1, ...sizes.map((size) => size.width));
  return Math.max(0.1, Math.min(1.6, availableWidthPx / widest)) * zoom;
};

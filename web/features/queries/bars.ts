import type { QueryReport } from "@samla/contracts";

export type Bar = { day: string; x: number; width: number; height: number; zeroHeight: number };

/** Bars of a chart 100 wide and 100 high, one a day; the part without a hit is measured on the same scale. */
export const barsOf = (perDay: QueryReport["perDay"]): Bar[] => {
  const most = Math.max(1, ...perDay.map((day) => day.searches));
  const width = 100 / Math.max(1, perDay.length);
  return perDay.map(({ day, searches, zeroResults }, n) => ({
    day,
    x: n * width,
    width,
    height: (searches / most) * 100,
    zeroHeight: (zeroResults / most) * 100,
  }));
};

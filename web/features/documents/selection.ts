export type Selection = { ids: ReadonlySet<string>; anchor: string | undefined };

export const emptySelection: Selection = { ids: new Set(), anchor: undefined };

/** Adds or removes one row, and remembers it as the anchor of the next range. */
export const toggleRow = (selection: Selection, id: string): Selection => {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: id };
};

/** Selects from the anchor to the row, both included, as shift-click does; without an anchor only the row. */
export const selectRange = (selection: Selection, order: readonly string[], id: string): Selection => {
  const to = order.indexOf(id);
  const from = selection.anchor === undefined ? -1 : order.indexOf(selection.anchor);
  if (to < 0) return selection;
  if (from < 0) return { ids: new Set([...selection.ids, id]), anchor: id };
  const ids = new Set(selection.ids);
  for (const one of order.slice(Math.min(from, to), Math.max(from, to) + 1)) ids.add(one);
  return { ids, anchor: selection.anchor };
};

export const selectAll = (order: readonly string[]): Selection => ({ ids: new Set(order), anchor: undefined });

/** Cuts a list into pieces of at most `size`. */
export const chunk = <T>(items: readonly T[], size: number): T[][] => {
  const pieces: T[][] = [];
  for (let start = 0; start < items.length; start += size) pieces.push(items.slice(start, start + size));
  return pieces;
};

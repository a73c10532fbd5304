/*
 * Attributes of a grid's parts. Virtual rows are placed absolutely, which the rows of a table element cannot be, so
 * the parts are divs that carry the roles of a table's; focus lies on the rows, not on their cells.
 */
export const gridProps = (label: string, rowCount: number | undefined, isMultiselectable: boolean) => ({
  role: "grid",
  "aria-label": label,
  "aria-rowcount": rowCount ?? -1,
  "aria-multiselectable": isMultiselectable,
});
export const rowGroupProps = { role: "rowgroup" };
/** `rowIndex` counts from 1, the header included. */
export const rowProps = (rowIndex: number, isSelected?: boolean) => ({
  role: "row",
  "aria-rowindex": rowIndex,
  "aria-selected": isSelected,
});
export const cellProps = { role: "gridcell" };
export const columnHeaderProps = (sorted: "ascending" | "descending" | undefined) => ({
  role: "columnheader",
  "aria-sort": sorted,
});

import type { Document } from "@samla/contracts";
import { FlexRender, type Row } from "@tanstack/react-table";
import { memo } from "react";
import { cn } from "../../ui/cn.ts";
import { gridColumns, type gridFeatures } from "./document-columns.tsx";
import { cellProps, rowProps } from "./grid-roles.ts";

const noop = () => {};

type RowProps = {
  row: Row<typeof gridFeatures, Document>;
  index: number;
  topPx: number;
  isSelected: boolean;
  isActive: boolean;
  canSelect: boolean;
};

const GridRow = ({ row, index, topPx, isSelected, isActive, canSelect }: RowProps) => (
  <div
    {...rowProps(index + 2, isSelected)}
    tabIndex={isActive ? 0 : -1}
    data-row-id={row.original.id}
    data-row-index={index}
    style={{ transform: `translateY(${topPx}px)` }}
    className={cn(
      gridColumns,
      "absolute inset-x-0 top-0 h-13 cursor-default items-center border-b text-sm transition-colors hover:bg-surface focus-visible:z-10 focus-visible:outline-offset-[-2px]",
      isSelected && "bg-primary-soft hover:bg-primary-soft",
    )}
  >
    <div {...cellProps} className="flex justify-center">
      {canSelect ? (
        // A plain box: rows come and go by the dozen while scrolling. The click is handled by the grid.
        <input
          type="checkbox"
          checked={isSelected}
          onChange={noop}
          tabIndex={-1}
          data-select
          aria-label={`Select ${row.original.name}`}
          className="size-4 accent-primary"
        />
      ) : null}
    </div>
    {row.getAllCells().map((cell) => (
      <div
        key={cell.id}
        {...cellProps}
        className={cn("flex min-w-0 items-center px-2", cell.column.columnDef.meta?.className)}
      >
        <FlexRender cell={cell} />
      </div>
    ))}
  </div>
);

/** A row is drawn again only when its document, place or marks change: scrolling moves rows, it does not redraw them. */
export const DocumentRow = memo(
  GridRow,
  (before, after) =>
    before.row.original === after.row.original &&
    before.index === after.index &&
    before.topPx === after.topPx &&
    before.isSelected === after.isSelected &&
    before.canSelect === after.canSelect &&
    before.isActive === after.isActive,
);

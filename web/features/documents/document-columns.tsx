import type { Document } from "@samla/contracts";
import { createColumnHelper, metaHelper, tableFeatures } from "@tanstack/react-table";
import type { DocumentAction } from "./actions.ts";
import { KindCell, NameCell, PassagesCell, SizeCell, StatusCell, TagsCell, UpdatedCell } from "./document-cells.tsx";
import type { DocumentFilter } from "./filter.ts";
import { RowMenu } from "./row-menu.tsx";
import type { RowAction } from "./row-menu-trigger.tsx";

type GridMeta = {
  actionsOf: (document: Document) => ReadonlySet<DocumentAction>;
  onAction: (action: RowAction, document: Document) => void;
};
type ColumnMeta = {
  /** Hides the column where the screen is narrow; must fit `gridColumns`. */
  className: string;
  sort?: DocumentFilter["sort"];
};

export const gridFeatures = tableFeatures({
  tableMeta: metaHelper<GridMeta>(),
  columnMeta: metaHelper<ColumnMeta>(),
});

/** Widths of the columns; each breakpoint shows the columns whose `className` it un-hides. */
export const gridColumns =
  "grid grid-cols-[2.25rem_minmax(0,1fr)_7rem_2.5rem] md:grid-cols-[2.25rem_minmax(0,1fr)_9.5rem_5rem_7.5rem_2.5rem] xl:grid-cols-[2.25rem_minmax(0,1.4fr)_minmax(11rem,1fr)_6.5rem_4.5rem_5.5rem_8.5rem_7.5rem_2.5rem]";

const helper = createColumnHelper<typeof gridFeatures, Document>();

export const documentColumns = helper.columns([
  helper.accessor("name", {
    header: "Name",
    meta: { className: "", sort: "name" },
    cell: ({ row, table }) => (
      <NameCell
        document={row.original}
        showsReaders={table.options.meta?.actionsOf(row.original).has("access") ?? false}
      />
    ),
  }),
  helper.accessor("status", {
    header: "Status",
    meta: { className: "" },
    cell: ({ row }) => <StatusCell document={row.original} />,
  }),
  helper.accessor("kind", {
    header: "Kind",
    meta: { className: "hidden xl:flex" },
    cell: ({ row }) => <KindCell document={row.original} />,
  }),
  helper.accessor("sizeBytes", {
    header: "Size",
    meta: { className: "hidden md:flex justify-end", sort: "size" },
    cell: ({ row }) => <SizeCell document={row.original} />,
  }),
  helper.accessor("passages", {
    header: "Passages",
    meta: { className: "hidden xl:flex justify-end" },
    cell: ({ row }) => <PassagesCell document={row.original} />,
  }),
  helper.accessor("tags", {
    header: "Tags",
    meta: { className: "hidden xl:flex" },
    cell: ({ row }) => <TagsCell tags={row.original.tags} />,
  }),
  helper.accessor("updatedAt", {
    header: "Updated",
    meta: { className: "hidden md:flex", sort: "updated" },
    cell: ({ row }) => <UpdatedCell document={row.original} />,
  }),
  helper.display({
    id: "actions",
    header: "",
    meta: { className: "justify-end !px-1" },
    cell: ({ row, table }) => (
      <RowMenu
        document={row.original}
        actions={table.options.meta?.actionsOf(row.original) ?? new Set()}
        onAction={(action, document) => table.options.meta?.onAction(action, document)}
      />
    ),
  }),
]);

"use client";
import type { Document } from "@samla/contracts";
import { useTable } from "@tanstack/react-table";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Checkbox } from "../../ui/checkbox.tsx";
import { cn } from "../../ui/cn.ts";
import type { DocumentAction } from "./actions.ts";
import { documentColumns, gridColumns, gridFeatures } from "./document-columns.tsx";
import { DocumentRow } from "./document-row.tsx";
import { type DocumentFilter, nextSort } from "./filter.ts";
import { columnHeaderProps, gridProps, rowGroupProps, rowProps } from "./grid-roles.ts";
import type { RowAction } from "./row-menu-trigger.tsx";
import { emptySelection, type Selection, selectAll, selectRange, toggleRow } from "./selection.ts";

const rowHeightPx = 52;
const loadAheadRows = 30;

type GridProps = {
  rows: readonly Document[];
  total: number | undefined;
  filter: DocumentFilter;
  selection: Selection;
  canSelect: boolean;
  hasMore: boolean;
  isLoadingMore: boolean;
  onLoadMore: () => void;
  onSort: (sort: Pick<DocumentFilter, "sort" | "order">) => void;
  onSelect: (selection: Selection) => void;
  onOpen: (document: Document) => void;
  onTag: (tag: string) => void;
  onDelete: (documents: readonly Document[]) => void;
  actionsOf: (document: Document) => ReadonlySet<DocumentAction>;
  onAction: (action: RowAction, document: Document) => void;
};

/**
 * The list. Only the rows on the screen exist, in the page and in the table's model, so a hundred thousand cost no
 * more than fifty. Arrows move, Shift extends, Space selects, Enter opens, Delete deletes.
 */
export const DocumentGrid = (props: GridProps) => {
  const { rows, selection, filter } = props;
  const body = useRef<HTMLDivElement>(null);
  const [marginPx, setMarginPx] = useState(0);
  const [active, setActive] = useState(0);
  const wantsFocus = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is above the list may change its height with the filter
  useLayoutEffect(() => {
    const top = body.current?.getBoundingClientRect().top ?? 0;
    setMarginPx(Math.round(top + window.scrollY));
  }, [filter]);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeightPx,
    overscan: 10,
    scrollMargin: marginPx,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const shown = virtual.getVirtualItems();
  const onScreen = shown.map((item) => rows[item.index]).filter((row) => row !== undefined);
  const table = useTable({
    features: gridFeatures,
    columns: documentColumns,
    data: onScreen,
    getRowId: (row: Document) => row.id,
    meta: { actionsOf: props.actionsOf, onAction: props.onAction },
  });
  const tableRows = table.getRowModel().rowsById;

  const last = shown.at(-1)?.index ?? -1;
  const { hasMore, isLoadingMore, onLoadMore } = props;
  useEffect(() => {
    if (hasMore && !isLoadingMore && last >= rows.length - loadAheadRows) onLoadMore();
  }, [hasMore, isLoadingMore, last, rows.length, onLoadMore]);

  const moveTo = (index: number) => {
    const target = Math.max(0, Math.min(rows.length - 1, index));
    wantsFocus.current = true;
    setActive(target);
    virtual.scrollToIndex(target);
    return rows[target];
  };
  // A row that comes onto the screen by the keyboard is focused once it is there.
  useEffect(() => {
    if (!wantsFocus.current) return;
    const element = body.current?.querySelector<HTMLElement>(`[data-row-index="${active}"]`);
    if (!element) return;
    wantsFocus.current = false;
    element.focus({ preventScroll: true });
  });

  const order = () => rows.map((row) => row.id);
  const rowOf = (target: EventTarget): { row: Document; index: number } | undefined => {
    const element = target instanceof Element ? target.closest<HTMLElement>("[data-row-index]") : null;
    const index = Number(element?.dataset.rowIndex ?? -1);
    const row = rows[index];
    return row && { row, index };
  };
  const onClick = (event: MouseEvent) => {
    const found = rowOf(event.target);
    if (!found || !(event.target instanceof Element)) return;
    setActive(found.index);
    const tag = event.target.closest<HTMLElement>("[data-tag]")?.dataset.tag;
    const isBox = event.target.closest("[data-select]") !== null;
    if (tag !== undefined) props.onTag(tag);
    else if (event.target.closest("a, [data-row-menu], [role=menu]") && !event.shiftKey) return;
    else if (props.canSelect && event.shiftKey) {
      // Not on the box itself: the browser would take its check back after React has set it.
      if (!isBox) event.preventDefault();
      window.getSelection()?.removeAllRanges();
      props.onSelect(selectRange(selection, order(), found.row.id));
    } else if (props.canSelect && (isBox || event.ctrlKey || event.metaKey))
      props.onSelect(toggleRow(selection, found.row.id));
    else props.onOpen(found.row);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const found = rowOf(event.target);
    if (!found || !(event.target instanceof HTMLElement)) return;
    // Keys belong to the row, also while its box has the focus; Space on the box is the box's own.
    const isBox = event.target.matches("[data-select]");
    if (!isBox && !event.target.matches("[data-row-index]")) return;
    if (isBox && (event.key === " " || event.key === "Enter")) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12, Home: -Infinity, End: Infinity }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const row = moveTo(found.index + step);
      if (event.shiftKey && row && props.canSelect) {
        const start = selection.anchor === undefined ? toggleRow(emptySelection, found.row.id) : selection;
        props.onSelect(selectRange(start, order(), row.id));
      }
    } else if (event.key === "Enter") props.onOpen(found.row);
    else if (event.key === " " && props.canSelect) {
      event.preventDefault();
      props.onSelect(toggleRow(selection, found.row.id));
    } else if (event.key === "Escape" && selection.ids.size > 0) props.onSelect(emptySelection);
    else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey) && props.canSelect) {
      event.preventDefault();
      props.onSelect(selectAll(order()));
    } else if (event.key === "Delete" || event.key === "Backspace") {
      const chosen = selection.ids.has(found.row.id) ? rows.filter((row) => selection.ids.has(row.id)) : [found.row];
      props.onDelete(chosen.filter((row) => props.actionsOf(row).has("delete")));
    } else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      event.preventDefault();
      body.current?.querySelector<HTMLElement>(`[data-row-index="${found.index}"] [data-row-menu]`)?.focus();
    }
  };

  const isAll = rows.length > 0 && selection.ids.size >= rows.length;
  return (
    <div
      {...gridProps("Documents", props.total === undefined ? undefined : props.total + 1, props.canSelect)}
      {...{ onClick, onKeyDown }}
    >
      <div
        {...rowProps(1)}
        className={cn(
          gridColumns,
          "sticky top-12 z-20 h-9 items-center border-b bg-background text-muted-foreground text-xs lg:top-0",
        )}
      >
        <div {...columnHeaderProps(undefined)} className="flex justify-center">
          {props.canSelect ? (
            <Checkbox
              aria-label="Select all that are loaded"
              checked={isAll ? true : selection.ids.size > 0 ? "indeterminate" : false}
              onCheckedChange={() => props.onSelect(isAll ? emptySelection : selectAll(order()))}
            />
          ) : null}
        </div>
        {documentColumns.map((column) => {
          const sort = column.meta?.sort;
          const isSorted = sort !== undefined && filter.sort === sort;
          const label = typeof column.header === "string" ? column.header : "";
          return (
            <div
              key={label}
              {...columnHeaderProps(isSorted ? (filter.order === "asc" ? "ascending" : "descending") : undefined)}
              className={cn("flex min-w-0 items-center px-2", column.meta?.className)}
            >
              {sort ? (
                <button
                  type="button"
                  onClick={() => props.onSort(nextSort(filter, sort))}
                  className={cn("inline-flex items-center gap-1 hover:text-foreground", isSorted && "text-foreground")}
                >
                  {label}
                  {isSorted && filter.order === "asc" ? <ArrowUp className="size-3" aria-hidden /> : null}
                  {isSorted && filter.order === "desc" ? <ArrowDown className="size-3" aria-hidden /> : null}
                </button>
              ) : (
                label || <span className="sr-only">Actions</span>
              )}
            </div>
          );
        })}
      </div>
      <div {...rowGroupProps} ref={body} className="relative" style={{ height: virtual.getTotalSize() }}>
        {shown.map((item) => {
          const document = rows[item.index];
          const row = document && tableRows[document.id];
          return row ? (
            <DocumentRow
              key={item.key}
              row={row}
              index={item.index}
              topPx={item.start - marginPx}
              isSelected={selection.ids.has(document.id)}
              canSelect={props.canSelect}
              isActive={item.index === Math.min(active, rows.length - 1)}
            />
          ) : null;
        })}
      </div>
    </div>
  );
};

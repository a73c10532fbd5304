"use client";
import { Ban, Download, LockKeyhole, RefreshCw, Tag, Trash2, Undo2 } from "lucide-react";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "../../ui/dropdown-menu.tsx";
import { type RowAction, type RowMenuProps, RowMenuTrigger } from "./row-menu-trigger.tsx";

/** The menu of one row, open from the start: it is made when asked for. */
export const RowMenuList = ({ document, actions, onAction }: RowMenuProps) => {
  const run = (action: RowAction) => () => onAction(action, document);
  return (
    <DropdownMenu defaultOpen>
      <DropdownMenuTrigger asChild>
        <RowMenuTrigger name={document.name} />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        {actions.has("download") ? (
          <DropdownMenuItem onSelect={run("download")}>
            <Download aria-hidden /> Download
          </DropdownMenuItem>
        ) : null}
        {actions.has("tag") ? (
          <DropdownMenuItem onSelect={run("tag")}>
            <Tag aria-hidden /> Tags…
          </DropdownMenuItem>
        ) : null}
        {actions.has("access") ? (
          <DropdownMenuItem onSelect={run("access")}>
            <LockKeyhole aria-hidden /> Who may read…
          </DropdownMenuItem>
        ) : null}
        {actions.has("reprocess") ? (
          <DropdownMenuItem onSelect={run("reprocess")}>
            <RefreshCw aria-hidden /> {document.status === "failed" ? "Retry" : "Reprocess"}
          </DropdownMenuItem>
        ) : null}
        {actions.has("cancel") ? (
          <DropdownMenuItem onSelect={run("cancel")}>
            <Ban aria-hidden /> Cancel
          </DropdownMenuItem>
        ) : null}
        {actions.has("restore") ? (
          <DropdownMenuItem onSelect={run("restore")}>
            <Undo2 aria-hidden /> Restore
          </DropdownMenuItem>
        ) : null}
        {actions.has("delete") ? (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuItem destructive onSelect={run("delete")}>
              <Trash2 aria-hidden /> Delete
            </DropdownMenuItem>
          </>
        ) : null}
      </DropdownMenuContent>
    </DropdownMenu>
  );
};

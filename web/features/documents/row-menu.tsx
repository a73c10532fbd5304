"use client";
import type { Document } from "@samla/contracts";
import { Ban, Download, MoreHorizontal, RefreshCw, Tag, Trash2, Undo2 } from "lucide-react";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "../../ui/dropdown-menu.tsx";
import type { DocumentAction } from "./actions.ts";

export type RowAction = Extract<DocumentAction, "download" | "reprocess" | "cancel" | "tag" | "delete" | "restore">;

/** What can be done with one row. The menu is made when it is first asked for, so a row costs one button. */
export const RowMenu = ({
  document,
  actions,
  onAction,
}: {
  document: Document;
  actions: ReadonlySet<DocumentAction>;
  onAction: (action: RowAction, document: Document) => void;
}) => {
  const run = (action: RowAction) => () => onAction(action, document);
  const [isAsked, setAsked] = useState(false);
  if (actions.size === 0) return null;
  const trigger = (
    <Button
      variant="ghost"
      size="icon-sm"
      aria-label={`Actions for ${document.name}`}
      aria-haspopup="menu"
      tabIndex={-1}
      data-row-menu
      onClick={() => setAsked(true)}
    >
      <MoreHorizontal aria-hidden />
    </Button>
  );
  if (!isAsked) return trigger;
  return (
    <DropdownMenu defaultOpen>
      <DropdownMenuTrigger asChild>{trigger}</DropdownMenuTrigger>
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

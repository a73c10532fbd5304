import type { Document } from "@samla/contracts";
import { MoreHorizontal } from "lucide-react";
import type { ComponentProps } from "react";
import { Button } from "../../ui/button.tsx";
import type { DocumentAction } from "./actions.ts";

export type RowAction = Extract<
  DocumentAction,
  "download" | "reprocess" | "cancel" | "tag" | "access" | "delete" | "restore"
>;

export type RowMenuProps = {
  document: Document;
  actions: ReadonlySet<DocumentAction>;
  onAction: (action: RowAction, document: Document) => void;
};

/** The button of a row's menu. */
export const RowMenuTrigger = ({ name, ...rest }: { name: string } & ComponentProps<typeof Button>) => (
  <Button
    variant="ghost"
    size="icon-sm"
    aria-label={`Actions for ${name}`}
    aria-haspopup="menu"
    tabIndex={-1}
    data-row-menu
    {...rest}
  >
    <MoreHorizontal aria-hidden />
  </Button>
);

"use client";
import type { Document } from "@samla/contracts";
import { Ban, RefreshCw, Tag, Trash2, Undo2, X } from "lucide-react";
import { useState } from "react";
import { formatCount, formatPlural } from "../../lib/format.ts";
import { can, useMe } from "../../lib/me.ts";
import { Button } from "../../ui/button.tsx";
import { batchActionsOf } from "./actions.ts";
import { useBatchDocuments } from "./mutations.ts";
import { TagDialog } from "./tag-dialog.tsx";

/** What can be done with the selected documents; an action that fits only some says how many. */
export const SelectionBar = ({
  index,
  documents,
  onClear,
}: {
  index: string;
  documents: readonly Document[];
  onClear: () => void;
}) => {
  const { data: me } = useMe();
  const batch = useBatchDocuments(index);
  const [isTagging, setTagging] = useState(false);
  const counts = batchActionsOf(documents, (permission) => can(me, permission), Date.now());
  const countOf = (count: number) => (count === documents.length ? "" : ` ${formatCount(count)}`);
  const run = (action: "delete" | "restore" | "reprocess" | "cancel") => {
    batch.mutate({ action, documents: fitting(documents, action, counts) });
    onClear();
  };
  const fitting = (all: readonly Document[], action: keyof typeof counts, of: typeof counts) =>
    of[action] === all.length
      ? all
      : all.filter((one) => batchActionsOf([one], (permission) => can(me, permission), Date.now())[action] > 0);
  return (
    <section
      aria-label="Selection"
      className="sticky bottom-4 z-30 mx-auto mt-4 flex w-fit max-w-full flex-wrap items-center gap-1.5 rounded-lg border bg-popover p-1.5 shadow-lg"
    >
      <span className="px-2 text-sm tabular-nums" aria-live="polite">
        {formatPlural(documents.length, "document")} selected
      </span>
      {counts.restore > 0 ? (
        <Button size="sm" onClick={() => run("restore")}>
          <Undo2 aria-hidden /> Restore{countOf(counts.restore)}
        </Button>
      ) : null}
      {counts.tag > 0 ? (
        <Button size="sm" onClick={() => setTagging(true)}>
          <Tag aria-hidden /> Tags…
        </Button>
      ) : null}
      {counts.reprocess > 0 ? (
        <Button size="sm" onClick={() => run("reprocess")}>
          <RefreshCw aria-hidden /> Reprocess{countOf(counts.reprocess)}
        </Button>
      ) : null}
      {counts.cancel > 0 ? (
        <Button size="sm" onClick={() => run("cancel")}>
          <Ban aria-hidden /> Cancel{countOf(counts.cancel)}
        </Button>
      ) : null}
      {counts.delete > 0 ? (
        <Button size="sm" variant="destructive" onClick={() => run("delete")}>
          <Trash2 aria-hidden /> Delete{countOf(counts.delete)}
        </Button>
      ) : null}
      <Button size="icon-sm" variant="ghost" aria-label="Clear selection" onClick={onClear}>
        <X aria-hidden />
      </Button>
      <TagDialog
        open={isTagging}
        onOpenChange={setTagging}
        documents={documents}
        onApply={(action, tags) => batch.mutate({ action, documents, tags })}
      />
    </section>
  );
};

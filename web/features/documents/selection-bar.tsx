"use client";
import type { Document } from "@samla/contracts";
import { Ban, LockKeyhole, RefreshCw, Tag, Trash2, Undo2, X } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { formatCount } from "../../lib/format.ts";
import { can, useMe } from "../../lib/me.ts";
import { Button } from "../../ui/button.tsx";
import { batchActionsOf } from "./actions.ts";
import { type Refused, useBatchDocuments } from "./mutations.ts";
import { TagDialog } from "./tag-dialog.tsx";

const AccessDialog = dynamic(() => import("./access-dialog.tsx").then((module) => module.AccessDialog), { ssr: false });

/** What can be done with the selected documents; an action that fits only some says how many. */
export const SelectionBar = ({
  index,
  documents,
  knownTags,
  onRefused,
  selectMatching,
  onClear,
}: {
  index: string;
  documents: readonly Document[];
  knownTags: readonly string[];
  onRefused: (refused: Refused) => void;
  /** More fit the filter than are selected. */
  selectMatching: { total: number | undefined; onSelect: () => void } | undefined;
  onClear: () => void;
}) => {
  const { data: me } = useMe();
  const batch = useBatchDocuments(index, onRefused);
  const [isTagging, setTagging] = useState(false);
  const [isSharing, setSharing] = useState(false);
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
    // Lies over the head of the list, which keeps its place while scrolling.
    <section aria-label="Selection" className="sticky top-12 z-30 h-0 lg:top-0">
      <div className="absolute top-0 right-0 left-9 flex h-9 items-center gap-1.5 overflow-x-auto border-b bg-background pl-2">
        <span className="whitespace-nowrap pr-1 text-sm tabular-nums" aria-live="polite">
          {formatCount(documents.length)} selected
        </span>
        {selectMatching ? (
          <Button size="sm" variant="link" onClick={selectMatching.onSelect}>
            {selectMatching.total === undefined ? (
              "Select all that match"
            ) : (
              <span>
                <span className="max-sm:sr-only">Select </span>all {formatCount(selectMatching.total)}
                <span className="max-sm:sr-only"> that match</span>
              </span>
            )}
          </Button>
        ) : null}
        {counts.restore > 0 ? (
          <Button size="sm" onClick={() => run("restore")}>
            <Undo2 aria-hidden />
            <span className="max-sm:sr-only">Restore{countOf(counts.restore)}</span>
          </Button>
        ) : null}
        {counts.tag > 0 ? (
          <Button size="sm" onClick={() => setTagging(true)}>
            <Tag aria-hidden />
            <span className="max-sm:sr-only">Tags…</span>
          </Button>
        ) : null}
        {counts.access > 0 ? (
          <Button size="sm" onClick={() => setSharing(true)}>
            <LockKeyhole aria-hidden />
            <span className="max-sm:sr-only">Who may read…</span>
          </Button>
        ) : null}
        {counts.reprocess > 0 ? (
          <Button size="sm" onClick={() => run("reprocess")}>
            <RefreshCw aria-hidden />
            <span className="max-sm:sr-only">Reprocess{countOf(counts.reprocess)}</span>
          </Button>
        ) : null}
        {counts.cancel > 0 ? (
          <Button size="sm" onClick={() => run("cancel")}>
            <Ban aria-hidden />
            <span className="max-sm:sr-only">Cancel{countOf(counts.cancel)}</span>
          </Button>
        ) : null}
        {counts.delete > 0 ? (
          <Button size="sm" variant="destructive" onClick={() => run("delete")}>
            <Trash2 aria-hidden />
            <span className="max-sm:sr-only">Delete{countOf(counts.delete)}</span>
          </Button>
        ) : null}
        <Button size="icon-sm" variant="ghost" aria-label="Clear selection" onClick={onClear}>
          <X aria-hidden />
        </Button>
      </div>
      <TagDialog
        open={isTagging}
        onOpenChange={setTagging}
        documents={documents}
        knownTags={knownTags}
        onApply={(action, tags) => batch.mutate({ action, documents, tags })}
      />
      {isSharing ? (
        <AccessDialog
          documents={documents}
          onClose={() => setSharing(false)}
          onApply={(readers) => batch.mutateAsync({ action: "access", documents, readers })}
        />
      ) : null}
    </section>
  );
};

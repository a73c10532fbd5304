"use client";
import { Ban, RefreshCw, Tag, Trash2, Undo2, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { formatCount, formatPlural } from "../../lib/format.ts";
import { toastError } from "../../lib/query-error.tsx";
import { ConfirmDialog } from "../../ui/alert-dialog.tsx";
import { Button } from "../../ui/button.tsx";
import { Progress } from "../../ui/progress.tsx";
import type { DocumentFilter } from "./filter.ts";
import { matchingMax } from "./matching.ts";
import { TagDialog } from "./tag-dialog.tsx";
import { type MatchingEnd, type MatchingOrder, type MatchingRun, useMatchingRun } from "./use-matching-run.ts";

/** What can be done with all documents that fit the filter, also those that are not loaded. */
export const MatchingBar = ({
  filter,
  total,
  knownTags,
  onEnd,
  onClear,
}: {
  filter: DocumentFilter;
  total: number | undefined;
  knownTags: readonly string[];
  onEnd: (end: MatchingEnd) => void;
  onClear: () => void;
}) => {
  const { run, start, stop } = useMatchingRun(filter);
  const [isOpen, setOpen] = useState<"tags" | "delete">();
  const bar = useRef<HTMLElement>(null);
  const isRunning = run !== undefined;
  // The button that led here is gone, and so are those of the bar when a run begins or ends: the keyboard stays in the bar.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of the buttons
  useEffect(() => {
    if (document.activeElement === document.body) bar.current?.focus();
  }, [isRunning]);
  const close = (open: boolean) => (open ? undefined : setOpen(undefined));
  const act = async (order: MatchingOrder) => {
    try {
      onEnd(await start(order));
      if (order.action !== "tag" && order.action !== "untag") onClear();
    } catch (error) {
      toastError(error);
    }
  };
  const all = total === undefined ? "All that match" : `All ${formatCount(total)} that match`;
  return (
    <section ref={bar} tabIndex={-1} aria-label="Selection" className="sticky top-12 z-30 h-0 lg:top-0">
      <div className="absolute top-0 right-0 left-9 flex h-9 items-center gap-1.5 overflow-x-auto border-b bg-background pl-2">
        {run ? (
          <RunProgress run={run} onStop={stop} />
        ) : (
          <>
            <span className="whitespace-nowrap pr-1 text-sm tabular-nums" aria-live="polite">
              {all}
            </span>
            {filter.deleted ? (
              <Button size="sm" onClick={() => void act({ action: "restore" })}>
                <Undo2 aria-hidden />
                <span className="max-sm:sr-only">Restore</span>
              </Button>
            ) : (
              <>
                <Button size="sm" onClick={() => setOpen("tags")}>
                  <Tag aria-hidden />
                  <span className="max-sm:sr-only">Tags…</span>
                </Button>
                <Button size="sm" onClick={() => void act({ action: "reprocess" })}>
                  <RefreshCw aria-hidden />
                  <span className="max-sm:sr-only">Reprocess</span>
                </Button>
                <Button size="sm" onClick={() => void act({ action: "cancel" })}>
                  <Ban aria-hidden />
                  <span className="max-sm:sr-only">Cancel</span>
                </Button>
                <Button size="sm" variant="destructive" onClick={() => setOpen("delete")}>
                  <Trash2 aria-hidden />
                  <span className="max-sm:sr-only">Delete…</span>
                </Button>
              </>
            )}
            <Button size="icon-sm" variant="ghost" aria-label="Clear selection" onClick={onClear}>
              <X aria-hidden />
            </Button>
          </>
        )}
      </div>
      <TagDialog
        open={isOpen === "tags"}
        onOpenChange={close}
        documents={[]}
        description={`${all}; tags that they have already stay`}
        knownTags={knownTags}
        onApply={(action, tags) => {
          setOpen(undefined);
          void act({ action, tags });
        }}
      />
      <ConfirmDialog
        open={isOpen === "delete"}
        onOpenChange={close}
        title={
          total === undefined
            ? "Delete all documents that match?"
            : `Delete ${formatPlural(Math.min(total, matchingMax), "document")}?`
        }
        description="Searches stop finding them at once. They can be restored for 30 days."
        confirmLabel="Delete all that match"
        onConfirm={() => {
          setOpen(undefined);
          void act({ action: "delete" });
        }}
      />
    </section>
  );
};

const doing: Record<MatchingRun["action"], string> = {
  delete: "Deleting",
  restore: "Restoring",
  reprocess: "Queueing",
  cancel: "Cancelling",
  tag: "Tagging",
  untag: "Untagging",
  access: "Changing readers of",
};

const RunProgress = ({ run, onStop }: { run: MatchingRun; onStop: () => void }) => {
  const text =
    run.phase === "finding"
      ? `Finding what matches, ${formatCount(run.total)} so far…`
      : `${doing[run.action]} ${formatCount(run.done)} of ${formatCount(run.total)}`;
  return (
    <>
      <span className="whitespace-nowrap text-sm tabular-nums" role="status">
        {text}
      </span>
      <Progress
        label={text}
        {...(run.phase === "doing" && run.total > 0 ? { value: run.done / run.total } : {})}
        className="min-w-16 max-w-60 flex-1"
      />
      <Button size="sm" onClick={onStop}>
        Stop
      </Button>
    </>
  );
};

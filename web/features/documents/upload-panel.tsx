"use client";
import { ChevronDown, ChevronUp, Pause, Play, RotateCw, X } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { formatPlural } from "../../lib/format.ts";
import { Button } from "../../ui/button.tsx";
import { Progress } from "../../ui/progress.tsx";
import { DuplicatesDialog } from "./duplicates-dialog.tsx";
import { UploadList } from "./upload-list.tsx";
import type { UploadQueue, UploadSnapshot } from "./upload-queue.ts";
import { describeSpeed, describeTotals } from "./upload-words.ts";

const order = { asking: 0, missing: 1, failed: 2, refused: 2, sending: 3, finishing: 3, hashing: 3, announcing: 3 };
const rankOf = (phase: string): number => order[phase as keyof typeof order] ?? (phase === "waiting" ? 4 : 5);

const foldAfterMs = 5000;

/** The docked queue: what needs a person first, then what is under way, then the rest. */
export const UploadPanel = ({ queue, uploads }: { queue: UploadQueue; uploads: UploadSnapshot }) => {
  const { items, totals, speed, isKept } = uploads;
  const [isOpen, setOpen] = useState(true);
  const [isDeciding, setDeciding] = useState(false);
  const asking = useMemo(() => items.filter((item) => item.phase === "asking"), [items]);
  const sorted = useMemo(() => [...items].sort((a, b) => rankOf(a.phase) - rankOf(b.phase)), [items]);
  const isBusy = totals.pending > 0;

  // The first question of a batch is put before the person once; later ones wait in the dock.
  const hasQuestion = asking.length > 0 && !isBusy;
  useEffect(() => {
    if (hasQuestion) setDeciding(true);
  }, [hasQuestion]);
  // Leaving asks only when something would really be lost.
  const mustAsk = isBusy && !isKept;
  useEffect(() => {
    if (!mustAsk) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [mustAsk]);

  // Once all went well there is nothing to read any more, so it gets out of the way.
  const isAllWell = !isBusy && totals.files === totals.done;
  useEffect(() => {
    if (!isAllWell) return setOpen(true);
    const timer = setTimeout(() => setOpen(false), foldAfterMs);
    return () => clearTimeout(timer);
  }, [isAllWell]);

  const fraction = totals.totalBytes === 0 ? 1 : totals.sentBytes / totals.totalBytes;
  const isIdle = totals.pending + totals.paused + totals.asking + totals.missing === 0;
  return (
    <section
      aria-label="Uploads"
      className="fixed inset-x-3 bottom-3 z-40 overflow-hidden rounded-xl border bg-popover text-popover-foreground shadow-lg sm:right-auto sm:w-104 lg:left-60"
    >
      <header className="flex items-center gap-1 border-b py-1.5 pr-1.5 pl-3">
        <div className="min-w-0 flex-1" role="status">
          <p className="truncate font-medium text-sm">{describeTotals(totals)}</p>
        </div>
        <span className="shrink-0 text-2xs text-muted-foreground tabular-nums">{describeSpeed(speed)}</span>
        {isBusy ? (
          <Button variant="ghost" size="icon-sm" aria-label="Pause all" title="Pause all" onClick={() => queue.pause()}>
            <Pause aria-hidden />
          </Button>
        ) : null}
        {totals.paused > 0 ? (
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label="Resume all"
            title="Resume all"
            onClick={() => queue.resume()}
          >
            <Play aria-hidden />
          </Button>
        ) : null}
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={isOpen ? "Fold uploads" : "Unfold uploads"}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? <ChevronDown aria-hidden /> : <ChevronUp aria-hidden />}
        </Button>
        {isIdle ? (
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label="Close uploads"
            onClick={() => {
              queue.cancel();
              queue.clearFinished();
            }}
          >
            <X aria-hidden />
          </Button>
        ) : null}
      </header>
      {isBusy || totals.paused > 0 ? (
        <Progress value={fraction} label="All uploads" className="h-1 rounded-none" />
      ) : null}
      {asking.length > 0 ? (
        <div className="flex items-center justify-between gap-2 border-b bg-warning-soft px-3 py-2 text-sm">
          <span>
            {formatPlural(asking.length, "file")} {asking.length === 1 ? "is" : "are"} perhaps here already
          </span>
          <Button size="sm" onClick={() => setDeciding(true)}>
            Decide
          </Button>
        </div>
      ) : null}
      {isOpen ? (
        <>
          <UploadList items={sorted} queue={queue} />
          <footer className="flex flex-wrap items-center gap-1.5 border-t p-1.5">
            {totals.canRetry ? (
              <Button size="sm" onClick={() => queue.retry()}>
                <RotateCw aria-hidden /> Retry failed
              </Button>
            ) : null}
            {totals.done + totals.refused > 0 ? (
              <Button size="sm" variant="ghost" onClick={() => queue.clearFinished()}>
                Clear finished
              </Button>
            ) : null}
            {isIdle ? null : (
              <Button size="sm" variant="ghost" onClick={() => queue.cancel()}>
                Cancel all
              </Button>
            )}
            {isBusy ? (
              <span className="ml-auto pr-1.5 text-2xs text-muted-foreground">
                {isKept ? "Goes on after a reload" : "Keep this tab open"}
              </span>
            ) : null}
          </footer>
        </>
      ) : null}
      <DuplicatesDialog open={isDeciding} onOpenChange={setDeciding} items={asking} queue={queue} />
    </section>
  );
};

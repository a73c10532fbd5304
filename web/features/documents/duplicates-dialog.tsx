"use client";
import Link from "next/link";
import { formatPlural } from "../../lib/format.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "../../ui/dialog.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import type { DuplicateChoice, UploadItem } from "./upload-item.ts";
import type { UploadQueue } from "./upload-queue.ts";

const choices: readonly { value: DuplicateChoice; label: string; hint: string }[] = [
  { value: "skip", label: "Skip", hint: "Keep what is here and send nothing" },
  { value: "version", label: "New version", hint: "It replaces what is here; the old version can be made live again" },
  { value: "separate", label: "Separate", hint: "Keep both as documents of their own" },
];
const shownMax = 100;

/** Asks what to do with files that are here already, for each or for all. */
export const DuplicatesDialog = ({
  open,
  onOpenChange,
  items,
  queue,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  items: readonly UploadItem[];
  queue: UploadQueue;
}) => {
  const choose = (ids: readonly string[], choice: DuplicateChoice) => {
    queue.choose(ids, choice);
    if (ids.length >= items.length) onOpenChange(false);
  };
  return (
    <Dialog open={open && items.length > 0} onOpenChange={onOpenChange}>
      <DialogContent
        className="max-w-2xl"
        title={`${formatPlural(items.length, "file")} may be here already`}
        description="The same bytes, or the same name in the same folder, were found. Nothing is sent until you decide."
      >
        <DialogBody>
          <ul className="divide-y">
            {items.slice(0, shownMax).map((item) => (
              <li key={item.id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-2.5">
                <div className="min-w-0 flex-1 basis-64">
                  <p className="truncate font-medium text-sm">
                    {item.path ? <span className="text-muted-foreground">{item.path}/</span> : null}
                    {item.name}
                  </p>
                  {item.matches?.slice(0, 2).map((match) => (
                    <p key={match.documentId} className="truncate text-muted-foreground text-xs">
                      {match.reason === "same-bytes" ? "Same bytes as " : "Same name as "}
                      <Link
                        href={`/documents/${match.documentId}`}
                        prefetch={false}
                        target="_blank"
                        className="text-link underline"
                      >
                        {match.path ? `${match.path}/` : ""}
                        {match.name}
                      </Link>
                      , changed <RelativeTime at={match.updatedAt} />
                    </p>
                  ))}
                </div>
                <div className="flex gap-1.5">
                  {choices.map((choice) => (
                    <Button
                      key={choice.value}
                      size="sm"
                      title={choice.hint}
                      aria-label={`${choice.label}: ${item.name}`}
                      onClick={() => choose([item.id], choice.value)}
                    >
                      {choice.label}
                    </Button>
                  ))}
                </div>
              </li>
            ))}
          </ul>
          {items.length > shownMax ? (
            <p className="py-2 text-muted-foreground text-xs">and {items.length - shownMax} more</p>
          ) : null}
        </DialogBody>
        {items.length > 1 ? (
          <DialogFooter className="justify-between border-t pt-3">
            <span className="text-muted-foreground text-sm">For all {items.length}</span>
            <span className="flex flex-wrap gap-1.5">
              {choices.map((choice) => (
                <Button
                  key={choice.value}
                  variant={choice.value === "skip" ? "primary" : "secondary"}
                  title={choice.hint}
                  onClick={() =>
                    choose(
                      items.map((item) => item.id),
                      choice.value,
                    )
                  }
                >
                  {choice.label} all
                </Button>
              ))}
            </span>
          </DialogFooter>
        ) : null}
      </DialogContent>
    </Dialog>
  );
};

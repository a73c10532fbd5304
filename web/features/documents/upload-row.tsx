"use client";
import { kindOfName } from "@samla/contracts/plain";
import { CircleAlert, CircleCheck, CircleSlash, FileQuestion, Pause, Play, RotateCw, X } from "lucide-react";
import Link from "next/link";
import { memo, type ReactNode } from "react";
import { kindIcon } from "../../lib/kinds.ts";
import { Button } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { Progress } from "../../ui/progress.tsx";
import { isActive, type UploadItem, uploadActions } from "./upload-item.ts";
import type { UploadQueue } from "./upload-queue.ts";
import { describeUpload } from "./upload-words.ts";

const Mark = ({ item }: { item: UploadItem }) => {
  if (item.phase === "sent" || item.phase === "stored")
    return <CircleCheck className="size-4 text-success" aria-hidden />;
  if (item.phase === "failed" || item.phase === "refused")
    return <CircleAlert className="size-4 text-destructive" aria-hidden />;
  if (item.phase === "asking" || item.phase === "missing")
    return <FileQuestion className="size-4 text-warning" aria-hidden />;
  if (item.phase === "cancelled" || item.phase === "skipped")
    return <CircleSlash className="size-4 text-muted-foreground" aria-hidden />;
  const Icon = kindIcon(kindOfName(item.name));
  return <Icon className="size-4 text-muted-foreground" aria-hidden />;
};

/** One file of the queue with what can be done about it. */
export const UploadRow = memo(({ item, queue }: { item: UploadItem; queue: UploadQueue }) => {
  const actions = uploadActions(item);
  const ids = [item.id];
  const isBad = item.phase === "failed" || item.phase === "refused";
  const words = describeUpload(item);
  return (
    <div className="flex h-full items-center gap-2.5 px-3">
      <Mark item={item} />
      <div className="min-w-0 flex-1">
        <div className="flex items-baseline gap-1.5">
          <span className="truncate text-sm" title={item.path ? `${item.path}/${item.name}` : item.name}>
            {item.documentId && (item.phase === "sent" || item.phase === "stored") ? (
              <Link href={`/documents/${item.documentId}`} prefetch={false} className="hover:underline">
                {item.name}
              </Link>
            ) : (
              item.name
            )}
          </span>
          {item.path ? <span className="truncate text-2xs text-muted-foreground">{item.path}</span> : null}
        </div>
        <div
          className={cn("truncate text-2xs tabular-nums", isBad ? "text-destructive" : "text-muted-foreground")}
          title={[item.problem?.title, words, item.problem?.nextStep].filter(Boolean).join(" ")}
        >
          {words}
        </div>
        {isActive(item) || (item.paused && item.sentBytes > 0) ? (
          <Progress
            label={`Upload of ${item.name}`}
            value={item.phase === "hashing" ? undefined : item.sizeBytes === 0 ? 1 : item.sentBytes / item.sizeBytes}
            className="mt-0.5 h-1"
          />
        ) : null}
      </div>
      <div className="flex shrink-0">
        {actions.pause ? (
          <RowButton label={`Pause ${item.name}`} onClick={() => queue.pause(ids)}>
            <Pause aria-hidden />
          </RowButton>
        ) : null}
        {actions.resume ? (
          <RowButton label={`Resume ${item.name}`} onClick={() => queue.resume(ids)}>
            <Play aria-hidden />
          </RowButton>
        ) : null}
        {actions.retry ? (
          <RowButton label={`Retry ${item.name}`} onClick={() => queue.retry(ids)}>
            <RotateCw aria-hidden />
          </RowButton>
        ) : null}
        {actions.cancel ? (
          <RowButton label={`Cancel ${item.name}`} onClick={() => queue.cancel(ids)}>
            <X aria-hidden />
          </RowButton>
        ) : null}
      </div>
    </div>
  );
});
UploadRow.displayName = "UploadRow";

const RowButton = ({ label, onClick, children }: { label: string; onClick: () => void; children: ReactNode }) => (
  <Button variant="ghost" size="icon-sm" aria-label={label} title={label} onClick={onClick}>
    {children}
  </Button>
);

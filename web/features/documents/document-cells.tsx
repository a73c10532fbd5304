import type { Document } from "@samla/contracts";
import { formatBytes, isInProgress } from "@samla/contracts/plain";
import { Circle, CircleAlert, CircleCheck, CircleSlash, LoaderCircle, LockKeyhole } from "lucide-react";
import Link from "next/link";
import { formatCount } from "../../lib/format.ts";
import { kindIcon, kindLabel } from "../../lib/kinds.ts";
import { Badge } from "../../ui/badge.tsx";
import { cn } from "../../ui/cn.ts";
import { Progress } from "../../ui/progress.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { statusDetail, statusLabel, statusTone } from "./labels.ts";

export const StatusIcon = ({ status }: { status: Document["status"] }) => {
  if (status === "ready") return <CircleCheck aria-hidden />;
  if (status === "failed") return <CircleAlert aria-hidden />;
  if (status === "cancelled") return <CircleSlash aria-hidden />;
  if (status === "queued") return <Circle aria-hidden />;
  return <LoaderCircle className="animate-spin" aria-hidden />;
};

export const StatusBadge = ({ status }: { status: Document["status"] }) => (
  <Badge tone={statusTone(status)}>
    <StatusIcon status={status} />
    {statusLabel(status)}
  </Badge>
);

export const StatusCell = ({ document }: { document: Document }) => {
  const detail = statusDetail(document);
  const hasVectorsToCome = document.status === "ready" && document.vectors < document.passages;
  return (
    <div className="grid min-w-0 gap-0.5">
      <div>
        <StatusBadge status={document.status} />
      </div>
      {detail ? (
        <div
          className={cn("text-2xs text-muted-foreground", document.failure ? "line-clamp-2 leading-tight" : "truncate")}
          title={document.failure ? `${detail}. ${document.failure.detail}` : detail}
        >
          {detail}
        </div>
      ) : null}
      {hasVectorsToCome ? (
        <Progress value={document.vectors / document.passages} label={`Vectors of ${document.name}`} className="h-1" />
      ) : null}
    </div>
  );
};

/** Name over folder, with a lock where only some may read. The link is real, so it opens in a new tab as links do. */
export const NameCell = ({ document, showsReaders }: { document: Document; showsReaders: boolean }) => {
  const Icon = kindIcon(document.kind);
  return (
    <div className="flex min-w-0 items-center gap-2.5">
      <Icon className="size-4 shrink-0 text-muted-foreground" aria-hidden />
      <div className="min-w-0">
        <div className="flex min-w-0 items-center gap-1.5">
          <Link
            href={`/documents/${document.id}`}
            prefetch={false}
            tabIndex={-1}
            title={document.title ? `${document.name}\n${document.title}` : document.name}
            className="block truncate font-medium text-foreground hover:underline"
          >
            {document.name}
          </Link>
          {showsReaders && document.readers ? (
            <span title={`Only for ${document.readers.join(", ")}`} className="inline-flex shrink-0 text-warning">
              <LockKeyhole className="size-3.5" aria-label={`Only for ${document.readers.join(", ")}`} role="img" />
            </span>
          ) : null}
        </div>
        {document.path ? (
          <div className="truncate text-2xs text-muted-foreground" title={document.path}>
            {document.path}
          </div>
        ) : null}
      </div>
    </div>
  );
};

export const TagsCell = ({ tags }: { tags: readonly string[] }) => (
  <div className="flex min-w-0 items-center gap-1 overflow-hidden" title={tags.join(", ")}>
    {tags.slice(0, 2).map((tag) => (
      <button
        key={tag}
        type="button"
        tabIndex={-1}
        data-tag={tag}
        aria-label={`Show only what is tagged ${tag}`}
        className="min-w-0 rounded-sm hover:opacity-80"
      >
        <Badge tone="outline" className="max-w-24">
          <span className="truncate">{tag}</span>
        </Badge>
      </button>
    ))}
    {tags.length > 2 ? <span className="text-2xs text-muted-foreground">+{tags.length - 2}</span> : null}
  </div>
);

export const KindCell = ({ document }: { document: Document }) => (
  <span className="truncate text-muted-foreground">{document.kind ? kindLabel(document.kind) : ""}</span>
);
export const SizeCell = ({ document }: { document: Document }) => (
  <span className="text-muted-foreground tabular-nums">{formatBytes(document.sizeBytes)}</span>
);
export const PassagesCell = ({ document }: { document: Document }) => (
  <span className="text-muted-foreground tabular-nums">
    {document.passages === 0 && isInProgress(document.status) ? "" : formatCount(document.passages)}
  </span>
);

/** When it changed; in the deleted view until when it can be restored. */
export const UpdatedCell = ({ document }: { document: Document }) =>
  document.deletedAt && document.purgeAt ? (
    <span className="grid text-2xs text-muted-foreground">
      <span>
        Deleted <RelativeTime at={document.deletedAt} />
      </span>
      <span>
        Purged <RelativeTime at={document.purgeAt} />
      </span>
    </span>
  ) : (
    <RelativeTime at={document.updatedAt} className="truncate text-muted-foreground" />
  );

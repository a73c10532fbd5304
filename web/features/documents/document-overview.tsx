"use client";
import type { Document, Version } from "@samla/contracts";
import { formatBytes } from "@samla/contracts/plain";
import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { formatCount } from "../../lib/format.ts";
import { kindLabel } from "../../lib/kinds.ts";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { Progress } from "../../ui/progress.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { FailureCard } from "./failure-card.tsx";
import { StepTimeline } from "./step-timeline.tsx";

/** What became of the newest version, step by step, and what is known of it. */
export const DocumentOverview = ({
  document,
  head,
  onRetry,
  isRetrying,
  onShare,
  replace,
}: {
  document: Document;
  head: Version | undefined;
  onRetry?: () => void;
  isRetrying: boolean;
  /** Opens the window for its readers, for those who may change them; others are told nothing of it. */
  onShare?: () => void;
  /** Offers to upload another file instead, where that is the way out. */
  replace?: ReactNode;
}) => (
  <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
    <div className="grid min-w-0 gap-5">
      {document.status === "failed" && document.failure ? (
        <FailureCard
          failure={document.failure}
          onRetry={document.failure.retryable ? onRetry : undefined}
          isRetrying={isRetrying}
          actions={replace}
        />
      ) : null}
      {head?.warnings.length ? (
        <section aria-label="Warnings" className="rounded-lg border border-warning bg-warning-soft p-4 text-sm">
          <h2 className="flex items-center gap-2 font-medium">
            <TriangleAlert className="size-4 text-warning" aria-hidden /> What a reader should know
          </h2>
          <ul className="mt-1.5 list-disc pl-6">
            {head.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </section>
      ) : null}
      <section aria-label="Processing">
        <h2 className="pb-1 font-semibold">Processing{head ? ` of version ${head.number}` : ""}</h2>
        {head ? <StepTimeline version={head} /> : <Skeleton className="h-48 w-full" />}
        {head && document.status === "ready" && document.vectors < document.passages ? (
          <Progress value={document.vectors / document.passages} label="Vectors made" className="mt-2" />
        ) : null}
      </section>
    </div>
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-2 rounded-lg border bg-card p-4 text-sm">
      <Fact label="Document">
        <CopyableId id={document.id} label="document id" className="-ml-1" />
      </Fact>
      <Fact label="Version">
        <CopyableId id={document.headVersionId} label="version id" className="-ml-1" />
      </Fact>
      {document.title ? <Fact label="Title">{document.title}</Fact> : null}
      <Fact label="Kind">{kindLabel(document.kind)}</Fact>
      <Fact label="Size">{formatBytes(document.sizeBytes)}</Fact>
      {document.pages > 0 ? (
        <Fact label="Pages">
          {formatCount(document.pages)}
          {head?.ocrPages ? `, ${formatCount(head.ocrPages)} by OCR` : ""}
        </Fact>
      ) : null}
      {head?.characters ? <Fact label="Characters">{formatCount(head.characters)}</Fact> : null}
      <Fact label="Passages">{formatCount(document.passages)}</Fact>
      <Fact label="Vectors">{formatCount(document.vectors)}</Fact>
      {document.language ? <Fact label="Language">{document.language}</Fact> : null}
      {onShare ? (
        <Fact label="Readers">
          {document.readers ? document.readers.join(", ") : "those of the index"}{" "}
          <button type="button" onClick={onShare} className="whitespace-nowrap text-link hover:underline">
            Change
          </button>
        </Fact>
      ) : null}
      <Fact label="Created">
        <RelativeTime at={document.createdAt} /> by {document.createdBy}
      </Fact>
      <Fact label="Changed">
        <RelativeTime at={document.updatedAt} />
      </Fact>
    </dl>
  </div>
);

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <>
    <dt className="text-muted-foreground">{label}</dt>
    <dd className="min-w-0 break-words">{children}</dd>
  </>
);

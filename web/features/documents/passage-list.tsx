"use client";
import type { Document } from "@samla/contracts";
import { isInProgress } from "@samla/contracts/plain";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ArrowUpRight, ChevronRight } from "lucide-react";
import Link from "next/link";
import { formatCount } from "../../lib/format.ts";
import { viewPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { passagesOptions } from "./queries.ts";

/** What searches find of a document, in order; each leads to its place in the source. */
export const PassageList = ({ document }: { document: Document }) => {
  const passages = useInfiniteQuery(passagesOptions(document.id, undefined));
  if (document.passages === 0 && document.liveVersionId === undefined)
    return isInProgress(document.status) ? (
      <EmptyState title="No passages yet">They appear here once the document has been read and indexed.</EmptyState>
    ) : (
      <EmptyState title="No passages">
        {document.status === "failed"
          ? "The document could not be read; the overview says why and what to do."
          : "The document has not been read."}
      </EmptyState>
    );
  if (passages.isPending)
    return (
      <LoadingRegion label="Loading passages" className="grid gap-3">
        <Skeleton className="h-24 w-full" />
        <Skeleton className="h-24 w-full" />
      </LoadingRegion>
    );
  if (passages.isError && !passages.data)
    return <QueryError error={passages.error} onRetry={() => void passages.refetch()} retrying={passages.isFetching} />;
  const total = passages.data.pages[0]?.total ?? 0;
  const items = passages.data.pages.flatMap((page) => page.items);
  if (items.length === 0)
    return <EmptyState title="No passages">This version has no text that can be found.</EmptyState>;
  return (
    <div className="grid gap-3">
      <p className="text-muted-foreground text-sm">
        {formatCount(items.length)} of {formatCount(total)} passages
      </p>
      <ol className="grid gap-3">
        {items.map((passage) => (
          <li key={passage.id} className="rounded-lg border bg-card p-4">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1 pb-2 text-muted-foreground text-xs">
              <span className="font-medium text-foreground tabular-nums">{passage.n + 1}</span>
              {passage.page ? <span>page {passage.page}</span> : null}
              {passage.headingPath.length > 0 ? (
                <span className="flex min-w-0 flex-wrap items-center">
                  {passage.headingPath.map((heading, n) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: the same heading may occur twice in a path
                    <span key={n} className="flex min-w-0 items-center">
                      {n > 0 ? <ChevronRight className="size-3 shrink-0" aria-hidden /> : null}
                      <span className="truncate">{heading}</span>
                    </span>
                  ))}
                </span>
              ) : null}
              <span className="ml-auto flex items-center gap-2">
                <CopyableId id={passage.id} label="passage id" />
                <Link
                  href={viewPath(document.id, { version: passage.versionId, passage: passage.id })}
                  prefetch={false}
                  className="inline-flex items-center gap-0.5 text-link hover:underline"
                >
                  In the source <ArrowUpRight className="size-3" aria-hidden />
                </Link>
              </span>
            </div>
            <p className="line-clamp-6 whitespace-pre-wrap break-words text-sm">{passage.text}</p>
          </li>
        ))}
      </ol>
      {passages.hasNextPage ? (
        <Button
          className="justify-self-center"
          busy={passages.isFetchingNextPage}
          onClick={() => void passages.fetchNextPage()}
        >
          Show more
        </Button>
      ) : null}
    </div>
  );
};

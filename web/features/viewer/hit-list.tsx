"use client";
import type { DocumentKind, Passage, SearchHit } from "@samla/contracts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { SearchX } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import type { z } from "zod";
import { placeOf } from "../../lib/kinds.ts";
import { MarkedText } from "../../lib/marked-text.tsx";
import { QueryError } from "../../lib/query-error.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { passagesQueryOptions } from "./queries.ts";
import type { Source } from "./use-source.ts";

type PassageItem = z.infer<typeof Passage>;

const snippetLength = 160;
const placeholders = ["a", "b", "c", "d"];

const Entry = ({
  headingPath,
  place,
  current,
  onSelect,
  children,
}: {
  headingPath: readonly string[];
  place: string | undefined;
  current: boolean;
  onSelect: () => void;
  children: ReactNode;
}) => (
  <button
    type="button"
    aria-current={current ? "true" : undefined}
    onClick={onSelect}
    className="block w-full border-transparent border-b border-l-2 border-b-border px-3 py-2 text-left transition-colors hover:bg-accent focus-visible:outline-offset-[-2px] aria-[current]:border-l-primary aria-[current]:bg-primary-soft"
  >
    {headingPath.length > 0 || place ? (
      <span className="mb-0.5 flex gap-2 text-muted-foreground text-xs">
        <span className="min-w-0 flex-1 truncate">{headingPath.at(-1) ?? ""}</span>
        {place ? <span className="shrink-0 tabular-nums">{place}</span> : null}
      </span>
    ) : null}
    <span className="line-clamp-3 break-words text-sm">{children}</span>
  </button>
);

/** The hits of the words within the document. */
export const HitList = ({ source, onSelect }: { source: Source; onSelect: (hit: SearchHit) => void }) => {
  const list = useRef<HTMLDivElement>(null);
  const shown = source.passageNumber;
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the passage shown
  useEffect(() => {
    list.current?.querySelector("[aria-current=true]")?.scrollIntoView({ block: "center" });
  }, [shown, source.hits.length]);
  if (source.searching) return <EntrySkeletons label="Searching in this document" />;
  if (source.hits.length === 0)
    return (
      <EmptyState icon={SearchX} title="No hits in this document" className="py-10">
        {source.isLive
          ? `Nothing in it matches “${source.q}”.`
          : "Only the live version of a document can be searched."}
      </EmptyState>
    );
  return (
    <div ref={list}>
      {source.hits.map((hit) => (
        <Entry
          key={hit.passageId}
          headingPath={hit.headingPath}
          place={placeOf(source.document.data?.kind, hit.page)}
          current={hit.n === shown}
          onSelect={() => onSelect(hit)}
        >
          <MarkedText text={hit.text} marks={hit.marks} start={hit.fragment.start} end={hit.fragment.end} />
        </Entry>
      ))}
    </div>
  );
};

/** All passages of the version in order; more are fetched as the list is scrolled. */
export const PassageEntries = ({ source, onSelect }: { source: Source; onSelect: (passage: PassageItem) => void }) => {
  const { document, versionId } = source;
  if (!document.data || !versionId) return <EntrySkeletons label="Loading passages" />;
  return (
    <LoadedPassages
      documentId={document.data.id}
      versionId={versionId}
      kind={document.data.kind}
      shown={source.passageNumber}
      onSelect={onSelect}
    />
  );
};

const LoadedPassages = ({
  documentId,
  versionId,
  kind,
  shown,
  onSelect,
}: {
  documentId: PassageItem["documentId"];
  versionId: PassageItem["versionId"];
  kind: DocumentKind | undefined;
  shown: number | undefined;
  onSelect: (passage: PassageItem) => void;
}) => {
  const passages = useInfiniteQuery(passagesQueryOptions(documentId, versionId));
  const items = passages.data?.pages.flatMap((page) => page.items) ?? [];
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 92,
    overscan: 6,
  });
  const virtual = rows.getVirtualItems();
  const last = virtual.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = passages;
  useEffect(() => {
    if (last >= items.length - 20 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [last, items.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (passages.isPending) return <EntrySkeletons label="Loading passages" />;
  if (passages.isError)
    return <QueryError error={passages.error} onRetry={() => void passages.refetch()} retrying={passages.isFetching} />;
  if (items.length === 0)
    return (
      <EmptyState title="No passages yet" className="py-10">
        They appear here once the document has been read.
      </EmptyState>
    );
  return (
    <div ref={scroller} className="h-full overflow-y-auto">
      <div className="relative" style={{ height: rows.getTotalSize() }}>
        {virtual.map((row) => {
          const passage = items[row.index];
          return passage ? (
            <div
              key={row.key}
              ref={rows.measureElement}
              data-index={row.index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${row.start}px)` }}
            >
              <Entry
                headingPath={passage.headingPath}
                place={placeOf(kind, passage.page)}
                current={passage.n === shown}
                onSelect={() => onSelect(passage)}
              >
                {passage.text.slice(0, snippetLength)}
                {passage.text.length > snippetLength ? " …" : null}
              </Entry>
            </div>
          ) : null;
        })}
      </div>
    </div>
  );
};

const EntrySkeletons = ({ label }: { label: string }) => (
  <LoadingRegion label={label} className="grid gap-4 p-3">
    {placeholders.map((key) => (
      <div key={key} className="grid gap-1.5">
        <Skeleton className="h-3 w-1/2" />
        <Skeleton className="h-9 w-full" />
      </div>
    ))}
  </LoadingRegion>
);

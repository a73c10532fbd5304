"use client";
import type { Document } from "@samla/contracts";
import { FileStack, FolderUp, SearchX, Trash2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { formatCount } from "../../lib/format.ts";
import { can, useMe } from "../../lib/me.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { PageBody, PageHeader } from "../../ui/page-header.tsx";
import { Select } from "../../ui/select.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { documentActions } from "./actions.ts";
import { DocumentGrid } from "./document-grid.tsx";
import { DropOverlay } from "./drop-overlay.tsx";
import { isNarrowed } from "./filter.ts";
import { FilterBar } from "./filter-bar.tsx";
import { matchingEndText } from "./matching.ts";
import { downloadDocument, type Refused, useBatchDocuments } from "./mutations.ts";
import type { RowAction } from "./row-menu-trigger.tsx";
import { emptySelection } from "./selection.ts";
import { UploadButton } from "./upload-button.tsx";
import { useUploads } from "./upload-hub.ts";
import { useAddFiles } from "./use-add-files.ts";
import { useDocumentList } from "./use-document-list.ts";
import { useDocumentFilter } from "./use-filter.ts";
import { usePageUploads } from "./use-page-uploads.ts";

const SelectionBar = dynamic(() => import("./selection-bar.tsx").then((module) => module.SelectionBar), { ssr: false });
const DocumentAccess = dynamic(() => import("./document-access.tsx").then((module) => module.DocumentAccess), {
  ssr: false,
});
const MatchingBar = dynamic(() => import("./matching-bar.tsx").then((module) => module.MatchingBar), { ssr: false });
const RefusedDialog = dynamic(() => import("./refused-dialog.tsx").then((module) => module.RefusedDialog), {
  ssr: false,
});
const TagDialog = dynamic(() => import("./tag-dialog.tsx").then((module) => module.TagDialog), { ssr: false });

/** The documents of an index: upload, watch, find, change many at once. `indexes` are those the person may read. */
export const DocumentsPanel = ({ indexes }: { indexes: readonly { slug: string; name: string }[] }) => {
  const router = useRouter();
  const { data: me } = useMe();
  const { filter, change } = useDocumentFilter(indexes[0]?.slug);
  const uploads = useUploads();
  const isUploading = (uploads?.totals.pending ?? 0) > 0;
  const { list, rows, counts } = useDocumentList(filter, isUploading);
  const [selection, setSelection] = useState(emptySelection);
  const [tagged, setTagged] = useState<Document>();
  const [shared, setShared] = useState<Document>();
  const [refused, setRefused] = useState<Refused>();
  const [isAllMatching, setAllMatching] = useState(false);
  const batch = useBatchDocuments(filter.index, setRefused);
  const mayWrite = can(me, "documents.write");
  const fileInput = useRef<HTMLInputElement>(null);
  const addFiles = useAddFiles(filter.index);
  const isOver = usePageUploads(mayWrite && filter.index !== "", addFiles, fileInput);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another list has another selection
  useEffect(() => {
    setSelection(emptySelection);
    setAllMatching(false);
  }, [filter]);

  const actionsOf = useCallback(
    (document: Document) => documentActions(document, (permission) => can(me, permission), Date.now()),
    [me],
  );
  const { mutate } = batch;
  const onAction = useCallback(
    (action: RowAction, document: Document) => {
      if (action === "download") void downloadDocument(document.id);
      else if (action === "tag") setTagged(document);
      else if (action === "access") setShared(document);
      else mutate({ action, documents: [document] });
    },
    [mutate],
  );
  const { fetchNextPage } = list;
  const loadMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const selected = useMemo(
    () => (selection.ids.size === 0 ? [] : rows.filter((row) => selection.ids.has(row.id))),
    [rows, selection],
  );
  const knownTags = useMemo(() => [...new Set(rows.slice(0, 2000).flatMap((row) => row.tags))].sort(), [rows]);
  const total = totalOf(counts, filter);
  const clearSelection = () => {
    setAllMatching(false);
    setSelection(emptySelection);
  };
  const name = indexes.find((one) => one.slug === filter.index)?.name ?? filter.index;

  return (
    <PageBody className="max-w-none pb-24">
      <PageHeader
        title="Documents"
        description="Everything that an index can find, and what became of each file."
        actions={
          <>
            <Select
              aria-label="Index"
              prefix="Index"
              placeholder={filter.index}
              value={filter.index}
              onValueChange={(index) => change({ index, status: null, tag: null, q: "", deleted: false })}
              options={indexes.map((one) => ({ value: one.slug, label: one.name }))}
              className="max-w-64"
            />
            {mayWrite ? (
              <UploadButton onFiles={(files, readers) => addFiles(files, { readers })} fileInput={fileInput} />
            ) : null}
          </>
        }
      />
      <FilterBar filter={filter} counts={counts} knownTags={knownTags} onChange={change} />
      {isAllMatching ? (
        <MatchingBar
          filter={filter}
          total={total}
          knownTags={knownTags}
          onEnd={(end) => batch.tell(end.input, end.outcome, matchingEndText(end))}
          onClear={clearSelection}
        />
      ) : null}
      {list.isPending ? (
        <ListSkeleton />
      ) : list.isError && rows.length === 0 ? (
        <QueryError error={list.error} onRetry={() => void list.refetch()} retrying={list.isFetching} />
      ) : rows.length === 0 && !list.hasNextPage ? (
        <NoRows
          indexName={name}
          isDeleted={filter.deleted}
          isNarrowed={isNarrowed(filter)}
          mayWrite={mayWrite}
          onReset={() => change({ status: null, kind: null, tag: null, q: "", deleted: false })}
          onChoose={() => fileInput.current?.click()}
        />
      ) : (
        <>
          {!isAllMatching && selected.length > 0 ? (
            <SelectionBar
              index={filter.index}
              documents={selected}
              knownTags={knownTags}
              onRefused={setRefused}
              selectMatching={
                selected.length > 1 && (list.hasNextPage || selected.length < rows.length)
                  ? { total, onSelect: () => setAllMatching(true) }
                  : undefined
              }
              onClear={clearSelection}
            />
          ) : null}
          <DocumentGrid
            rows={rows}
            total={total}
            filter={filter}
            selection={selection}
            canSelect={mayWrite}
            hasMore={list.hasNextPage}
            isLoadingMore={list.isFetchingNextPage || list.isFetchNextPageError}
            onLoadMore={loadMore}
            onSort={change}
            onSelect={(next) => {
              setAllMatching(false);
              setSelection(next);
            }}
            onOpen={(document) => router.push(`/documents/${document.id}`)}
            onTag={(tag) => change({ tag })}
            onDelete={(documents) => {
              if (documents.length === 0) return;
              setSelection(emptySelection);
              mutate({ action: "delete", documents });
            }}
            actionsOf={actionsOf}
            onAction={onAction}
          />
          <ListEnd
            loaded={rows.length}
            total={total}
            hasMore={list.hasNextPage}
            isError={list.isFetchNextPageError}
            onRetry={loadMore}
          />
        </>
      )}
      {tagged === undefined ? null : (
        <TagDialog
          open
          onOpenChange={(open) => (open ? undefined : setTagged(undefined))}
          documents={[rows.find((row) => row.id === tagged.id) ?? tagged]}
          knownTags={knownTags}
          onApply={(action, tags) => mutate({ action, documents: [tagged], tags })}
        />
      )}
      {shared === undefined ? null : (
        <DocumentAccess
          document={rows.find((row) => row.id === shared.id) ?? shared}
          onClose={() => setShared(undefined)}
        />
      )}
      {refused === undefined ? null : <RefusedDialog refused={refused} onClose={() => setRefused(undefined)} />}
      {isOver ? <DropOverlay indexName={name} /> : null}
    </PageBody>
  );
};

const totalOf = (
  counts: { total: number; deleted: number; byStatus: Partial<Record<Document["status"], number>> } | undefined,
  filter: Parameters<typeof isNarrowed>[0],
): number | undefined => {
  if (!counts || filter.kind || filter.tag || filter.q.trim() !== "") return undefined;
  if (filter.deleted) return counts.deleted;
  return filter.status ? (counts.byStatus[filter.status] ?? 0) : counts.total;
};

const ListSkeleton = () => (
  <LoadingRegion label="Loading documents" className="grid">
    {Array.from({ length: 12 }, (_, n) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move
      <div key={n} className="flex h-13 items-center gap-4 border-b px-2">
        <Skeleton className="size-4" />
        <Skeleton className="h-3.5 w-2/5" />
        <Skeleton className="ml-auto h-5 w-20" />
        <Skeleton className="hidden h-3.5 w-24 md:block" />
      </div>
    ))}
  </LoadingRegion>
);

const ListEnd = ({
  loaded,
  total,
  hasMore,
  isError,
  onRetry,
}: {
  loaded: number;
  total: number | undefined;
  hasMore: boolean;
  isError: boolean;
  onRetry: () => void;
}) => (
  <div
    className="flex min-h-12 items-center justify-center gap-3 py-3 text-muted-foreground text-xs"
    aria-live="polite"
  >
    {isError ? (
      <>
        The next rows could not be loaded.
        <Button size="sm" onClick={onRetry}>
          Try again
        </Button>
      </>
    ) : hasMore ? (
      `Loading more, ${formatCount(loaded)}${total === undefined ? "" : ` of ${formatCount(total)}`} so far…`
    ) : (
      `${formatCount(loaded)} shown, that is all`
    )}
  </div>
);

const NoRows = ({
  indexName,
  isDeleted,
  isNarrowed,
  mayWrite,
  onReset,
  onChoose,
}: {
  indexName: string;
  isDeleted: boolean;
  isNarrowed: boolean;
  mayWrite: boolean;
  onReset: () => void;
  onChoose: () => void;
}) => {
  if (isNarrowed)
    return (
      <EmptyState
        icon={SearchX}
        title="No document fits these filters"
        actions={<Button onClick={onReset}>Show all</Button>}
      >
        Names and folders are searched here. To search the text inside documents, press / on the Search page.
      </EmptyState>
    );
  if (isDeleted)
    return (
      <EmptyState icon={Trash2} title="Nothing is deleted" actions={<Button onClick={onReset}>Show all</Button>}>
        Deleted documents leave every search at once and wait here for 30 days, so that they can be restored.
      </EmptyState>
    );
  if (!mayWrite)
    return (
      <EmptyState icon={FileStack} title={`${indexName} is empty`}>
        Nothing has been uploaded yet. People with the editor role can add documents here.
      </EmptyState>
    );
  return (
    <div className="rounded-xl border-2 border-border-strong border-dashed">
      <EmptyState
        icon={FolderUp}
        title={`Drop files or a folder into ${indexName}`}
        actions={
          <Button variant="primary" onClick={onChoose}>
            Choose files
          </Button>
        }
      >
        PDF, Word, PowerPoint, Excel, OpenDocument, web pages, Markdown, e-mail, e-books, scans, tables, code. Folders
        keep their tree. Each file is read, cut into passages and can be found by its words within seconds; if one
        fails, its row says why and what to do.
      </EmptyState>
    </div>
  );
};

"use client";
import type { DocumentId } from "@samla/contracts";
import { passageIdText } from "@samla/contracts/plain";
import { ArrowLeft, FileX2, Info } from "lucide-react";
import Link from "next/link";
import { useCallback, useState } from "react";
import { kindIcon, kindLabel, placeOf } from "../../lib/kinds.ts";
import { searchPathFor } from "../../lib/last-search.ts";
import { documentPath, viewPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { oneOfParam, textParam, useUrlStates } from "../../lib/url-state.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Sheet, SheetContent } from "../../ui/sheet.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { zoomBy } from "./page-layout.ts";
import { SidePanel } from "./side-panel.tsx";
import { hasOriginalView, SourceStage } from "./source-stage.tsx";
import { type Source, useSource } from "./use-source.ts";
import { useViewerKeys } from "./use-viewer-keys.ts";
import { DownloadButton, HitStepper, PanelButton, RepresentationSwitch, ZoomButtons } from "./viewer-toolbar.tsx";

const parsers = {
  version: textParam,
  passage: textParam,
  q: textParam.withDefault(""),
  as: oneOfParam(["original", "text"]).withDefault("original"),
};

/** A document's source at a passage, with its hits to step through. The address says all of it, so it can be passed on. */
export const ViewerPanel = ({ documentId }: { documentId: DocumentId }) => {
  const [state, setState] = useUrlStates(parsers);
  const [zoom, setZoom] = useState(1);
  const [panel, setPanel] = useState(false);
  const source = useSource({
    documentId,
    version: state.version ?? undefined,
    passage: state.passage ?? undefined,
    q: state.q.trim(),
  });
  const { versionId } = source;
  const select = useCallback(
    (passageId: string) => {
      setPanel(false);
      setState({ passage: passageId });
    },
    [setState],
  );
  const step = useCallback(
    (n: number | undefined) => {
      if (n !== undefined && versionId) setState({ passage: passageIdText(versionId, n) });
    },
    [setState, versionId],
  );
  const { previous, next } = source.stops;
  const changeZoom = useCallback((direction: 1 | -1) => setZoom((former) => zoomBy(former, direction)), []);
  const toNext = useCallback(() => step(next), [step, next]);
  const toPrevious = useCallback(() => step(previous), [step, previous]);
  useViewerKeys({ onNext: toNext, onPrevious: toPrevious, onZoom: changeZoom });

  if (source.document.isError)
    return source.isUnknown ? (
      <EmptyState
        icon={FileX2}
        title="There is no such document"
        actions={
          <Button asChild>
            <Link href="/search">Back to search</Link>
          </Button>
        }
      >
        It may have been deleted, or it is not open to you.
      </EmptyState>
    ) : (
      <QueryError
        error={source.document.error}
        onRetry={() => void source.document.refetch()}
        retrying={source.document.isFetching}
      />
    );
  const document = source.document.data;
  const isDrawn = hasOriginalView(document?.kind) && state.as === "original";
  return (
    <div className="flex h-[calc(100dvh-3rem)] flex-col lg:h-dvh">
      <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-b bg-background px-3 py-1.5">
        <Button asChild variant="ghost" size="icon-sm">
          <Link href={searchPathFor(state.q)} aria-label="Back to search">
            <ArrowLeft aria-hidden />
          </Link>
        </Button>
        <ViewerTitle source={source} />
        <div className="flex items-center gap-1.5 max-md:order-last max-md:w-full max-md:justify-between">
          <HitStepper source={source} onStep={step} />
          {hasOriginalView(document?.kind) ? (
            <RepresentationSwitch value={state.as} onChange={(as) => setState({ as })} />
          ) : null}
          {isDrawn ? <ZoomButtons zoom={zoom} onZoom={changeZoom} /> : null}
        </div>
        <div className="flex items-center">
          {document && versionId ? <DownloadButton documentId={document.id} versionId={versionId} /> : null}
          <PanelButton onClick={() => setPanel(true)} />
        </div>
      </header>
      <Notices source={source} />
      <div className="flex min-h-0 flex-1">
        <div className="min-w-0 flex-1">
          <SourceStage source={source} representation={state.as} zoom={zoom} />
        </div>
        <aside aria-label="Hits and passages" className="hidden w-72 shrink-0 border-l bg-surface lg:block xl:w-80">
          <SidePanel source={source} onSelect={select} className="h-full" />
        </aside>
      </div>
      <Sheet open={panel} onOpenChange={setPanel}>
        <SheetContent title="Hits and passages">
          <SidePanel source={source} onSelect={select} className="h-full" />
        </SheetContent>
      </Sheet>
    </div>
  );
};

const ViewerTitle = ({ source }: { source: Source }) => {
  const document = source.document.data;
  const Icon = kindIcon(document?.kind);
  if (!document) return <Skeleton className="h-4 w-48" />;
  return (
    <div className="flex min-w-0 flex-1 basis-40 items-center gap-2">
      <Icon className="size-4 shrink-0 text-muted-foreground" role="img" aria-label={kindLabel(document.kind)} />
      <h1 className="min-w-0 truncate font-semibold text-sm">
        <Link href={documentPath(document.id)} className="hover:underline hover:underline-offset-4">
          {document.name}
        </Link>
      </h1>
      {source.passage?.page ? (
        <span className="shrink-0 whitespace-nowrap text-muted-foreground text-xs">
          {placeOf(document.kind, source.passage.page)}
        </span>
      ) : null}
    </div>
  );
};

const Notices = ({ source }: { source: Source }) => {
  const document = source.document.data;
  if (!document) return null;
  return (
    <>
      {source.isLive || !document.liveVersionId ? null : (
        <p role="status" className="flex items-center gap-2 border-b bg-info-soft px-4 py-1.5 text-info text-sm">
          <Info className="size-4 shrink-0" aria-hidden />
          <span>
            This is not the live version of the document, but the one that was linked.{" "}
            <Link className="font-medium underline underline-offset-4" href={viewPath(document.id, { q: source.q })}>
              See the live version
            </Link>
          </span>
        </p>
      )}
      {source.missingPassage ? (
        <p role="status" className="border-b bg-warning-soft px-4 py-1.5 text-sm text-warning">
          This version has no such passage any more. The document is shown from its beginning.
        </p>
      ) : null}
    </>
  );
};

"use client";
import type { Document, DocumentId, DocumentKind, VersionId } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { FileX2, Hourglass } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import type { ReactNode } from "react";
import { documentPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { extractionQueryOptions, sourceQueryOptions } from "./queries.ts";
import { TextSource } from "./text-source.tsx";
import type { Source } from "./use-source.ts";

const PdfSource = dynamic(() => import("./pdf-source.tsx").then((module) => module.PdfSource), { ssr: false });
const ImageSource = dynamic(() => import("./image-source.tsx").then((module) => module.ImageSource), { ssr: false });

export type Representation = "original" | "text";

/** Kinds that are shown as they are; all others as the text read out of them, which no browser can be hurt by. */
export const hasOriginalView = (kind: DocumentKind | undefined): boolean => kind === "pdf" || kind === "image";

/** The source itself, at the passage. */
export const SourceStage = ({
  source,
  representation,
  zoom,
}: {
  source: Source;
  representation: Representation;
  zoom: number;
}) => {
  const document = source.document.data;
  if (!document || !source.versionId) return <StageSkeleton />;
  if (source.shown.isError)
    return (
      <QueryError
        error={source.shown.error}
        onRetry={() => void source.shown.refetch()}
        retrying={source.shown.isFetching}
      />
    );
  const text = <TextStage documentId={document.id} versionId={source.versionId} source={source} />;
  if (representation === "text" || !hasOriginalView(document.kind)) return text;
  return (
    <OriginalStage
      documentId={document.id}
      versionId={source.versionId}
      source={source}
      zoom={zoom}
      fallback={
        <div className="flex h-full flex-col">
          <p role="status" className="border-b bg-info-soft px-4 py-1.5 text-info text-sm">
            This file cannot be drawn here. This is the text that was read out of it.
          </p>
          <div className="min-h-0 flex-1">{text}</div>
        </div>
      }
    />
  );
};

const OriginalStage = ({
  documentId,
  versionId,
  source,
  zoom,
  fallback,
}: {
  documentId: DocumentId;
  versionId: VersionId;
  source: Source;
  zoom: number;
  fallback: ReactNode;
}) => {
  const content = useQuery(sourceQueryOptions(documentId, versionId));
  if (content.isPending) return <StageSkeleton />;
  if (content.isError)
    return <QueryError error={content.error} onRetry={() => void content.refetch()} retrying={content.isFetching} />;
  const shared = {
    url: content.data.url,
    pages: source.pages,
    rects: source.rects,
    focusKey: `${versionId}:${source.passage?.n ?? ""}`,
    // The file is fetched at once, but drawn when the place is known, so that nothing jumps.
    isPlaced: source.isPlaced,
    zoom,
    fallback,
  };
  return content.data.kind === "image" ? (
    <ImageSource {...shared} name={content.data.name} />
  ) : (
    <PdfSource {...shared} focusPage={source.passage?.page} />
  );
};

const TextStage = ({
  documentId,
  versionId,
  source,
}: {
  documentId: DocumentId;
  versionId: VersionId;
  source: Source;
}) => {
  const document = source.document.data;
  const isNewest = document?.headVersionId === versionId;
  const unread = isNewest && document && document.status !== "ready" && document.liveVersionId !== versionId;
  const extraction = useQuery({ ...extractionQueryOptions(documentId, versionId), enabled: !unread });
  if (unread) return <UnreadStage document={document} />;
  if (extraction.isPending) return <StageSkeleton />;
  if (extraction.isError)
    return (
      <QueryError error={extraction.error} onRetry={() => void extraction.refetch()} retrying={extraction.isFetching} />
    );
  if (extraction.data.blocks.length === 0)
    return (
      <EmptyState icon={FileX2} title="There is no text in this file">
        The file was stored, but nothing could be read out of it.
      </EmptyState>
    );
  return <TextSource extraction={extraction.data} highlight={source.highlight} />;
};

/** A version without text: still being read, or not readable, with the reason. */
const UnreadStage = ({ document }: { document: Document }) =>
  document.failure ? (
    <ErrorState
      title={document.failure.title}
      detail={document.failure.detail}
      nextStep={document.failure.nextStep}
      actions={
        <Button asChild>
          <Link href={documentPath(document.id)}>See its steps</Link>
        </Button>
      }
    />
  ) : (
    <EmptyState
      icon={Hourglass}
      title={document.status === "cancelled" ? "Reading this file was cancelled" : "This file is being read"}
      actions={
        <Button asChild>
          <Link href={documentPath(document.id)}>See its steps</Link>
        </Button>
      }
    >
      {document.status === "cancelled"
        ? "It can be read again from its page."
        : "Its text appears here, and in searches, as soon as it is ready."}
    </EmptyState>
  );

const lines = ["w-2/5", "w-full", "w-11/12", "w-3/4", "w-1/3", "w-5/6", "w-10/12", "w-1/2"];

export const StageSkeleton = () => (
  <LoadingRegion label="Loading the source" className="mx-auto grid max-w-[52rem] content-start gap-3 px-8 py-8">
    {lines.map((width) => (
      <Skeleton key={width} className={`h-4 ${width}`} />
    ))}
  </LoadingRegion>
);

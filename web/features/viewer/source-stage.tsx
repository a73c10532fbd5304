"use client";
import type { DocumentId, DocumentKind, VersionId } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { FileX2 } from "lucide-react";
import dynamic from "next/dynamic";
import type { ReactNode } from "react";
import { QueryError } from "../../lib/query-error.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
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
    <OriginalStage documentId={document.id} versionId={source.versionId} source={source} zoom={zoom} fallback={text} />
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
  const extraction = useQuery(extractionQueryOptions(documentId, versionId));
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

const lines = ["w-2/5", "w-full", "w-11/12", "w-3/4", "w-1/3", "w-5/6", "w-10/12", "w-1/2"];

export const StageSkeleton = () => (
  <LoadingRegion label="Loading the source" className="mx-auto grid max-w-[52rem] content-start gap-3 px-8 py-8">
    {lines.map((width) => (
      <Skeleton key={width} className={`h-4 ${width}`} />
    ))}
  </LoadingRegion>
);

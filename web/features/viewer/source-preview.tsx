"use client";
import type { DocumentId } from "@samla/contracts";
import { useState } from "react";
import { cn } from "../../ui/cn.ts";
import { zoomBy } from "./page-layout.ts";
import { hasOriginalView, type Representation, SourceStage } from "./source-stage.tsx";
import { useSource } from "./use-source.ts";
import { DownloadButton, RepresentationSwitch, ZoomButtons } from "./viewer-toolbar.tsx";

/**
 * A document's source in a frame of its own, for other pages. Shows the live version unless one is named, at the passage
 * if one is named. Give it a height by `className`.
 */
export const SourcePreview = ({
  documentId,
  versionId,
  passageId,
  className,
}: {
  documentId: DocumentId;
  versionId?: string;
  passageId?: string;
  className?: string;
}) => {
  const source = useSource({ documentId, version: versionId, passage: passageId, q: "" });
  const [representation, setRepresentation] = useState<Representation>("original");
  const [zoom, setZoom] = useState(1);
  const kind = source.document.data?.kind;
  const isDrawn = hasOriginalView(kind) && representation === "original";
  return (
    <div className={cn("flex h-[70dvh] flex-col overflow-hidden rounded-lg border bg-background", className)}>
      <div className="flex h-10 shrink-0 items-center justify-end gap-1.5 border-b bg-surface px-2">
        {hasOriginalView(kind) ? <RepresentationSwitch value={representation} onChange={setRepresentation} /> : null}
        {isDrawn ? <ZoomButtons zoom={zoom} onZoom={(direction) => setZoom(zoomBy(zoom, direction))} /> : null}
        {source.versionId ? <DownloadButton documentId={documentId} versionId={source.versionId} /> : null}
      </div>
      <div className="min-h-0 flex-1">
        <SourceStage source={source} representation={representation} zoom={zoom} />
      </div>
    </div>
  );
};

"use client";
import type { DocumentId, VersionId } from "@samla/contracts";
import { useMutation } from "@tanstack/react-query";
import { ChevronDown, ChevronUp, Download, ListTree, ZoomIn, ZoomOut } from "lucide-react";
import { callApi } from "../../lib/api.ts";
import { formatCount } from "../../lib/format.ts";
import { toastError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { Tooltip } from "../../ui/tooltip.tsx";
import { zoomSteps } from "./page-layout.ts";
import type { Representation } from "./source-stage.tsx";
import type { Source } from "./use-source.ts";

/** Previous and next hit, with where one is among them. */
export const HitStepper = ({ source, onStep }: { source: Source; onStep: (n: number | undefined) => void }) => {
  const { position, count, previous, next } = source.stops;
  if (!source.q || count === 0) return null;
  return (
    <div className="flex items-center gap-0.5">
      <span aria-live="polite" className="mr-1 whitespace-nowrap text-muted-foreground text-xs tabular-nums">
        {position ? `hit ${formatCount(position)} of ${formatCount(count)}` : `${formatCount(count)} hits`}
      </span>
      <Tooltip content="Previous hit (p)">
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label="Previous hit"
          disabled={previous === undefined}
          onClick={() => onStep(previous)}
        >
          <ChevronUp aria-hidden />
        </Button>
      </Tooltip>
      <Tooltip content="Next hit (n)">
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label="Next hit"
          disabled={next === undefined}
          onClick={() => onStep(next)}
        >
          <ChevronDown aria-hidden />
        </Button>
      </Tooltip>
    </div>
  );
};

export const ZoomButtons = ({ zoom, onZoom }: { zoom: number; onZoom: (direction: 1 | -1) => void }) => (
  <div className="flex items-center">
    <Button
      variant="ghost"
      size="icon-sm"
      aria-label="Zoom out"
      disabled={zoom <= zoomSteps[0]}
      onClick={() => onZoom(-1)}
    >
      <ZoomOut aria-hidden />
    </Button>
    <span className="w-10 text-center text-muted-foreground text-xs tabular-nums">{Math.round(zoom * 100)} %</span>
    <Button
      variant="ghost"
      size="icon-sm"
      aria-label="Zoom in"
      disabled={zoom >= (zoomSteps.at(-1) ?? 1)}
      onClick={() => onZoom(1)}
    >
      <ZoomIn aria-hidden />
    </Button>
  </div>
);

const representations: { value: Representation; label: string }[] = [
  { value: "original", label: "Original" },
  { value: "text", label: "Text" },
];

export const RepresentationSwitch = ({
  value,
  onChange,
}: {
  value: Representation;
  onChange: (value: Representation) => void;
}) => (
  <fieldset className="flex rounded-md border border-border-strong bg-card p-0.5 shadow-xs">
    <legend className="sr-only">Show as</legend>
    {representations.map((one) => (
      <button
        key={one.value}
        type="button"
        aria-pressed={value === one.value}
        onClick={() => onChange(one.value)}
        className="h-6 rounded-sm px-2 font-medium text-muted-foreground text-xs aria-pressed:bg-accent aria-pressed:text-foreground"
      >
        {one.label}
      </button>
    ))}
  </fieldset>
);

/** Saves the source as a file; the store of documents sends it as an attachment. */
export const DownloadButton = ({ documentId, versionId }: { documentId: DocumentId; versionId: VersionId }) => {
  const download = useMutation({
    mutationFn: () =>
      callApi("documents.content", { params: { documentId }, query: { version: versionId, download: "true" } }),
    onSuccess: ({ url }) => window.location.assign(url),
    onError: toastError,
  });
  return (
    <Tooltip content="Download the source">
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label="Download the source"
        busy={download.isPending}
        onClick={() => download.mutate()}
      >
        {download.isPending ? null : <Download aria-hidden />}
      </Button>
    </Tooltip>
  );
};

export const PanelButton = ({ onClick }: { onClick: () => void }) => (
  <Button variant="ghost" size="icon-sm" aria-label="Hits and passages" className="lg:hidden" onClick={onClick}>
    <ListTree aria-hidden />
  </Button>
);

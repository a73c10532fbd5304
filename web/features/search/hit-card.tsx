"use client";
import type { SearchHit } from "@samla/contracts";
import { Folder } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { kindIcon, kindLabel, placeOf } from "../../lib/kinds.ts";
import { rememberSearch } from "../../lib/last-search.ts";
import { MarkedText } from "../../lib/marked-text.tsx";
import { viewPath } from "../../lib/paths.ts";
import { Badge } from "../../ui/badge.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { ScoreParts } from "./score-parts.tsx";

/** One passage found: what it says, where it stands, how to get there. */
export const HitCard = ({
  hit,
  q,
  indexName,
  showIndex,
  feedback,
  onOpen,
}: {
  hit: SearchHit;
  q: string;
  indexName: string;
  showIndex: boolean;
  /** Buttons to say what one makes of it. */
  feedback?: ReactNode;
  /** It is opened, here or in another tab. */
  onOpen?: () => void;
}) => {
  const Icon = kindIcon(hit.kind);
  const { start, end } = hit.fragment;
  return (
    <article className="group relative rounded-lg border border-transparent px-3 py-3 transition-colors focus-within:border-border-strong focus-within:bg-surface hover:bg-surface sm:-mx-3">
      <h2 className="flex items-center gap-2 font-medium text-base">
        <Icon className="size-4 shrink-0 text-muted-foreground" aria-label={kindLabel(hit.kind)} role="img" />
        <Link
          data-hit
          href={viewPath(hit.documentId, { version: hit.versionId, passage: hit.passageId, q })}
          prefetch={false}
          onClick={() => {
            rememberSearch(q, window.location.pathname + window.location.search);
            onOpen?.();
          }}
          onAuxClick={(event) => (event.button === 1 ? onOpen?.() : undefined)}
          className="min-w-0 truncate text-link outline-none after:absolute after:inset-0 after:rounded-lg group-hover:underline group-hover:underline-offset-4 focus-visible:after:outline-2 focus-visible:after:outline-ring"
        >
          <MarkedText text={hit.title} marks={hit.titleMarks} />
        </Link>
      </h2>
      <p className="mt-0.5 flex min-w-0 items-center gap-x-1.5 text-muted-foreground text-xs">
        {hit.title === hit.name ? null : <span className="min-w-0 max-w-1/2 truncate">{hit.name}</span>}
        {hit.headingPath.length > 0 ? <Trail divided={hit.title !== hit.name} parts={hit.headingPath} /> : null}
        {hit.page ? (
          <span className="shrink-0 before:mr-1.5 before:text-border-strong first:before:hidden before:content-['·']">
            {placeOf(hit.kind, hit.page)}
          </span>
        ) : null}
      </p>
      <p className="mt-1.5 line-clamp-3 max-w-[76ch] text-pretty break-words text-base leading-relaxed">
        {start > 0 ? "… " : null}
        <MarkedText text={hit.text} marks={hit.marks} start={start} end={end} />
        {end < hit.text.length ? " …" : null}
      </p>
      <div className="mt-2 flex min-h-6 flex-wrap items-center gap-x-2 gap-y-1 text-muted-foreground text-xs">
        {showIndex ? <Badge>{indexName}</Badge> : null}
        {hit.tags.slice(0, 4).map((tag) => (
          <Badge key={tag} tone="outline">
            {tag}
          </Badge>
        ))}
        {hit.path ? (
          <span className="inline-flex min-w-0 max-w-64 items-center gap-1" title="Folder">
            <Folder className="size-3 shrink-0" aria-hidden />
            <span className="truncate">{hit.path}</span>
          </span>
        ) : null}
        <RelativeTime at={hit.updatedAt} className="relative" />
        {feedback ? <span className="ml-auto inline-flex items-center gap-1">{feedback}</span> : null}
      </div>
      {hit.parts ? <ScoreParts score={hit.score} parts={hit.parts} /> : null}
    </article>
  );
};

const Trail = ({ parts, divided }: { parts: readonly string[]; divided: boolean }) => (
  <span className="min-w-0 truncate">
    {divided ? <span className="mr-1.5 text-border-strong">·</span> : null}
    {parts.join(" › ")}
  </span>
);

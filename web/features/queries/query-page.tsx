"use client";
import type { QueryHit, QueryRecord } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { MousePointerClick, Search, ThumbsDown, ThumbsUp } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { buildListOptions, buildTitle } from "../../lib/builds.ts";
import { formatCount, formatDuration, formatPlural } from "../../lib/format.ts";
import { buildPath, queriesPath, viewPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { recordOptions } from "./queries.ts";
import { QueryActions } from "./query-actions.tsx";
import { Replay } from "./replay.tsx";

/** One search as it was: who asked what of which build, what was shown, opened and liked, and what it finds today. */
export const QueryPage = ({ slug, queryId }: { slug: string; queryId: string }) => {
  const query = useQuery(recordOptions(slug, queryId));
  if (query.isError && !query.data)
    return (
      <QueryError
        error={query.error}
        onRetry={() => void query.refetch()}
        retrying={query.isFetching}
        actions={
          <Button asChild>
            <Link href={queriesPath(slug)}>All queries</Link>
          </Button>
        }
      />
    );
  if (!query.data)
    return (
      <LoadingRegion label="Loading the search" className="grid gap-3">
        <Skeleton className="h-7 w-2/3" />
        <Skeleton className="h-20 w-full" />
        <Skeleton className="h-64 w-full" />
      </LoadingRegion>
    );
  return <Loaded query={query.data} />;
};

const modeLabels = { hybrid: "Words and meaning", lexical: "Words only", vector: "Meaning only" };

const Loaded = ({ query }: { query: QueryRecord }) => (
  <>
    <PageHeader
      level={2}
      className="pb-4"
      breadcrumb={
        <Link href={queriesPath(query.index)} className="hover:text-foreground hover:underline">
          Queries
        </Link>
      }
      title={`“${query.text}”`}
      description={
        query.correctedText ? `Nothing matched as typed; it was read as “${query.correctedText}”.` : undefined
      }
      meta={
        <>
          <CopyableId id={query.id} label="search id" />
          <span className="text-muted-foreground">
            {query.actor ? query.actor.name : "Somebody; the log is anonymous"}, <RelativeTime at={query.at} />
          </span>
        </>
      }
      actions={
        <>
          <Button asChild>
            <Link href={`/search?${new URLSearchParams({ q: query.text, index: query.index })}`}>
              <Search aria-hidden /> Search it
            </Link>
          </Button>
          <QueryActions query={query} isWide />
        </>
      }
    />
    <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
      <div className="grid min-w-0 grid-cols-1 gap-6">
        <Hits query={query} />
        <Replay query={query} />
      </div>
      <Facts query={query} />
    </div>
  </>
);

const Hits = ({ query }: { query: QueryRecord }) => (
  <section aria-label="Hits as shown">
    <h3 className="mb-2 font-medium">Hits as they were shown</h3>
    {query.hits.length === 0 ? (
      <p className="rounded-lg border border-dashed px-4 py-6 text-center text-muted-foreground text-sm">
        {query.total === 0 ? "It found nothing." : "None of the hits is open to you."}
      </p>
    ) : (
      <ol className="divide-y rounded-lg border bg-card">
        {query.hits.map((hit, n) => (
          <HitLine key={hit.passageId} query={query} hit={hit} place={n + 1} />
        ))}
      </ol>
    )}
  </section>
);

const HitLine = ({ query, hit, place }: { query: QueryRecord; hit: QueryHit; place: number }) => {
  const clicks = query.clicks.filter((click) => click.passageId === hit.passageId);
  const thumb = query.thumbs.find((one) => one.passageId === hit.passageId);
  return (
    <li className="flex min-h-9 items-center gap-3 px-3 py-1 text-sm transition-colors hover:bg-surface">
      <span className="w-5 shrink-0 text-right text-muted-foreground text-xs tabular-nums">{place}</span>
      <Link
        href={viewPath(hit.documentId, { version: hit.versionId, passage: hit.passageId, q: query.text })}
        prefetch={false}
        className="min-w-0 flex-1 truncate hover:underline"
      >
        {hit.name}
      </Link>
      {clicks[0] ? (
        <Badge tone="info" title={`Opened ${formatPlural(clicks.length, "time")}`}>
          <MousePointerClick aria-hidden /> opened
        </Badge>
      ) : null}
      {thumb ? (
        <Badge tone={thumb.value === "up" ? "success" : "danger"}>
          {thumb.value === "up" ? <ThumbsUp aria-hidden /> : <ThumbsDown aria-hidden />}
          {thumb.value === "up" ? "good" : "bad"}
        </Badge>
      ) : null}
      <span className="w-14 shrink-0 text-right text-muted-foreground text-xs tabular-nums" title="Score">
        {hit.score.toFixed(3)}
      </span>
    </li>
  );
};

const filterLabels: Record<string, string> = {
  kind: "Kind",
  tag: "Tag",
  path: "Folder or file",
  from: "Changed from",
  to: "Changed to",
  sort: "Order",
  limit: "Hits a page",
  offset: "From hit",
  perDocument: "Passages a document",
  documentId: "In document",
  index: "Of the indexes",
  indexes: "Indexes searched together",
};

const textOf = (value: unknown): string =>
  Array.isArray(value)
    ? value.map(String).join(", ")
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);

const Facts = ({ query }: { query: QueryRecord }) => {
  const builds = useQuery(buildListOptions(query.index));
  const build = builds.data?.find((one) => one.id === query.buildId);
  const isGone = builds.data !== undefined && build === undefined;
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-2 rounded-lg border bg-card p-4 text-sm">
      <Fact label="Found">{formatCount(query.total)}</Fact>
      <Fact label="Matched by">{modeLabels[query.mode]}</Fact>
      {Object.entries(query.filters).map(([name, value]) => (
        <Fact key={name} label={filterLabels[name] ?? name}>
          {textOf(value)}
        </Fact>
      ))}
      <Fact label="Build">
        {isGone ? (
          <span className="text-muted-foreground">deleted since</span>
        ) : (
          <Link
            href={buildPath(query.index, query.buildId)}
            className="flex min-h-6 items-center text-link hover:underline"
          >
            {build ? buildTitle(build) : "the build"}
          </Link>
        )}
        <CopyableId id={query.buildId} label="build id" className="-ml-1 min-h-6" />
      </Fact>
      <Fact label="Table version">{formatCount(query.tableVersion)}</Fact>
      <Fact label="Took">
        <span className="font-medium tabular-nums">{formatDuration(query.timings.totalMs)}</span>
        <span className="block text-muted-foreground text-xs tabular-nums">
          embedding {formatDuration(query.timings.embedMs)}, engine {formatDuration(query.timings.engineMs)}
        </span>
      </Fact>
      <Fact label="Clicks">{formatCount(query.clicks.length)}</Fact>
    </dl>
  );
};

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <>
    <dt className="text-muted-foreground">{label}</dt>
    <dd className="min-w-0 break-words">{children}</dd>
  </>
);

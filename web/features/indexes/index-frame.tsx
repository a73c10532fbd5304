"use client";
import { useQuery } from "@tanstack/react-query";
import { FileStack, LockKeyhole, Search, Undo2 } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";
import { can, useCan, useMe } from "../../lib/me.ts";
import { indexPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { PageBody, PageHeader } from "../../ui/page-header.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { indexParts, partOf } from "./parts.ts";
import { indexOptions } from "./queries.ts";

/** What all pages of an index share: its name, what was rolled back, and the way to its parts. */
export const IndexFrame = ({ slug, children }: { slug: string; children: ReactNode }) => {
  const index = useQuery(indexOptions(slug));
  if (index.isError && !index.data)
    return (
      <PageBody>
        <QueryError
          error={index.error}
          onRetry={() => void index.refetch()}
          retrying={index.isFetching}
          actions={
            <Button asChild>
              <Link href="/indexes">All indexes</Link>
            </Button>
          }
        />
      </PageBody>
    );
  const { data } = index;
  return (
    <PageBody>
      {data?.settings.protection.protected ? (
        <div aria-hidden className="-mt-1 mb-3 h-1 rounded-full bg-warning" />
      ) : null}
      {data ? (
        <PageHeader
          className="pb-3"
          breadcrumb={
            <Link href="/indexes" className="hover:text-foreground hover:underline">
              Indexes
            </Link>
          }
          title={data.name}
          description={data.description}
          meta={
            <>
              <CopyableId id={data.slug} label="short name" />
              {data.settings.protection.protected ? (
                <Badge tone="warning">
                  <LockKeyhole className="size-3" aria-hidden /> Protected
                </Badge>
              ) : null}
              <Badge>{data.language}</Badge>
              <span className="text-muted-foreground">
                Created by {data.createdBy} <RelativeTime at={data.createdAt} />
              </span>
            </>
          }
          actions={
            <>
              <Button asChild>
                <Link href={`/search?index=${data.slug}`}>
                  <Search aria-hidden /> Search it
                </Link>
              </Button>
              <Button asChild>
                <Link href={`/documents?index=${data.slug}`}>
                  <FileStack aria-hidden /> Documents
                </Link>
              </Button>
            </>
          }
        />
      ) : (
        <LoadingRegion label="Loading the index" className="grid gap-3 pb-5">
          <Skeleton className="h-7 w-64" />
          <Skeleton className="h-5 w-96 max-w-full" />
        </LoadingRegion>
      )}
      {data?.rolledBackFrom ? (
        <RolledBack slug={slug} from={data.rolledBackFrom} liveBuildId={data.liveBuildId} />
      ) : null}
      <Parts slug={slug} />
      <div className="pt-5">{children}</div>
    </PageBody>
  );
};

const Parts = ({ slug }: { slug: string }) => {
  const { data: me } = useMe();
  const current = partOf(slug, usePathname());
  const list = useRef<HTMLElement>(null);
  // On a narrow screen the part one is in may lie outside.
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked for anew whenever the part changes
  useEffect(() => {
    list.current?.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current]);
  return (
    <nav ref={list} aria-label="Parts of the index" className="flex gap-4 overflow-x-auto border-b">
      {indexParts
        .filter((part) => can(me, part.permission))
        .map((part) => (
          <Link
            key={part.path}
            href={part.path ? `${indexPath(slug)}/${part.path}` : indexPath(slug)}
            aria-current={part.path === current ? "page" : undefined}
            className={cn(
              "-mb-px inline-flex h-9 items-center whitespace-nowrap border-b-2 px-0.5 font-medium text-sm transition-colors focus-visible:outline-offset-[-2px]",
              part.path === current
                ? "border-primary text-foreground"
                : "border-transparent text-muted-foreground hover:text-foreground",
            )}
          >
            {part.label}
          </Link>
        ))}
    </nav>
  );
};

/** Says on every page of the index that somebody went back, until the next promotion. */
const RolledBack = ({
  slug,
  from,
  liveBuildId,
}: {
  slug: string;
  from: { buildId: string; at: string; by: string; reason: string };
  liveBuildId: string;
}) => {
  const maySee = useCan("builds.read");
  return (
    <section
      aria-label="Rolled back"
      className="mb-3 flex flex-wrap items-start gap-x-3 gap-y-1 rounded-lg border border-warning bg-warning-soft px-4 py-2.5 text-sm"
    >
      <Undo2 className="mt-0.5 size-4 shrink-0 text-warning" aria-hidden />
      <p className="min-w-0 flex-1 basis-72 break-words">
        <strong className="font-medium">This index is rolled back.</strong> {from.by} went back to{" "}
        <CopyableId id={liveBuildId} label="build id" className="align-baseline" /> from{" "}
        <CopyableId id={from.buildId} label="build id" className="align-baseline" /> <RelativeTime at={from.at} />:{" "}
        {from.reason}. It stays so until a build is promoted.
      </p>
      {maySee ? (
        <Link href={`${indexPath(slug)}/builds`} className="font-medium text-link hover:underline">
          Builds
        </Link>
      ) : null}
    </section>
  );
};

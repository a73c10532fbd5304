"use client";
import type { RepositoryItem } from "@samla/contracts";
import { formatBytes } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { Container } from "lucide-react";
import Link from "next/link";
import { formatCount, formatPlural } from "../../lib/format.ts";
import { DigestId } from "../../lib/image-id.tsx";
import { imagePath, repositoryPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { SeverityCounts } from "../../lib/severity.tsx";
import { Badge } from "../../ui/badge.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { PageBody, PageHeader } from "../../ui/page-header.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { PageTabs, Problems, registryTabs } from "./parts.tsx";
import { repositoriesOptions } from "./queries.ts";

/** A repository an agent: what lies in it, which images run, what they carry, how careful it is set. */
export const RepositoriesPanel = () => {
  const repositories = useQuery(repositoriesOptions());
  return (
    <PageBody>
      <PageHeader
        title="Images"
        description="What agents run from: each image by its digest, with what is inside, where it runs, and what is known against it."
      />
      <PageTabs label="Parts of the registry" tabs={registryTabs} />
      {repositories.isError && !repositories.data ? (
        <QueryError
          error={repositories.error}
          onRetry={() => void repositories.refetch()}
          retrying={repositories.isFetching}
        />
      ) : !repositories.data ? (
        <LoadingRegion label="Loading repositories" className="grid gap-3">
          {["a", "b", "c"].map((key) => (
            <Skeleton key={key} className="h-20 w-full rounded-lg" />
          ))}
        </LoadingRegion>
      ) : (
        <>
          <Problems problems={repositories.data.problems} />
          {repositories.data.items.length === 0 ? (
            <EmptyState icon={Container} title="There is no repository yet">
              Each agent of <code>agents/</code> gets one when the stage is set up.
            </EmptyState>
          ) : (
            <ul aria-label="Repositories" className="divide-y rounded-lg border bg-card">
              {repositories.data.items.map((repository) => (
                <RepositoryRow key={repository.agent} repository={repository} />
              ))}
            </ul>
          )}
        </>
      )}
    </PageBody>
  );
};

const RepositoryRow = ({ repository }: { repository: RepositoryItem }) => (
  <li
    data-repository={repository.agent}
    className="grid gap-x-6 gap-y-2 px-4 py-3 text-sm transition-colors hover:bg-surface md:grid-cols-[minmax(0,14rem)_minmax(0,1fr)_minmax(0,16rem)]"
  >
    <div className="min-w-0">
      <Link href={repositoryPath(repository.agent)} className="block truncate font-medium hover:underline">
        {repository.agent}
      </Link>
      <p className="wrap-anywhere text-muted-foreground text-xs">{repository.name}</p>
      <p className="mt-0.5 text-muted-foreground text-xs tabular-nums">
        {formatPlural(repository.images, "image")}, {formatBytes(repository.sizeBytes)}
      </p>
    </div>
    <div className="min-w-0 text-xs">
      {repository.running.length > 0 ? (
        <ul className="grid gap-1">
          {repository.running.map((image) => (
            <li key={image.digest} className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
              <Badge tone="success">
                runs in {formatCount(image.tasks)} {image.tasks === 1 ? "task" : "tasks"}
              </Badge>
              <Link href={imagePath(repository.agent, image.digest)} className="font-medium hover:underline">
                {image.tag ?? "untagged"}
              </Link>
              <DigestId digest={image.digest} />
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-muted-foreground">No image of it runs.</p>
      )}
      {repository.running.length > 0 ? (
        <p className="mt-1 flex flex-wrap items-center gap-1.5 text-muted-foreground">
          in what runs: <SeverityCounts counts={repository.runningFindings} />
        </p>
      ) : null}
      {repository.newest ? (
        <p className="mt-1 text-muted-foreground">
          newest:{" "}
          <Link href={imagePath(repository.agent, repository.newest.digest)} className="hover:underline">
            {repository.newest.tag ?? "untagged"}
          </Link>
          , pushed <RelativeTime at={repository.newest.pushedAt} />
        </p>
      ) : null}
    </div>
    <p className="flex flex-wrap content-start items-start gap-1 md:justify-end">
      <Badge tone="outline">gate: {repository.threshold}</Badge>
      {repository.activeWaivers > 0 ? (
        <Link href={`${repositoryPath(repository.agent)}/gate`}>
          <Badge tone="warning">
            {formatPlural(repository.activeWaivers, "waiver")}
            {repository.endingWaivers > 0 ? `, ${repository.endingWaivers} ending soon` : ""}
          </Badge>
        </Link>
      ) : null}
      {repository.reopened > 0 ? (
        <Link href={`${repositoryPath(repository.agent)}/gate`}>
          <Badge tone="danger">{formatPlural(repository.reopened, "finding")} reopened</Badge>
        </Link>
      ) : null}
      {repository.quarantined > 0 ? (
        <Link href={`${repositoryPath(repository.agent)}?show=quarantined`}>
          <Badge tone="outline">{repository.quarantined} deleted</Badge>
        </Link>
      ) : null}
      <Badge tone={repository.tagMutability.startsWith("IMMUTABLE") ? "outline" : "warning"}>
        {repository.tagMutability.startsWith("IMMUTABLE") ? "tags stay" : "tags can move"}
      </Badge>
      <Badge tone={repository.scanOnPush ? "outline" : "warning"}>
        {repository.scanOnPush ? "scans on push" : "does not scan"}
      </Badge>
      {repository.hasLifecycle ? <Badge tone="outline">lifecycle rules</Badge> : null}
    </p>
  </li>
);

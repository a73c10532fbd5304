"use client";
import { formatBytes } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { formatPlural } from "../../lib/format.ts";
import { agentPath, imagesPath, repositoryPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { PageBody, PageHeader } from "../../ui/page-header.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { PageTabs } from "./parts.tsx";
import { repositoryOptions } from "./queries.ts";

/** What all pages of a repository share. An image's own page stands without the tabs. */
export const RepositoryFrame = ({ repository, children }: { repository: string; children: ReactNode }) => {
  const one = useQuery(repositoryOptions(repository));
  const isImage = /\/sha256(:|%3A)/.test(usePathname());
  if (one.isError && !one.data)
    return (
      <PageBody>
        <QueryError
          error={one.error}
          onRetry={() => void one.refetch()}
          retrying={one.isFetching}
          actions={
            <Button asChild>
              <Link href={imagesPath}>All repositories</Link>
            </Button>
          }
        />
      </PageBody>
    );
  if (isImage) return <PageBody>{children}</PageBody>;
  const { data } = one;
  const path = repositoryPath(repository);
  return (
    <PageBody>
      {data ? (
        <PageHeader
          className="pb-3"
          breadcrumb={
            <Link href={imagesPath} className="hover:text-foreground hover:underline">
              Images
            </Link>
          }
          title={data.agent}
          meta={
            <>
              <CopyableId id={data.uri} label="address of the repository" full className="-ml-1" />
              <span className="text-muted-foreground tabular-nums">
                {formatPlural(data.images, "image")}, {formatBytes(data.sizeBytes)}
              </span>
              <span className="text-muted-foreground">encrypted with {data.encryption}</span>
            </>
          }
          actions={
            <Button asChild>
              <Link href={agentPath(repository)}>Its agent</Link>
            </Button>
          }
        />
      ) : (
        <LoadingRegion label="Loading the repository" className="grid gap-3 pb-5">
          <Skeleton className="h-7 w-64" />
        </LoadingRegion>
      )}
      <PageTabs
        label="Parts of the repository"
        tabs={[
          { href: path, label: "Images" },
          { href: `${path}/gate`, label: "Gate and waivers" },
          { href: `${path}/lifecycle`, label: "Lifecycle" },
          { href: `${path}/compare`, label: "Compare" },
          { href: `${path}/history`, label: "History" },
        ]}
      />
      {children}
    </PageBody>
  );
};

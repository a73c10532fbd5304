"use client";
import type { Replication } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { Globe } from "lucide-react";
import Link from "next/link";
import { shortDigest } from "../../lib/image-id.tsx";
import { imagePath, repositoryPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { Badge, type BadgeTone } from "../../ui/badge.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { PageBody, PageHeader } from "../../ui/page-header.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { PageTabs, Part, Problems, registryTabs } from "./parts.tsx";
import { replicationOptions } from "./queries.ts";

type Row = Replication["repositories"][number];
const states: Record<Row["images"][number]["regions"][number]["state"], { label: string; tone: BadgeTone }> = {
  complete: { label: "there", tone: "success" },
  running: { label: "on its way", tone: "info" },
  failed: { label: "failed", tone: "danger" },
  absent: { label: "absent", tone: "warning" },
};
const shownMax = 20;

/** Which image lies in which region, and whether the copies are kept as carefully as what they are copies of. */
export const ReplicationPanel = () => {
  const replication = useQuery(replicationOptions());
  return (
    <PageBody>
      <PageHeader
        title="Images"
        description="Copies of images in other regions, and how their repositories are set there."
      />
      <PageTabs label="Parts of the registry" tabs={registryTabs} />
      {replication.isError && !replication.data ? (
        <QueryError
          error={replication.error}
          onRetry={() => void replication.refetch()}
          retrying={replication.isFetching}
        />
      ) : !replication.data ? (
        <LoadingRegion label="Loading replication">
          <Skeleton className="h-60 w-full rounded-lg" />
        </LoadingRegion>
      ) : (
        <>
          <Problems problems={replication.data.problems} />
          {replication.data.regions.length === 0 ? (
            <EmptyState icon={Globe} title="Images lie in one region alone">
              They are kept in {replication.data.home}. With a replica region in the stage's settings, each push is
              copied there, and this page compares both.
            </EmptyState>
          ) : (
            <div className="grid gap-8">
              {replication.data.repositories.map((repository) => (
                <RepositoryMatrix key={repository.agent} repository={repository} home={replication.data.home} />
              ))}
            </div>
          )}
        </>
      )}
    </PageBody>
  );
};

const RepositoryMatrix = ({ repository, home }: { repository: Row; home: string }) => (
  <Part
    title={repository.agent}
    aside={
      <Link href={repositoryPath(repository.agent)} className="text-link text-xs hover:underline">
        {repository.name}
      </Link>
    }
  >
    <Drift repository={repository} home={home} />
    <div className="overflow-x-auto rounded-lg border bg-card">
      <table className="w-full border-collapse text-sm">
        <thead className="text-muted-foreground text-xs">
          <tr>
            <th scope="col" className="h-8 border-b px-3 text-left font-medium">
              Image
            </th>
            {repository.targets.map(({ region }) => (
              <th key={region} scope="col" className="h-8 border-b px-3 text-left font-medium">
                {region}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {repository.images.slice(0, shownMax).map((image) => (
            <tr key={image.digest} className="border-b last:border-b-0">
              <th scope="row" className="px-3 py-2 text-left font-normal">
                <Link href={imagePath(repository.agent, image.digest)} className="font-medium hover:underline">
                  {image.tags[0] ?? shortDigest(image.digest)}
                </Link>{" "}
                {image.running ? <Badge tone="success">runs</Badge> : null}
              </th>
              {repository.targets.map(({ region }) => {
                const there = image.regions.find((one) => one.region === region);
                const state = states[there?.state ?? "absent"];
                return (
                  <td key={region} className="px-3 py-2">
                    <Badge tone={state.tone} title={there?.reason}>
                      {state.label}
                    </Badge>
                    {there?.reason ? <span className="block text-muted-foreground text-xs">{there.reason}</span> : null}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </Part>
);

const Drift = ({ repository, home }: { repository: Row; home: string }) => (
  <ul className="mb-2 grid gap-1 text-xs">
    {repository.targets.map((target) => (
      <li key={target.region} className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-medium">{target.region}</span>
        {target.problem ? (
          <span className="text-warning">{target.problem}</span>
        ) : !target.exists ? (
          <span className="text-warning">has no such repository yet; it is made with the first copy</span>
        ) : target.drift.length === 0 ? (
          <span className="text-success">set as in {home}</span>
        ) : (
          target.drift.map((one) => (
            <span key={one.setting} className="wrap-anywhere min-w-0 text-warning">
              {one.setting}: {one.here} here, {one.there} there
            </span>
          ))
        )}
      </li>
    ))}
  </ul>
);

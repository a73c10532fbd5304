"use client";
import type { BuildDetail } from "@samla/contracts";
import { changesOfConfig, followsChanges, formatBytes } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { CopyPlus, Undo2 } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { ChangeList } from "../../lib/build-config/change-list.tsx";
import { ConfigTable } from "../../lib/build-config/config-table.tsx";
import { buildListOptions, buildTitle } from "../../lib/builds.ts";
import { formatCount } from "../../lib/format.ts";
import { useCan } from "../../lib/me.ts";
import { buildPath, indexPath, newBuildPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { oneOfParam, textParam, useUrlState } from "../../lib/url-state.ts";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "../../ui/tabs.tsx";
import { BuildButtons } from "./build-buttons.tsx";
import { BuildDocuments } from "./build-documents.tsx";
import { BuildBadge, BuildFailure, FillProgress } from "./build-parts.tsx";
import { buildOptions } from "./queries.ts";
import { RealSearches } from "./real-searches-tab.tsx";

const tabs = ["overview", "configuration", "documents", "searches"] as const;

/** One build: how far it is, what it holds, how it differs, what failed. */
export const BuildPage = ({ slug, buildId }: { slug: string; buildId: string }) => {
  const build = useQuery(buildOptions(slug, buildId));
  const router = useRouter();
  const [tab, setTab] = useUrlState("tab", oneOfParam(tabs).withDefault("overview"));
  const mayWrite = useCan("builds.write");
  const maySeeSearches = useCan("queries.read");
  if (build.isError && !build.data)
    return (
      <QueryError
        error={build.error}
        onRetry={() => void build.refetch()}
        retrying={build.isFetching}
        actions={
          <Button asChild>
            <Link href={`${indexPath(slug)}/builds`}>All builds</Link>
          </Button>
        }
      />
    );
  if (!build.data)
    return (
      <LoadingRegion label="Loading the build" className="grid gap-4">
        <Skeleton className="h-7 w-72" />
        <Skeleton className="h-48 w-full" />
      </LoadingRegion>
    );
  const { data } = build;
  const failed = data.fill?.failed ?? 0;
  // The live build is what it would be compared with; one without data has nothing to be asked.
  const canBeTried =
    maySeeSearches && data.status !== "live" && data.status !== "building" && followsChanges(data.status);
  return (
    <>
      <PageHeader
        className="pb-4"
        level={2}
        breadcrumb={
          <Link href={`${indexPath(slug)}/builds`} className="hover:text-foreground hover:underline">
            Builds
          </Link>
        }
        title={buildTitle(data)}
        meta={
          <>
            <BuildBadge build={data} />
            <CopyableId id={data.id} label="build id" />
            <span className="text-muted-foreground">
              Made by {data.createdBy} <RelativeTime at={data.createdAt} />
            </span>
            {data.status === "live" && data.promotedAt ? (
              <span className="text-muted-foreground">
                Live since <RelativeTime at={data.promotedAt} />
              </span>
            ) : null}
            {data.supersededAt && data.status === "superseded" ? (
              <span className="text-muted-foreground">
                Superseded <RelativeTime at={data.supersededAt} />
              </span>
            ) : null}
          </>
        }
        actions={<BuildButtons build={data} onDeleted={() => router.push(`${indexPath(slug)}/builds`)} />}
      />
      {data.rolledBack && data.status !== "live" ? (
        <p role="status" className="mb-4 flex items-start gap-2 rounded-md bg-warning-soft px-3 py-2 text-sm">
          <Undo2 className="mt-0.5 size-4 shrink-0 text-warning" aria-hidden />
          <span>
            {data.rolledBack.by} went back from this build <RelativeTime at={data.rolledBack.at} />:{" "}
            {data.rolledBack.reason}
          </span>
        </p>
      ) : null}
      {data.failure ? (
        <div className="mb-4">
          <BuildFailure build={data}>
            {mayWrite ? (
              <Button asChild>
                <Link href={newBuildPath(slug, data.id)}>
                  <CopyPlus aria-hidden /> New build from it
                </Link>
              </Button>
            ) : null}
          </BuildFailure>
        </div>
      ) : null}
      <Tabs value={tab} onValueChange={(next) => setTab(tabs.find((one) => one === next) ?? "overview")}>
        <TabsList aria-label="Parts of the build">
          <TabsTrigger value="overview">Overview</TabsTrigger>
          <TabsTrigger value="configuration">Configuration</TabsTrigger>
          <TabsTrigger value="documents">
            Documents
            {failed > 0 ? <span className="text-destructive text-xs tabular-nums">{formatCount(failed)}</span> : null}
          </TabsTrigger>
          {canBeTried ? <TabsTrigger value="searches">Real searches</TabsTrigger> : null}
        </TabsList>
        <TabsContent value="overview" className="grid gap-6">
          {data.fill ? (
            <Part title={data.status === "building" ? "Filling" : "How it was filled"}>
              <FillProgress build={data} />
            </Part>
          ) : null}
          {data.statistics ? <Statistics build={data} /> : null}
          <Differences slug={slug} build={data} />
          <Evaluation slug={slug} build={data} />
        </TabsContent>
        <TabsContent value="configuration" className="grid gap-6">
          <ConfigTable config={data.config} />
          <details className="rounded-lg border">
            <summary className="px-3 py-2 font-medium text-sm">As JSON</summary>
            <pre className="overflow-x-auto border-t p-3 font-mono text-xs">{JSON.stringify(data.config, null, 2)}</pre>
          </details>
        </TabsContent>
        <TabsContent value="documents">
          <BuildDocuments slug={slug} buildId={buildId} isFilling={data.status === "building"} failed={failed} />
        </TabsContent>
        {canBeTried ? (
          <TabsContent value="searches">
            <RealSearches build={data} />
          </TabsContent>
        ) : null}
      </Tabs>
    </>
  );
};

const Part = ({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) => (
  <section aria-label={title}>
    <div className="mb-1.5 flex flex-wrap items-center justify-between gap-2">
      <h3 className="font-medium text-sm">{title}</h3>
      {aside}
    </div>
    {children}
  </section>
);

const Statistics = ({ build }: { build: BuildDetail }) => {
  const { statistics } = build;
  if (!statistics) return null;
  const figures = [
    { label: "Documents", value: formatCount(statistics.documents) },
    { label: "Passages", value: formatCount(statistics.passages) },
    { label: "Vectors", value: formatCount(statistics.vectors) },
    { label: "Size", value: formatBytes(statistics.sizeBytes) },
    { label: "Unindexed rows", value: formatCount(statistics.unindexedRows) },
  ];
  return (
    <dl className="grid grid-cols-2 overflow-hidden rounded-lg border bg-card sm:grid-cols-5">
      {figures.map(({ label, value }) => (
        <div key={label} className="-mt-px -ml-px border-t border-l px-4 py-2.5">
          <dt className="text-muted-foreground text-xs">{label}</dt>
          <dd className="font-semibold text-lg tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
};

/** The configuration against the live build's, or against any other build's. */
const Differences = ({ slug, build }: { slug: string; build: BuildDetail }) => {
  const builds = useQuery(buildListOptions(slug));
  const [against, setAgainst] = useUrlState("against", textParam);
  const others = builds.data?.filter((one) => one.id !== build.id) ?? [];
  const other = others.find((one) => one.id === against) ?? others.find((one) => one.status === "live") ?? others[0];
  if (!other) return null;
  return (
    <Part
      title="What differs"
      aside={
        <div className="flex items-center gap-2 text-muted-foreground text-xs">
          <NativeSelect
            aria-label="Against"
            className="max-w-60"
            options={others.map((one) => ({
              value: one.id,
              label: `against ${one.status === "live" ? "the live build" : `“${buildTitle(one)}” (${one.id.slice(-6)})`}`,
            }))}
            value={other.id}
            onChange={(event) => setAgainst(event.target.value)}
          />
          <Link href={buildPath(slug, other.id)} className="text-link hover:underline">
            Open
          </Link>
        </div>
      }
    >
      <ChangeList changes={changesOfConfig(other.config, build.config)} />
    </Part>
  );
};

/** Where its quality stands; evaluations have pages of their own. */
const Evaluation = ({ slug, build }: { slug: string; build: BuildDetail }) => {
  const mayRead = useCan("questions.read");
  const canBeAsked = followsChanges(build.status) && build.status !== "building";
  if (!mayRead || !(build.evaluationId || canBeAsked)) return null;
  return (
    <Part title="Evaluation">
      <p className="text-sm">
        {build.evaluationId ? (
          <Link href={`${indexPath(slug)}/evaluations/${build.evaluationId}`} className="text-link hover:underline">
            Newest evaluation of this build
          </Link>
        ) : (
          <>
            <span className="text-muted-foreground">It was not evaluated yet. </span>
            <Link
              href={`${indexPath(slug)}/evaluations?build=${build.id}`}
              className="text-link underline underline-offset-2"
            >
              Evaluate it with the questions of this index
            </Link>
          </>
        )}
      </p>
    </Part>
  );
};

"use client";
import type { BuildDetail } from "@samla/contracts";
import { formatBytes } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import Link from "next/link";
import { settingLabel } from "../../lib/build-config/labels.ts";
import { buildListOptions } from "../../lib/builds.ts";
import { formatCount, formatPlural } from "../../lib/format.ts";
import { useCan } from "../../lib/me.ts";
import { newBuildPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { BuildButtons } from "./build-buttons.tsx";
import { BuildBadge, BuildName, FillProgress } from "./build-parts.tsx";
import { groupBuilds } from "./builds.ts";
import { HistoryList } from "./history-list.tsx";

/** All builds of an index: which one serves, which may serve next, which one can go back to. */
export const BuildsPanel = ({ slug }: { slug: string }) => {
  const builds = useQuery(buildListOptions(slug));
  const mayWrite = useCan("builds.write");
  if (builds.isError && !builds.data)
    return <QueryError error={builds.error} onRetry={() => void builds.refetch()} retrying={builds.isFetching} />;
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-3">
        <p className="max-w-2xl text-muted-foreground text-sm">
          People search the live build. A candidate is filled beside it, evaluated, and then promoted in one step; the
          build before is kept up to date, so that going back takes a second.
        </p>
        {mayWrite ? (
          <Button asChild variant="primary">
            <Link href={newBuildPath(slug)}>
              <Plus aria-hidden /> New build
            </Link>
          </Button>
        ) : null}
      </div>
      {builds.data ? (
        <>
          {groupBuilds(builds.data).map((group) => (
            <section key={group.title} aria-label={group.title} className="mt-5">
              <h2 className="mb-1.5 font-medium text-muted-foreground text-xs">{group.title}</h2>
              <ul className="divide-y rounded-lg border bg-card">
                {group.builds.map((build) => (
                  <BuildLine key={build.id} build={build} />
                ))}
              </ul>
            </section>
          ))}
          {builds.data.length === 1 && mayWrite ? (
            <p className="mt-3 rounded-lg border border-dashed px-4 py-3 text-muted-foreground text-sm">
              There are no candidates. Start a new build to try another length of passages, another embedder, synonyms
              or weights: the live build goes on serving, and nothing changes for anybody until you promote.
            </p>
          ) : null}
          <section aria-label="History" className="mt-8">
            <h2 className="mb-1.5 font-medium text-muted-foreground text-xs">History of the live build</h2>
            <HistoryList slug={slug} builds={builds.data} />
          </section>
        </>
      ) : (
        <LoadingRegion label="Loading builds" className="mt-5 grid gap-3">
          {["a", "b", "c"].map((key) => (
            <Skeleton key={key} className="h-18 w-full rounded-lg" />
          ))}
        </LoadingRegion>
      )}
    </>
  );
};

const BuildLine = ({ build }: { build: BuildDetail }) => (
  <li
    data-build={build.id}
    className="grid gap-x-6 gap-y-2 px-4 py-3 text-sm transition-colors hover:bg-surface md:grid-cols-[minmax(0,20rem)_minmax(0,1fr)_auto] md:items-center"
  >
    <div className="flex min-w-0 items-start justify-between gap-2 md:justify-start">
      <BuildName build={build} />
      <span className="mt-1 shrink-0 md:order-first">
        <BuildBadge build={build} />
      </span>
    </div>
    <div className="min-w-0">
      {build.status === "building" ? (
        <FillProgress build={build} isShort />
      ) : (
        <>
          <p className="flex flex-wrap gap-x-3 tabular-nums">
            {build.statistics ? (
              <>
                <span>{formatPlural(build.statistics.documents, "document")}</span>
                <span className="text-muted-foreground">{formatPlural(build.statistics.passages, "passage")}</span>
                <span className="text-muted-foreground">{formatBytes(build.statistics.sizeBytes)}</span>
              </>
            ) : build.failure ? (
              <span className="text-destructive first-letter:uppercase">{build.failure.cause}</span>
            ) : (
              <span className="text-muted-foreground">no data</span>
            )}
            {build.fill && build.fill.failed > 0 ? (
              <span className="text-destructive">{formatCount(build.fill.failed)} failed</span>
            ) : null}
          </p>
          <p className="mt-0.5 truncate text-muted-foreground text-xs">
            <Differs build={build} />
          </p>
        </>
      )}
    </div>
    <div className="flex items-center justify-between gap-3 md:justify-end">
      <span className="text-muted-foreground text-xs">
        <RelativeTime at={build.promotedAt ?? build.createdAt} /> by {build.createdBy}
      </span>
      <BuildButtons build={build} size="sm" />
    </div>
  </li>
);

const namedMax = 3;

/** In which settings a build differs from the live one. */
const Differs = ({ build }: { build: BuildDetail }) => {
  if (build.status === "live") return <>what people search now</>;
  if (build.changes.length === 0) return <>configured as the live build</>;
  const names = [...new Set(build.changes.map((change) => settingLabel(change.path)))];
  const rest = names.length - namedMax;
  return (
    <span title={names.join(", ")}>
      differs in {names.slice(0, namedMax).join(", ").toLowerCase()}
      {rest > 0 ? ` and ${rest} more` : ""}
    </span>
  );
};

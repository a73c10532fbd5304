"use client";
import type { Audit } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { buildListOptions } from "../../lib/builds.ts";
import { formatCount, formatDuration, formatPlural } from "../../lib/format.ts";
import { useCan } from "../../lib/me.ts";
import { QueryError, toastError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { FindingList } from "./finding-list.tsx";
import { verdictOf } from "./findings.ts";
import { careOptions, useAudit } from "./queries.ts";
import { StorageTable } from "./storage-table.tsx";
import { UpkeepTable } from "./upkeep-table.tsx";

/** How an index is kept: whether all of it agrees, what it takes, what upkeep did. */
export const CarePanel = ({ slug }: { slug: string }) => {
  const report = useQuery(careOptions(slug));
  const builds = useQuery(buildListOptions(slug));
  if (report.isError && !report.data)
    return <QueryError error={report.error} onRetry={() => void report.refetch()} retrying={report.isFetching} />;
  if (!report.data)
    return (
      <LoadingRegion label="Loading the report" className="grid gap-4">
        <Skeleton className="h-36 w-full" />
        <Skeleton className="h-40 w-full" />
        <Skeleton className="h-40 w-full" />
      </LoadingRegion>
    );
  const [newest, ...older] = report.data.audits;
  return (
    <div className="grid grid-cols-1 gap-8">
      <section aria-label="Auditor">
        <NewestAudit slug={slug} audit={newest} />
        {newest?.findings.length ? <FindingList slug={slug} audit={newest} builds={builds.data} /> : null}
      </section>
      <StorageTable slug={slug} report={report.data} builds={builds.data} />
      <UpkeepTable slug={slug} upkeep={report.data.upkeep} builds={builds.data} />
      <History slug={slug} audits={older} builds={builds.data} />
    </div>
  );
};

const numberTones = {
  good: "text-success",
  busy: "text-warning",
  bad: "text-destructive",
  unknown: "text-muted-foreground",
} as const;

const NewestAudit = ({ slug, audit }: { slug: string; audit: Audit | undefined }) => {
  const mayRun = useCan("care.repair");
  const run = useAudit(slug);
  const verdict = verdictOf(audit);
  return (
    <div className="flex flex-wrap items-start gap-x-6 gap-y-3 rounded-lg border bg-card px-5 py-4">
      <p className="grid shrink-0">
        <span
          data-differences
          className={cn("font-semibold text-3xl leading-none tabular-nums", numberTones[verdict.tone])}
        >
          {audit ? formatCount(audit.differences) : "–"}
        </span>
        <span className="mt-1.5 text-muted-foreground text-xs">
          {audit?.differences === 1 ? "difference" : "differences"}
        </span>
      </p>
      <div className="min-w-0 flex-1 basis-64">
        <p role="status" className="font-medium">
          {verdict.text}
        </p>
        {audit ? (
          <p className="mt-1 text-muted-foreground text-sm">
            {audit.complete ? "Found" : "Begun"} <RelativeTime at={audit.at} /> by {audit.by}, in{" "}
            {formatDuration(audit.tookMs)}: {checkedText(audit)} compared.
          </p>
        ) : null}
        <p className="mt-1 text-muted-foreground text-xs">
          Rows of the catalog, stored files and the tables of all builds are held against one another every few minutes.
          Work under way is no difference. What differs is repaired by the same steps that made it.
        </p>
      </div>
      {mayRun ? (
        <Button busy={run.isPending} onClick={() => run.mutate(undefined, { onError: toastError })}>
          <ShieldCheck aria-hidden /> Check now
        </Button>
      ) : null}
    </div>
  );
};

const checkedText = ({ checked }: Audit): string =>
  [
    formatPlural(checked.documents, "document"),
    formatPlural(checked.versions, "version"),
    formatPlural(checked.objects, "file"),
    `${formatPlural(checked.passages, "passage")} in ${formatPlural(checked.builds, "build")}`,
  ].join(", ");

const History = ({
  slug,
  audits,
  builds,
}: {
  slug: string;
  audits: readonly Audit[];
  builds: Parameters<typeof FindingList>[0]["builds"];
}) => (
  <section aria-label="Earlier checks">
    <h2 className="mb-2 font-medium">Earlier checks</h2>
    {audits.length === 0 ? (
      <p className="text-muted-foreground text-sm">This was the first one.</p>
    ) : (
      <ul className="divide-y rounded-lg border bg-card text-sm">
        {audits.map((audit) => (
          <li key={audit.at}>
            {audit.findings.length > 0 ? (
              <details>
                <summary className="px-4 py-2 hover:bg-surface">
                  <AuditLine audit={audit} />
                </summary>
                <div className="border-t bg-surface px-4 pb-4">
                  <FindingList slug={slug} audit={audit} builds={builds} />
                </div>
              </details>
            ) : (
              <p className="px-4 py-2">
                <AuditLine audit={audit} />
              </p>
            )}
          </li>
        ))}
      </ul>
    )}
  </section>
);

const AuditLine = ({ audit }: { audit: Audit }) => (
  <span className="inline-flex w-[calc(100%-1.25rem)] flex-wrap items-baseline gap-x-4 gap-y-0.5 align-top tabular-nums">
    <span className={cn("w-28", audit.differences > 0 ? "font-medium text-warning" : "text-muted-foreground")}>
      {formatPlural(audit.differences, "difference")}
    </span>
    <span className="w-24 text-muted-foreground">
      {audit.repaired > 0 ? `${formatCount(audit.repaired)} repaired` : ""}
    </span>
    <span className="min-w-0 flex-1 basis-40 text-muted-foreground text-xs">
      {formatPlural(audit.checked.documents, "document")}, {formatPlural(audit.checked.passages, "passage")} in{" "}
      {formatDuration(audit.tookMs)}
    </span>
    <span className="text-muted-foreground text-xs">
      <RelativeTime at={audit.at} /> by {audit.by}
    </span>
  </span>
);

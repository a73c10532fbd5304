"use client";
import { findingSeverities } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { ShieldAlert, ShieldCheck } from "lucide-react";
import Link from "next/link";
import { formatPlural } from "../../lib/format.ts";
import { shortDigest } from "../../lib/image-id.tsx";
import { imagePath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { SeverityBadge, SeverityCounts } from "../../lib/severity.tsx";
import { oneOfParam, textParam, useUrlStates } from "../../lib/url-state.ts";
import { useDebounced } from "../../lib/use-debounced.ts";
import { Badge } from "../../ui/badge.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Input } from "../../ui/input.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { PageBody, PageHeader } from "../../ui/page-header.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { findingPath } from "./finding-line.tsx";
import { PageTabs, Problems, registryTabs } from "./parts.tsx";
import { allFindingsOptions } from "./queries.ts";

const params = {
  severity: oneOfParam(findingSeverities),
  show: oneOfParam(["running", "all"]).withDefault("running"),
  q: textParam.whileTyping().withDefault(""),
};

/** What is known against images, by severity, with the tasks it touches now. */
export const FindingsPanel = () => {
  const [filter, setFilter] = useUrlStates(params);
  const q = useDebounced(filter.q.trim(), 200);
  const findings = useQuery(allFindingsOptions({ severity: filter.severity, show: filter.show, q }));
  return (
    <PageBody>
      <PageHeader title="Images" description="What is known against the images that run, and against those in store." />
      <PageTabs label="Parts of the registry" tabs={registryTabs} />
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <Input
          aria-label="Find a finding"
          data-search-input
          placeholder="Advisory or package"
          className="max-w-72"
          value={filter.q}
          maxLength={100}
          onChange={(event) => setFilter({ q: event.target.value })}
        />
        <NativeSelect
          aria-label="Severity"
          options={[
            { value: "", label: "Any severity" },
            ...findingSeverities.map((severity) => ({ value: severity, label: severity })),
          ]}
          value={filter.severity ?? ""}
          onChange={(event) =>
            setFilter({ severity: findingSeverities.find((one) => one === event.target.value) ?? null })
          }
        />
        <NativeSelect
          aria-label="Which images"
          options={[
            { value: "running", label: "In images that run" },
            { value: "all", label: "In all images" },
          ]}
          value={filter.show}
          onChange={(event) => setFilter({ show: event.target.value === "all" ? "all" : "running" })}
        />
        {findings.data ? <SeverityCounts counts={findings.data.counts} className="ml-auto" /> : null}
      </div>
      {findings.isError && !findings.data ? (
        <QueryError error={findings.error} onRetry={() => void findings.refetch()} retrying={findings.isFetching} />
      ) : !findings.data ? (
        <LoadingRegion label="Loading findings" className="grid gap-px">
          {["a", "b", "c"].map((key) => (
            <Skeleton key={key} className="h-14 w-full" />
          ))}
        </LoadingRegion>
      ) : (
        <>
          <Problems problems={findings.data.problems} />
          {findings.data.unscanned.map((image) => (
            <p
              key={image.digest}
              role="status"
              className="mb-2 flex items-start gap-2 rounded-md bg-warning-soft px-3 py-2 text-sm"
            >
              <ShieldAlert className="mt-0.5 size-4 shrink-0 text-warning" aria-hidden />
              <span>
                <Link href={imagePath(image.agent, image.digest)} className="underline underline-offset-2">
                  {image.agent} {shortDigest(image.digest)}
                </Link>{" "}
                runs without a complete scan: what is in it is not known.
              </span>
            </p>
          ))}
          {findings.data.items.length === 0 ? (
            <EmptyState icon={ShieldCheck} title="No finding fits">
              {filter.show === "running"
                ? "Nothing is known against the images that run, as far as they were scanned."
                : null}
            </EmptyState>
          ) : (
            <ul aria-label="Findings" className="divide-y rounded-lg border bg-card">
              {findings.data.items.map((finding) => (
                <li key={finding.id} className="grid gap-1 px-4 py-2.5 text-sm">
                  <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
                    <SeverityBadge severity={finding.severity} />
                    <Link href={findingPath(finding.id)} className="font-mono text-xs hover:underline">
                      {finding.id}
                    </Link>
                    <span className="wrap-anywhere min-w-0">{finding.title}</span>
                    {finding.waived ? <Badge tone="warning">waived</Badge> : null}
                  </p>
                  <p className="text-muted-foreground text-xs">
                    {finding.packages.join(", ")}
                    {finding.fixedIn ? `, mended in ${finding.fixedIn}` : ", no fix yet"} · in{" "}
                    {formatPlural(finding.images, "image")},{" "}
                    <span className={finding.tasks > 0 ? "font-medium text-foreground" : undefined}>
                      {formatPlural(finding.tasks, "running task")}
                    </span>{" "}
                    of {finding.agents.join(", ")}
                  </p>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </PageBody>
  );
};

"use client";
import { findingSeverities } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { ShieldCheck, ShieldQuestionMark } from "lucide-react";
import { useCan } from "../../lib/me.ts";
import { repositoryPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { FindingLine } from "./finding-line.tsx";
import { findingsOptions } from "./queries.ts";

/** What the scan found in an image, worst first. */
export const ImageFindingsList = ({ repository, digest }: { repository: string; digest: string }) => {
  const findings = useQuery(findingsOptions(repository, digest));
  const mayWaive = useCan("images.waive");
  if (findings.isError && !findings.data)
    return <QueryError error={findings.error} onRetry={() => void findings.refetch()} retrying={findings.isFetching} />;
  if (!findings.data) return <Skeleton className="h-40 w-full rounded-lg" />;
  const { scan, items } = findings.data;
  if (scan.state !== "complete")
    return (
      <EmptyState
        icon={ShieldQuestionMark}
        title={scan.state === "running" ? "It is being scanned" : "Nothing is known of what is inside"}
      >
        {scan.reason ?? "An image that was not scanned counts as failing at the gate."}
      </EmptyState>
    );
  return (
    <>
      <p className="mb-2 text-muted-foreground text-xs">
        Scanned {scan.at ? <RelativeTime at={scan.at} /> : null}
        {scan.advisoriesAt ? (
          <>
            {" "}
            with advisories of <RelativeTime at={scan.advisoriesAt} />
          </>
        ) : null}
      </p>
      {items.length === 0 ? (
        <EmptyState icon={ShieldCheck} title="Nothing is known against it" className="py-8">
          No package in it has an advisory that the scanner knows.
        </EmptyState>
      ) : (
        <ul aria-label="Findings" className="divide-y rounded-lg border bg-card">
          {[...items]
            .sort((a, b) => findingSeverities.indexOf(a.severity) - findingSeverities.indexOf(b.severity))
            .map((finding) => (
              <FindingLine
                key={`${finding.id} ${finding.package}`}
                finding={finding}
                waivePath={
                  mayWaive ? `${repositoryPath(repository)}/gate?waive=${encodeURIComponent(finding.id)}` : undefined
                }
              />
            ))}
        </ul>
      )}
    </>
  );
};

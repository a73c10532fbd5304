"use client";
import type { FindingDetail } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import Link from "next/link";
import { formatPlural } from "../../lib/format.ts";
import { ImageId } from "../../lib/image-id.tsx";
import { useCan } from "../../lib/me.ts";
import { repositoryPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { SeverityBadge } from "../../lib/severity.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { PageBody, PageHeader } from "../../ui/page-header.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { ImageUse, Part, Problems } from "./parts.tsx";
import { findingOptions } from "./queries.ts";
import { TouchedAnswers } from "./touched-answers.tsx";

/** One finding: what it is, and all it touches, from images over tasks and releases to the answers they gave. */
export const FindingPage = ({ findingId }: { findingId: string }) => {
  const finding = useQuery(findingOptions(findingId));
  if (finding.isError && !finding.data)
    return (
      <PageBody>
        <QueryError
          error={finding.error}
          onRetry={() => void finding.refetch()}
          retrying={finding.isFetching}
          actions={
            <Button asChild>
              <Link href="/images/findings">All findings</Link>
            </Button>
          }
        />
      </PageBody>
    );
  const { data } = finding;
  if (!data)
    return (
      <PageBody>
        <LoadingRegion label="Loading the finding" className="grid gap-4">
          <Skeleton className="h-7 w-72" />
          <Skeleton className="h-40 w-full rounded-lg" />
        </LoadingRegion>
      </PageBody>
    );
  return (
    <PageBody>
      <PageHeader
        breadcrumb={
          <Link href="/images/findings" className="hover:text-foreground hover:underline">
            Findings
          </Link>
        }
        title={data.title}
        description={data.description === data.title ? undefined : data.description}
        meta={
          <>
            <SeverityBadge severity={data.severity} />
            <CopyableId id={data.id} label="advisory" full />
            {data.score === undefined ? null : (
              <span className="text-muted-foreground">score {data.score.toFixed(1)}</span>
            )}
            <span className="text-muted-foreground">
              {data.fixedIn ? `mended in ${data.fixedIn}` : "no fix yet"}; {formatPlural(data.images, "image")},{" "}
              {formatPlural(data.tasks, "running task")}
            </span>
          </>
        }
        actions={
          data.url && /^https?:/.test(data.url) ? (
            <Button asChild>
              <a href={data.url} target="_blank" rel="noreferrer">
                <ExternalLink aria-hidden /> Advisory
              </a>
            </Button>
          ) : null
        }
      />
      <Problems problems={data.problems} />
      <div className="grid gap-6">
        {data.uses.map((use) => (
          <Use key={`${use.digest} ${use.package}`} use={use} findingId={data.id} />
        ))}
        {data.uses.length === 0 ? <p className="text-muted-foreground text-sm">No image here has it.</p> : null}
      </div>
    </PageBody>
  );
};

const Use = ({ use, findingId }: { use: FindingDetail["uses"][number]; findingId: string }) => {
  const mayWaive = useCan("images.waive");
  return (
    <Part
      title={`${use.agent} ${use.tags[0] ?? ""}`}
      aside={
        mayWaive && !use.waiver ? (
          <Link
            href={`${repositoryPath(use.agent)}/gate?waive=${encodeURIComponent(findingId)}`}
            className="text-link text-xs underline underline-offset-2"
          >
            Waive it for {use.agent}
          </Link>
        ) : null
      }
    >
      <div className="grid gap-2 rounded-lg border bg-card px-4 py-3 text-sm">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <ImageId repository={use.agent} image={{ digest: use.digest, tag: use.tags[0] }} />
          <span className="text-muted-foreground text-xs">
            {use.package} {use.version}
            {use.fixedIn ? `, mended in ${use.fixedIn}` : ""}
          </span>
        </p>
        <ImageUse image={{ ...use, protectedBy: [] }} />
        {use.waiver ? (
          <p className="wrap-anywhere text-warning text-xs">
            Waived by {use.waiver.owner} until <RelativeTime at={use.waiver.until} />: {use.waiver.reason}
          </p>
        ) : null}
      </div>
      <div className="mt-2">
        <p className="mb-1 text-muted-foreground text-xs">Answers that this image gave, newest first:</p>
        <TouchedAnswers digest={use.digest} />
      </div>
    </Part>
  );
};

"use client";
import type { IndexDetail } from "@samla/contracts";
import { formatBytes } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { formatCount } from "../../lib/format.ts";
import { useFreshness } from "../../lib/freshness.tsx";
import { Progress } from "../../ui/progress.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { BuildCard } from "./build-card.tsx";
import { indexOptions } from "./queries.ts";

/** What an index holds and what it was built with. */
export const IndexOverview = ({ slug }: { slug: string }) => {
  const index = useQuery(indexOptions(slug));
  if (!index.data)
    return (
      <LoadingRegion label="Loading figures" className="grid gap-4">
        <Skeleton className="h-20 w-full" />
        <Skeleton className="h-44 w-full" />
      </LoadingRegion>
    );
  return (
    <>
      <Statistics index={index.data} />
      <BuildCard build={index.data.build} />
    </>
  );
};

const Statistics = ({ index }: { index: IndexDetail }) => {
  const { statistics } = index;
  const freshness = useFreshness(index.slug);
  const share = statistics.passages === 0 ? 1 : statistics.vectors / statistics.passages;
  return (
    <dl className="grid grid-cols-2 overflow-hidden rounded-lg border bg-card sm:grid-cols-3 xl:grid-cols-6">
      <Figure
        label="Documents"
        value={formatCount(index.documents)}
        hint={`${formatCount(statistics.documents)} searchable`}
      />
      <Figure label="Passages" value={formatCount(statistics.passages)} />
      <Figure
        label="Vectors"
        value={formatCount(statistics.vectors)}
        hint={`${Math.floor(share * 100)} % of the passages`}
      >
        {share < 1 ? <Progress value={share} label="Passages with vectors" className="mt-1.5 h-1" /> : null}
      </Figure>
      <Figure label="Size" value={formatBytes(statistics.sizeBytes)} />
      <Figure
        label="Unindexed rows"
        value={formatCount(statistics.unindexedRows)}
        hint={
          statistics.unindexedRows > 0 ? "found by scanning until the next upkeep" : "all are in the search structures"
        }
      />
      {freshness ? (
        <Figure label="Time to search" value={freshness.text} hint={freshness.hint} />
      ) : (
        <Figure label="Table version" value={formatCount(statistics.tableVersion)} hint="counts the writes" />
      )}
    </dl>
  );
};

const Figure = ({
  label,
  value,
  hint,
  children,
}: {
  label: string;
  value: string;
  hint?: string;
  children?: ReactNode;
}) => (
  <div className="-mt-px -ml-px border-t border-l px-4 py-3">
    <dt className="text-muted-foreground text-xs">{label}</dt>
    <dd className="font-semibold text-xl tabular-nums">{value}</dd>
    {hint ? <dd className="text-2xs text-muted-foreground">{hint}</dd> : null}
    {children ? <dd>{children}</dd> : null}
  </div>
);

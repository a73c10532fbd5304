"use client";
import type { BuildDetail, Promotion } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { ArrowUpFromLine, Flag, ShieldAlert, Undo2 } from "lucide-react";
import Link from "next/link";
import { buildTitle } from "../../lib/builds.ts";
import { buildPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { historyOptions } from "./queries.ts";

const kinds = {
  created: { icon: Flag, label: "made the first build live:" },
  promoted: { icon: ArrowUpFromLine, label: "promoted" },
  "rolled-back": { icon: Undo2, label: "rolled back to" },
} as const;

/** Every change of the live build: who, when, why, and what of the gate was passed. */
export const HistoryList = ({ slug, builds }: { slug: string; builds: readonly BuildDetail[] }) => {
  const history = useQuery(historyOptions(slug));
  if (history.isError && !history.data)
    return <QueryError error={history.error} onRetry={() => void history.refetch()} retrying={history.isFetching} />;
  if (!history.data)
    return (
      <LoadingRegion label="Loading the history">
        <Skeleton className="h-16 w-full" />
      </LoadingRegion>
    );
  return (
    <ol className="divide-y rounded-lg border bg-card text-sm">
      {history.data.map((one) => (
        <HistoryLine key={`${one.at} ${one.toBuildId}`} slug={slug} one={one} builds={builds} />
      ))}
      {history.data.length === 0 ? (
        <li className="px-3 py-2.5 text-muted-foreground">Nothing was promoted yet.</li>
      ) : null}
    </ol>
  );
};

const HistoryLine = ({ slug, one, builds }: { slug: string; one: Promotion; builds: readonly BuildDetail[] }) => {
  const { icon: Icon, label } = kinds[one.kind];
  return (
    <li className="flex gap-3 px-3 py-2.5">
      <Icon
        className={
          one.kind === "rolled-back"
            ? "mt-0.5 size-4 shrink-0 text-warning"
            : "mt-0.5 size-4 shrink-0 text-muted-foreground"
        }
        aria-hidden
      />
      <div className="min-w-0 flex-1">
        <p className="break-words">
          <span className="font-medium">{one.by}</span> {label} <Name slug={slug} id={one.toBuildId} builds={builds} />
          {one.fromBuildId ? (
            <>
              {" "}
              in place of <Name slug={slug} id={one.fromBuildId} builds={builds} />
            </>
          ) : null}
        </p>
        {one.reason ? <p className="mt-0.5 break-words text-muted-foreground text-xs">{one.reason}</p> : null}
        {one.override ? (
          <div className="mt-1.5 rounded-md bg-warning-soft px-2.5 py-1.5 text-xs">
            <p className="flex items-center gap-1.5 font-medium text-warning">
              <ShieldAlert className="size-3.5 shrink-0" aria-hidden /> The gate was overridden: {one.override.reason}
            </p>
            <ul className="mt-0.5 list-disc pl-8">
              {one.override.obstacles.map((obstacle) => (
                <li key={obstacle} className="break-words">
                  {obstacle}
                </li>
              ))}
            </ul>
          </div>
        ) : null}
      </div>
      <RelativeTime at={one.at} className="shrink-0 whitespace-nowrap text-muted-foreground text-xs" />
    </li>
  );
};

/** A build by its name while it is there, by its id once it is deleted. */
const Name = ({ slug, id, builds }: { slug: string; id: string; builds: readonly BuildDetail[] }) => {
  const build = builds.find((one) => one.id === id);
  return build ? (
    <Link href={buildPath(slug, id)} className="text-link underline underline-offset-2" title={id}>
      {buildTitle(build)}
    </Link>
  ) : (
    <span className="font-mono text-muted-foreground text-xs" title="deleted since">
      {id}
    </span>
  );
};

"use client";
import type { Build, IndexSlug, QueryRecord } from "@samla/contracts";
import { useMutation, useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { callApi } from "../../lib/api.ts";
import { buildListOptions } from "../../lib/builds.ts";
import { formatCount, formatDuration, formatPlural, formatShare } from "../../lib/format.ts";
import { benchPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Progress } from "../../ui/progress.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "../../ui/table.tsx";
import { type Compared, compareAnswers, summarise } from "./real-searches.ts";

const searchesMax = 200;
const pageSize = 50;
const atOnce = 3;

/** The newest different searches of the index, as people made them. */
const newestSearches = async (slug: IndexSlug): Promise<QueryRecord[]> => {
  const found = new Map<string, QueryRecord>();
  let cursor: string | undefined;
  for (let read = 0; read < searchesMax; read += pageSize) {
    const page = await callApi("queries.list", {
      params: { index: slug },
      query: { view: "recent", limit: pageSize, ...(cursor ? { cursor } : {}) },
    });
    for (const one of page.items) found.set(`${one.mode} ${one.text}`, found.get(`${one.mode} ${one.text}`) ?? one);
    cursor = page.nextCursor;
    if (!cursor) break;
  }
  return [...found.values()];
};

/** What people searched lately, asked of this build and of the live one: nobody is a guinea pig, nothing is recorded. */
export const RealSearches = ({ build }: { build: Build }) => {
  const builds = useQuery(buildListOptions(build.index));
  const live = builds.data?.find((one) => one.status === "live");
  const [progress, setProgress] = useState({ done: 0, all: 0 });
  const run = useMutation({
    mutationFn: async (liveId: Build["id"]) => {
      const searches = await newestSearches(build.index);
      setProgress({ done: 0, all: searches.length });
      const rows: Compared[] = [];
      let failed = 0;
      const queue = [...searches];
      const ask = (one: QueryRecord, buildId: Build["id"]) =>
        callApi("search.try", {
          params: { index: build.index },
          body: { q: one.text, mode: one.mode, buildId, limit: 10 },
        });
      const worker = async () => {
        for (let one = queue.shift(); one; one = queue.shift()) {
          try {
            const [before, after] = await Promise.all([ask(one, liveId), ask(one, build.id)]);
            rows.push(compareAnswers(one.text, before, after));
          } catch {
            failed += 1;
          }
          setProgress((was) => ({ ...was, done: was.done + 1 }));
        }
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
      return { ...summarise(rows), failed };
    },
  });
  if (!live || live.id === build.id) return null;
  const start = () => run.mutate(live.id);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-2xl text-muted-foreground text-sm">
          What people searched lately, up to {searchesMax} searches, asked of the live build and of this one with your
          rights. Nobody's search is touched and nothing is recorded.
        </p>
        <Button onClick={start} busy={run.isPending}>
          <History aria-hidden /> {run.data ? "Run them again" : "Run real searches"}
        </Button>
      </div>
      {run.isPending ? (
        <Progress value={progress.all === 0 ? 0 : progress.done / progress.all} label="Searches asked" />
      ) : run.isError ? (
        <QueryError error={run.error} onRetry={start} retrying={run.isPending} />
      ) : run.data ? (
        <Outcome slug={build.index} liveId={live.id} buildId={build.id} outcome={run.data} />
      ) : null}
    </div>
  );
};

const Outcome = ({
  slug,
  liveId,
  buildId,
  outcome,
}: {
  slug: string;
  liveId: string;
  buildId: string;
  outcome: ReturnType<typeof summarise> & { failed: number };
}) => {
  if (outcome.rows.length === 0 && outcome.failed === 0)
    return (
      <EmptyState icon={History} title="Nobody has searched this index yet">
        Searches are recorded as people make them; then you can see here what they would get from this build.
      </EmptyState>
    );
  const figures = [
    { label: "Same documents", value: formatShare(outcome.overlap), hint: "of those on either side, on average" },
    {
      label: "Unchanged",
      value: `${formatCount(outcome.same)} of ${formatCount(outcome.rows.length)}`,
      hint: "searches",
    },
    { label: "Another first hit", value: formatCount(outcome.otherFirst), hint: "searches" },
    { label: "Newly empty", value: formatCount(outcome.newlyEmpty), hint: `${outcome.newlyFound} newly found` },
    {
      label: "Time, middle",
      value: formatDuration(outcome.candidateMs),
      hint: `${formatDuration(outcome.liveMs)} on the live build`,
    },
  ];
  return (
    <>
      <p role="status" className="text-sm">
        {formatPlural(outcome.rows.length, "different search", "different searches")} compared
        {outcome.failed > 0 ? `; ${outcome.failed} could not be asked of both builds` : ""}.
      </p>
      <dl className="grid grid-cols-2 overflow-hidden rounded-lg border bg-card sm:grid-cols-5">
        {figures.map(({ label, value, hint }) => (
          <div key={label} className="-mt-px -ml-px border-t border-l px-4 py-2.5">
            <dt className="text-muted-foreground text-xs">{label}</dt>
            <dd className="font-semibold text-lg tabular-nums">{value}</dd>
            <dd className="text-2xs text-muted-foreground">{hint}</dd>
          </div>
        ))}
      </dl>
      <div className="relative overflow-x-auto rounded-lg border">
        <Table>
          <TableHead>
            <tr>
              <TableHeaderCell>Search</TableHeaderCell>
              <TableHeaderCell className="text-right">Same</TableHeaderCell>
              <TableHeaderCell className="text-right">Moved</TableHeaderCell>
              <TableHeaderCell className="hidden sm:table-cell">Lost and gained</TableHeaderCell>
            </tr>
          </TableHead>
          <TableBody>
            {outcome.rows.map((row) => (
              <TableRow key={row.text}>
                <TableCell className="max-w-44 sm:max-w-72">
                  <Link
                    href={benchPath(slug, { q: row.text, left: liveId, right: buildId })}
                    prefetch={false}
                    title={row.text}
                    className="block truncate hover:underline"
                  >
                    {row.text}
                  </Link>
                </TableCell>
                <TableCell className="whitespace-nowrap text-right tabular-nums">{formatShare(row.overlap)}</TableCell>
                <TableCell className="text-right tabular-nums">{formatCount(row.moved)}</TableCell>
                <TableCell className="hidden max-w-80 text-xs sm:table-cell">
                  <span className="block truncate" title={[...row.lost, ...row.gained].join(", ")}>
                    {row.lost.length > 0 ? <span className="text-destructive">− {row.lost.join(", ")} </span> : null}
                    {row.gained.length > 0 ? <span className="text-success">+ {row.gained.join(", ")}</span> : null}
                    {row.lost.length + row.gained.length === 0 ? (
                      <span className="text-muted-foreground">none</span>
                    ) : null}
                  </span>
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </div>
    </>
  );
};

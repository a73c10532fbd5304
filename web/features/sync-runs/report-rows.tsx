"use client";
import type { SyncRow, SyncRunReport } from "@samla/contracts";
import { syncOutcomes } from "@samla/contracts/plain";
import { FileSearch } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { formatCount, formatDuration, formatPlural } from "../../lib/format.ts";
import { documentPath } from "../../lib/paths.ts";
import { oneOfParam, textParam, useUrlStates } from "../../lib/url-state.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Input } from "../../ui/input.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { outcomeLabel, outcomeTones } from "./words.ts";

const pageSize = 100;
const params = { outcome: oneOfParam(syncOutcomes), file: textParam.whileTyping().withDefault("") };

/** File by file what a run did, or would; unchanged files are not among them. */
export const ReportRows = ({ run }: { run: SyncRunReport }) => {
  const [filter, setFilter] = useUrlStates(params);
  const [pages, setPages] = useState(1);
  const isDry = run.dryRun === true;
  const typed = filter.file.trim().toLowerCase();
  const rows = run.rows.filter(
    ({ key, outcome, reason }) =>
      (!filter.outcome || outcome === filter.outcome) &&
      (!typed || `${key} ${reason ?? ""}`.toLowerCase().includes(typed)),
  );
  const isNarrowed = filter.outcome !== null || typed !== "";
  const shown = rows.slice(0, pages * pageSize);
  return (
    <section aria-label="Files">
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <h3 className="mr-auto font-medium text-sm">
          Files{" "}
          <span className="font-normal text-muted-foreground text-xs tabular-nums">
            {isNarrowed ? `${formatCount(rows.length)} of ${formatCount(run.rows.length)}` : formatCount(rows.length)}
          </span>
        </h3>
        <Input
          type="search"
          aria-label="Find a file or a reason"
          placeholder="Find a file or a reason"
          className="h-7 w-52 text-xs"
          value={filter.file}
          onChange={(event) => setFilter({ file: event.target.value })}
        />
        <NativeSelect
          aria-label="What became of them"
          options={[
            { value: "", label: "Whatever became of them" },
            ...syncOutcomes
              .filter((outcome) => run.counts[outcome] > 0 || outcome === filter.outcome)
              .map((outcome) => ({
                value: outcome,
                label: `${outcomeLabel(outcome, isDry)} (${formatCount(run.counts[outcome])})`,
              })),
          ]}
          value={filter.outcome ?? ""}
          onChange={(event) => setFilter({ outcome: syncOutcomes.find((one) => one === event.target.value) ?? null })}
        />
      </div>
      {rows.length === 0 ? (
        <Nothing run={run} isNarrowed={isNarrowed} onAll={() => setFilter({ outcome: null, file: null })} />
      ) : (
        <ul aria-label="Files of the run" className="divide-y rounded-lg border bg-card">
          {shown.map((row) => (
            <FileRow key={`${row.outcome} ${row.key}`} row={row} isDry={isDry} />
          ))}
        </ul>
      )}
      {shown.length < rows.length ? (
        <Button className="mt-3" onClick={() => setPages(pages + 1)}>
          Show {formatCount(Math.min(pageSize, rows.length - shown.length))} more
        </Button>
      ) : null}
      {run.rowsLeftOut > 0 ? (
        <p className="mt-3 text-muted-foreground text-xs">
          {formatPlural(run.rowsLeftOut, "file")} more did not fit the report; what failed or was kept stands first. The
          figures above count all.
        </p>
      ) : null}
    </section>
  );
};

const FileRow = ({ row, isDry }: { row: SyncRow; isDry: boolean }) => (
  <li className="grid items-baseline gap-x-4 gap-y-0.5 px-3 py-1.5 text-xs sm:grid-cols-[8.5rem_minmax(0,1fr)_auto]">
    <span>
      <Badge tone={outcomeTones[row.outcome]}>{outcomeLabel(row.outcome, isDry)}</Badge>
    </span>
    <span className="min-w-0">
      {row.documentId ? (
        <Link
          href={documentPath(row.documentId)}
          className="wrap-anywhere inline-flex min-h-6 items-center text-link hover:underline"
        >
          {row.key}
        </Link>
      ) : (
        <span className="wrap-anywhere inline-flex min-h-6 items-center">{row.key}</span>
      )}
      {row.reason ? <span className="wrap-anywhere block text-muted-foreground">{row.reason}</span> : null}
    </span>
    <span className="text-muted-foreground tabular-nums">
      {row.tookMs === undefined ? "" : formatDuration(row.tookMs)}
    </span>
  </li>
);

const Nothing = ({ run, isNarrowed, onAll }: { run: SyncRunReport; isNarrowed: boolean; onAll: () => void }) =>
  isNarrowed ? (
    <EmptyState
      icon={FileSearch}
      title="No such file in this run"
      actions={<Button onClick={onAll}>Show all</Button>}
    />
  ) : (
    <p className="rounded-lg border border-dashed px-4 py-3 text-muted-foreground text-sm">
      {run.status === "running"
        ? "Nothing has changed so far."
        : run.counts.unchanged > 0
          ? `Nothing had changed: ${formatPlural(run.counts.unchanged, "file")} in the index as in the source.`
          : "It touched no file."}
    </p>
  );

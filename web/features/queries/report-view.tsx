"use client";
import type { IndexSlug, QueryReport } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { ScanSearch } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { formatCount, formatDuration, formatShare } from "../../lib/format.ts";
import { queryPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { AnsweredNow } from "./answered-now.tsx";
import { DayChart } from "./day-chart.tsx";
import { type QueryView, reportOptions } from "./queries.ts";
import { QueryActions } from "./query-actions.tsx";

const periods = [
  { days: 1, label: "1 day" },
  { days: 7, label: "7 days" },
  { days: 30, label: "30 days" },
  { days: 90, label: "90 days" },
] as const;
type Days = (typeof periods)[number]["days"];

/** What people asked in the last days: how much, how well it went, and where it did not. */
export const ReportView = ({
  slug,
  days,
  onDays,
  onText,
}: {
  slug: string;
  days: Days;
  onDays: (days: Days) => void;
  /** Shows the searches of a text. */
  onText: (text: string, view: QueryView) => void;
}) => {
  const report = useQuery(reportOptions(slug, days));
  const { data } = report;
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-2xl text-muted-foreground text-sm">
          Every search of the live build, whoever made it. The figures belong to the index: they go on when another
          build is promoted.
        </p>
        <fieldset className="inline-flex rounded-md border bg-card">
          <legend className="sr-only">Period</legend>
          {periods.map((one) => (
            <button
              key={one.days}
              type="button"
              aria-pressed={one.days === days}
              onClick={() => onDays(one.days)}
              className="h-7 border-l px-2.5 text-muted-foreground text-xs transition-colors first:rounded-l-md first:border-l-0 last:rounded-r-md hover:bg-accent aria-pressed:bg-primary-soft aria-pressed:font-medium aria-pressed:text-primary"
            >
              {one.label}
            </button>
          ))}
        </fieldset>
      </div>
      {report.isError && !data ? (
        <QueryError error={report.error} onRetry={() => void report.refetch()} retrying={report.isFetching} />
      ) : !data ? (
        <LoadingRegion label="Loading the report" className="grid gap-4">
          <Skeleton className="h-20 w-full" />
          <Skeleton className="h-44 w-full" />
          <Skeleton className="h-64 w-full" />
        </LoadingRegion>
      ) : data.searches === 0 ? (
        <EmptyState icon={ScanSearch} title="Nobody searched in this time">
          Each search of this index appears here as soon as it was answered: what was asked, what was found and opened,
          and how long it took. Who it was is kept unless the settings of the index say otherwise.
        </EmptyState>
      ) : (
        <div className={cn("grid grid-cols-1 gap-4 transition-opacity", report.isPlaceholderData && "opacity-60")}>
          <Figures report={data} />
          <DayChart perDay={data.perDay} />
          {data.complete ? null : (
            <p role="status" className="rounded-md bg-warning-soft px-3 py-2 text-sm text-warning">
              There were more searches than one report reads; the newest are counted.
            </p>
          )}
          <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
            <TopTexts slug={slug} report={data} onText={onText} />
            <div className="grid min-w-0 grid-cols-1 gap-4">
              <ZeroTexts slug={slug} report={data} onText={onText} />
              <SlowSearches slug={slug} report={data} />
            </div>
          </div>
        </div>
      )}
    </>
  );
};

const Figures = ({ report }: { report: QueryReport }) => {
  const shareOf = (count: number) => formatShare(count / report.searches);
  return (
    <dl className="grid grid-cols-2 overflow-hidden rounded-lg border bg-card sm:grid-cols-3 xl:grid-cols-6">
      <Figure label="Searches" value={formatCount(report.searches)} hint="letters typed on the way count once" />
      <Figure
        label="People"
        value={report.people === null ? "–" : formatCount(report.people)}
        hint={report.people === null ? "the log is anonymous" : ""}
      />
      <Figure
        label="Without a hit"
        value={shareOf(report.zeroResults)}
        hint={formatCount(report.zeroResults)}
        isBad={report.zeroResults > 0}
      />
      <Figure label="With a click" value={shareOf(report.withClick)} hint={formatCount(report.withClick)} />
      <Figure label="Latency p50" value={report.p50Ms === null ? "–" : formatDuration(report.p50Ms)} />
      <Figure label="Latency p95" value={report.p95Ms === null ? "–" : formatDuration(report.p95Ms)} />
    </dl>
  );
};

const Figure = ({ label, value, hint, isBad }: { label: string; value: string; hint?: string; isBad?: boolean }) => (
  <div className="-mt-px -ml-px border-t border-l px-4 py-3">
    <dt className="text-muted-foreground text-xs">{label}</dt>
    <dd className={cn("font-semibold text-xl tabular-nums", isBad && "text-destructive")}>{value}</dd>
    {hint ? <dd className="text-2xs text-muted-foreground">{hint}</dd> : null}
  </div>
);

const shownAtFirst = 8;

/** A list that begins short and says how much more there is. */
const ShortList = <T,>({
  title,
  hint,
  items,
  empty,
  children,
}: {
  title: string;
  hint: string;
  items: readonly T[];
  empty: string;
  children: (item: T) => ReactNode;
}) => {
  const [all, setAll] = useState(false);
  return (
    <section aria-label={title} className="rounded-lg border bg-card">
      <header className="flex items-baseline justify-between gap-3 border-b px-4 py-2">
        <h3 className="font-medium text-sm">{title}</h3>
        <span className="text-muted-foreground text-xs">{hint}</span>
      </header>
      {items.length === 0 ? (
        <p className="px-4 py-4 text-muted-foreground text-sm">{empty}</p>
      ) : (
        <ul className="divide-y">{(all ? items : items.slice(0, shownAtFirst)).map(children)}</ul>
      )}
      {items.length > shownAtFirst ? (
        <footer className="border-t p-1">
          <Button size="sm" variant="ghost" onClick={() => setAll(!all)}>
            {all ? "Show fewer" : `Show all ${items.length}`}
          </Button>
        </footer>
      ) : null}
    </section>
  );
};

const lineClass = "flex min-h-9 items-center gap-3 px-4 py-1 text-sm transition-colors hover:bg-surface";

const TextButton = ({ text, onClick }: { text: string; onClick: () => void }) => (
  <button
    type="button"
    title={`Searches for “${text}”`}
    onClick={onClick}
    className="min-w-0 flex-1 truncate text-left hover:underline focus-visible:outline-offset-[-2px]"
  >
    {text}
  </button>
);

type ListProps = { slug: string; report: QueryReport; onText: (text: string, view: QueryView) => void };

const TopTexts = ({ slug, report, onText }: ListProps) => (
  <ShortList title="Most searched" hint="searches · clicks" items={report.top} empty="Nothing was searched.">
    {(one) => (
      <li key={one.text} className={lineClass}>
        <TextButton text={one.text} onClick={() => onText(one.text, "recent")} />
        {one.zeroResults > 0 ? (
          <span className="shrink-0 text-destructive text-xs tabular-nums">
            {formatCount(one.zeroResults)} without a hit
          </span>
        ) : null}
        <span className="shrink-0 text-xs tabular-nums">
          {formatCount(one.searches)} <span className="text-muted-foreground">· {formatCount(one.clicks)}</span>
          <span className="sr-only"> searches and clicks</span>
        </span>
        <QueryActions query={{ index: slug as IndexSlug, text: one.text }} />
      </li>
    )}
  </ShortList>
);

const ZeroTexts = ({ slug, report, onText }: ListProps) => (
  <ShortList title="Without a hit" hint="today · searches" items={report.zero} empty="Every search found something.">
    {(one) => (
      <li key={one.text} className={lineClass}>
        <TextButton text={one.text} onClick={() => onText(one.text, "zero-results")} />
        <AnsweredNow slug={slug} text={one.text} />
        <span className="shrink-0 text-xs tabular-nums">{formatCount(one.searches)}</span>
        <QueryActions query={{ index: slug as IndexSlug, text: one.text }} />
      </li>
    )}
  </ShortList>
);

const SlowSearches = ({ slug, report }: Omit<ListProps, "onText">) => (
  <ShortList title="Slowest" hint="time" items={report.slow} empty="Nothing was searched.">
    {(one) => (
      <li key={one.id} className={lineClass}>
        <Link href={queryPath(slug, one.id)} prefetch={false} className="min-w-0 flex-1 truncate hover:underline">
          {one.text}
        </Link>
        <RelativeTime at={one.at} className="shrink-0 text-muted-foreground text-xs max-sm:hidden" />
        <span className="shrink-0 text-xs tabular-nums">{formatDuration(one.totalMs)}</span>
        <QueryActions query={{ index: slug as IndexSlug, text: one.text, id: one.id }} />
      </li>
    )}
  </ShortList>
);

"use client";
import type { ComparedQuestion, EvaluationComparison } from "@samla/contracts";
import { comparisonViews } from "@samla/contracts/plain";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ArrowLeftRight, ChevronRight, GitCompareArrows } from "lucide-react";
import Link from "next/link";
import { buildListOptions } from "../../lib/builds.ts";
import { FiguresTable } from "../../lib/figures-table.tsx";
import { formatCount } from "../../lib/format.ts";
import { GradeBadge } from "../../lib/grade.tsx";
import { benchPath, documentPath, evaluationPath, evaluationsPath, questionPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { RankMoves } from "../../lib/rank-moves.tsx";
import { oneOfParam, textParam, useUrlStates } from "../../lib/url-state.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { modeLabel, nameOfBuild } from "./evaluation-parts.tsx";
import { comparisonOptions } from "./queries.ts";

const viewLabels = { changed: "Most changed first", worse: "Only worse", better: "Only better", all: "As asked" };

/** Two evaluations beside each other: their figures, and each question with the hits that moved. */
export const ComparisonPage = ({ slug }: { slug: string }) => {
  const [state, setState] = useUrlStates({
    before: textParam,
    after: textParam,
    show: oneOfParam(comparisonViews).withDefault("changed"),
  });
  const builds = useQuery(buildListOptions(slug));
  const { before, after, show } = state;
  const comparison = useInfiniteQuery({
    ...comparisonOptions(slug, before ?? "", after ?? "", show),
    enabled: before !== null && after !== null,
  });
  const first = comparison.data?.pages[0];
  const rows = comparison.data?.pages.flatMap((page) => page.items);
  const label = (one: EvaluationComparison["before"]) =>
    `${nameOfBuild(one.buildId, builds.data)}${one.mode === "hybrid" ? "" : `, ${modeLabel(one.mode).toLowerCase()}`}`;
  if (before === null || after === null)
    return (
      <EmptyState
        icon={GitCompareArrows}
        title="Choose two evaluations"
        actions={
          <Button asChild>
            <Link href={evaluationsPath(slug)}>Evaluations</Link>
          </Button>
        }
      >
        Then their questions stand side by side here.
      </EmptyState>
    );
  return (
    <>
      <PageHeader
        level={2}
        className="pb-4"
        breadcrumb={
          <Link href={evaluationsPath(slug)} className="hover:text-foreground hover:underline">
            Evaluations
          </Link>
        }
        title="Two evaluations compared"
        actions={
          <Button onClick={() => setState({ before: after, after: before })}>
            <ArrowLeftRight aria-hidden /> Swap
          </Button>
        }
      />
      {comparison.isError && !first ? (
        <QueryError
          error={comparison.error}
          onRetry={() => void comparison.refetch()}
          retrying={comparison.isFetching}
        />
      ) : !first || !rows ? (
        <LoadingRegion label="Loading the comparison" className="grid gap-3">
          <Skeleton className="h-48 w-full" />
          <Skeleton className="h-64 w-full" />
        </LoadingRegion>
      ) : (
        <>
          {first.sameQuestions ? null : (
            <p role="status" className="mb-3 rounded-md bg-warning-soft px-3 py-2 text-sm">
              The questions or judgments were changed in between, so the figures are of different questions. Evaluate
              both builds again to compare them fairly.
            </p>
          )}
          {first.before.figures && first.after.figures ? (
            <div className="overflow-x-auto rounded-lg border bg-card px-4 py-2">
              <FiguresTable
                before={first.before.figures}
                after={first.after.figures}
                beforeLabel={<EvaluationLink slug={slug} id={first.before.id} label={label(first.before)} />}
                afterLabel={<EvaluationLink slug={slug} id={first.after.id} label={label(first.after)} />}
              />
            </div>
          ) : null}
          <section aria-label="Questions" className="mt-6">
            <div className="mb-2 flex flex-wrap items-center gap-x-3 gap-y-1.5">
              <h3 className="font-medium">Question by question</h3>
              <Badge tone="success">{formatCount(first.better)} better</Badge>
              <Badge tone="danger">{formatCount(first.worse)} worse</Badge>
              <Badge>{formatCount(first.same)} the same</Badge>
              <NativeSelect
                aria-label="Show"
                className="ml-auto"
                options={comparisonViews.map((value) => ({ value, label: viewLabels[value] }))}
                value={show}
                onChange={(event) =>
                  setState({ show: comparisonViews.find((one) => one === event.target.value) ?? null })
                }
              />
            </div>
            {rows.length === 0 ? (
              <p className="rounded-lg border border-dashed px-4 py-3 text-muted-foreground text-sm">
                {show === "worse"
                  ? "No question became worse."
                  : show === "better"
                    ? "No question became better."
                    : "No question changed."}
              </p>
            ) : (
              <ul
                className={cn(
                  "divide-y rounded-lg border bg-card transition-opacity",
                  comparison.isPlaceholderData && "opacity-60",
                )}
              >
                {rows.map((row) => (
                  <ComparedLine
                    key={row.questionId}
                    slug={slug}
                    row={row}
                    beforeLabel={label(first.before)}
                    afterLabel={label(first.after)}
                    benchHref={benchPath(slug, {
                      q: row.text,
                      left: first.before.buildId,
                      right: first.after.buildId,
                      mode: first.after.mode,
                    })}
                  />
                ))}
              </ul>
            )}
            {comparison.hasNextPage ? (
              <div className="mt-3 flex justify-center">
                <Button onClick={() => void comparison.fetchNextPage()} busy={comparison.isFetchingNextPage}>
                  Show more
                </Button>
              </div>
            ) : null}
          </section>
        </>
      )}
    </>
  );
};

const EvaluationLink = ({ slug, id, label }: { slug: string; id: string; label: string }) => (
  <Link href={evaluationPath(slug, id)} className="text-link hover:underline">
    {label}
  </Link>
);

const smallest = 0.0005;

/** One question: its measure before and after, and below it where each hit went. */
const ComparedLine = ({
  slug,
  row,
  beforeLabel,
  afterLabel,
  benchHref,
}: {
  slug: string;
  row: ComparedQuestion;
  beforeLabel: string;
  afterLabel: string;
  benchHref: string;
}) => {
  const change = row.ndcg10Change;
  const moved = row.moves.filter((move) => move.before !== move.after).length;
  return (
    <li>
      <details className="group">
        <summary className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2 text-sm hover:bg-surface">
          <ChevronRight
            className="-mr-2 size-3.5 shrink-0 text-muted-foreground transition-transform group-open:rotate-90"
            aria-hidden
          />
          <span className="min-w-0 flex-1 basis-56 break-words font-medium">{row.text}</span>
          <span className="text-muted-foreground text-xs">{moved === 0 ? "no hit moved" : `${moved} moved`}</span>
          <span className="text-xs tabular-nums">
            <span className="text-muted-foreground">nDCG </span>
            {row.before ? row.before.ndcg10.toFixed(2) : "–"} → {row.after ? row.after.ndcg10.toFixed(2) : "–"}
          </span>
          <span
            className={cn(
              "w-14 text-right font-medium text-xs tabular-nums",
              change > smallest ? "text-success" : change < -smallest ? "text-destructive" : "text-muted-foreground",
            )}
          >
            {Math.abs(change) <= smallest ? "±0" : `${change > 0 ? "+" : "−"}${Math.abs(change).toFixed(3)}`}
          </span>
        </summary>
        <div className="grid gap-3 border-t bg-surface px-3 py-3">
          <RankMoves
            beforeLabel={beforeLabel}
            afterLabel={afterLabel}
            moves={row.moves.map((move) => ({
              id: move.documentId,
              before: move.before,
              after: move.after,
              ...(move.grade === null ? {} : { wish: move.grade > 0 ? ("rise" as const) : ("fall" as const) }),
            }))}
          >
            {(id) => {
              const move = row.moves.find((one) => one.documentId === id);
              if (!move) return null;
              return (
                <>
                  <Link
                    href={documentPath(id)}
                    prefetch={false}
                    className="min-w-0 flex-1 truncate hover:underline"
                    title={move.name}
                  >
                    {move.name}
                  </Link>
                  {move.grade === null ? null : <GradeBadge grade={move.grade} />}
                </>
              );
            }}
          </RankMoves>
          <p className="flex gap-4 text-xs">
            <Link href={questionPath(slug, row.questionId)} className="text-link hover:underline">
              The question
            </Link>
            <Link href={benchHref} className="text-link hover:underline">
              Both in the test bench
            </Link>
          </p>
        </div>
      </details>
    </li>
  );
};

"use client";
import type { Evaluation, QuestionResult } from "@samla/contracts";
import { evaluationOrders, isEvaluationOver } from "@samla/contracts/plain";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Ban, ChevronRight } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { buildListOptions } from "../../lib/builds.ts";
import { figureList, formatFigure } from "../../lib/figures.ts";
import { formatDuration, formatPlural } from "../../lib/format.ts";
import { GradeBadge } from "../../lib/grade.tsx";
import { useCan } from "../../lib/me.ts";
import { benchPath, comparisonPath, documentPath, evaluationsPath, questionPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { oneOfParam, useUrlState } from "../../lib/url-state.ts";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { BuildLink, EvaluationBadge, EvaluationProgress, modeLabel, nameOfBuild } from "./evaluation-parts.tsx";
import { useCancelEvaluation } from "./mutations.ts";
import { evaluationListOptions, evaluationOptions, resultsOptions } from "./queries.ts";

/** One evaluation: its figures, and what each question found. */
export const EvaluationPage = ({ slug, evaluationId }: { slug: string; evaluationId: string }) => {
  const evaluation = useQuery(evaluationOptions(slug, evaluationId));
  const builds = useQuery(buildListOptions(slug));
  const cancel = useCancelEvaluation(slug);
  const mayCancel = useCan("questions.write");
  if (evaluation.isError && !evaluation.data)
    return (
      <QueryError
        error={evaluation.error}
        onRetry={() => void evaluation.refetch()}
        retrying={evaluation.isFetching}
        actions={
          <Button asChild>
            <Link href={evaluationsPath(slug)}>All evaluations</Link>
          </Button>
        }
      />
    );
  if (!evaluation.data)
    return (
      <LoadingRegion label="Loading the evaluation" className="grid gap-3">
        <Skeleton className="h-7 w-72" />
        <Skeleton className="h-20 w-full" />
        <Skeleton className="h-64 w-full" />
      </LoadingRegion>
    );
  const { data } = evaluation;
  const isOver = isEvaluationOver(data.status);
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
        title={`Evaluation of ${nameOfBuild(data.buildId, builds.data)}`}
        description={data.note}
        meta={
          <>
            <EvaluationBadge evaluation={data} />
            <CopyableId id={data.id} label="evaluation id" />
            <BuildLink slug={slug} buildId={data.buildId} builds={builds.data} />
            <span className="text-muted-foreground">
              {modeLabel(data.mode)}, {formatPlural(data.questions, "question")}, started by {data.createdBy}{" "}
              <RelativeTime at={data.createdAt} />
            </span>
          </>
        }
        actions={
          isOver ? (
            <CompareWith slug={slug} evaluation={data} />
          ) : mayCancel ? (
            <Button onClick={() => cancel.mutate(data.id)} busy={cancel.isPending}>
              <Ban aria-hidden /> Cancel
            </Button>
          ) : null
        }
      />
      {isOver ? null : <EvaluationProgress evaluation={data} />}
      {data.failure ? (
        <div role="alert" className="rounded-lg border border-destructive bg-destructive-soft p-3 text-sm">
          <p className="text-destructive first-letter:uppercase">{data.failure.cause}</p>
          <p className="mt-0.5 font-medium">{data.failure.nextStep}</p>
        </div>
      ) : null}
      {data.figures ? (
        <dl className="grid grid-cols-2 overflow-hidden rounded-lg border bg-card sm:grid-cols-4 xl:grid-cols-7">
          {figureList.map(({ name, label, hint }) => (
            <div key={name} className="-mt-px -ml-px border-t border-l px-3 py-2.5" title={hint}>
              <dt className="text-muted-foreground text-xs">{label}</dt>
              <dd className="font-semibold text-lg tabular-nums">{formatFigure(name, data.figures?.[name] ?? 0)}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {data.status === "done" ? <Results slug={slug} evaluation={data} /> : null}
    </>
  );
};

/** Leads to the comparison with another evaluation; those of the same questions come first. */
const CompareWith = ({ slug, evaluation }: { slug: string; evaluation: Evaluation }) => {
  const router = useRouter();
  const evaluations = useQuery(evaluationListOptions(slug));
  const builds = useQuery(buildListOptions(slug));
  const others = (evaluations.data ?? [])
    .filter((one) => one.id !== evaluation.id && one.status === "done")
    .sort(
      (a, b) => Number(b.questionSet === evaluation.questionSet) - Number(a.questionSet === evaluation.questionSet),
    );
  if (others.length === 0) return null;
  return (
    <NativeSelect
      aria-label="Compare with"
      className="max-w-64 [&_select]:h-8 [&_svg]:top-2.5"
      value=""
      options={[
        { value: "", label: "Compare with…" },
        ...others.map((one) => ({
          value: one.id,
          label: `${nameOfBuild(one.buildId, builds.data)}, ${modeLabel(one.mode).toLowerCase()}${one.questionSet === evaluation.questionSet ? "" : " (other questions)"}`,
        })),
      ]}
      onChange={(event) => router.push(comparisonPath(slug, event.target.value, evaluation.id))}
    />
  );
};

const orderLabels = { worst: "Worst first", best: "Best first", slowest: "Slowest first", "as-asked": "As asked" };

const Results = ({ slug, evaluation }: { slug: string; evaluation: Evaluation }) => {
  const [order, setOrder] = useUrlState("order", oneOfParam(evaluationOrders).withDefault("worst"));
  const results = useInfiniteQuery(resultsOptions(slug, evaluation.id, order, true));
  const rows = results.data?.pages.flatMap((page) => page.items);
  return (
    <section aria-label="Results" className="mt-6">
      <div className="mb-2 flex items-center justify-between gap-3">
        <h3 className="font-medium">Question by question</h3>
        <NativeSelect
          aria-label="Order"
          options={evaluationOrders.map((value) => ({ value, label: orderLabels[value] }))}
          value={order}
          onChange={(event) => setOrder(evaluationOrders.find((one) => one === event.target.value) ?? "worst")}
        />
      </div>
      {results.isError && !rows ? (
        <QueryError error={results.error} onRetry={() => void results.refetch()} retrying={results.isFetching} />
      ) : !rows ? (
        <LoadingRegion label="Loading results">
          <Skeleton className="h-64 w-full" />
        </LoadingRegion>
      ) : (
        <ul className="divide-y rounded-lg border bg-card">
          {rows.map((result) => (
            <ResultLine key={result.questionId} slug={slug} result={result} evaluation={evaluation} />
          ))}
        </ul>
      )}
      {results.hasNextPage ? (
        <div className="mt-3 flex justify-center">
          <Button onClick={() => void results.fetchNextPage()} busy={results.isFetchingNextPage}>
            Show more
          </Button>
        </div>
      ) : null}
    </section>
  );
};

/** One question: its measures in the line, its hits with their grades below. */
const ResultLine = ({ slug, result, evaluation }: { slug: string; result: QuestionResult; evaluation: Evaluation }) => (
  <li>
    <details className="group">
      <summary className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2 text-sm hover:bg-surface">
        <ChevronRight
          className="-mr-2 size-3.5 shrink-0 text-muted-foreground transition-transform group-open:rotate-90"
          aria-hidden
        />
        <span className="min-w-0 flex-1 basis-56 break-words font-medium">{result.text}</span>
        {result.error ? (
          <span className="text-destructive text-xs">{result.error}</span>
        ) : result.relevant === 0 ? (
          <span className="text-muted-foreground text-xs">nothing judged right: counts only for hits and time</span>
        ) : (
          <span className="flex gap-x-4 text-xs tabular-nums">
            <Measure label="nDCG" value={result.ndcg10.toFixed(2)} isBad={result.ndcg10 < 0.3} />
            <Measure label="recall" value={result.recall10.toFixed(2)} isBad={result.recall10 < 0.3} />
            <Measure label="RR" value={result.reciprocalRank.toFixed(2)} isBad={result.reciprocalRank < 0.2} />
          </span>
        )}
        <span className="w-14 text-right text-muted-foreground text-xs tabular-nums">
          {formatDuration(result.tookMs)}
        </span>
      </summary>
      <div className="grid gap-3 border-t bg-surface px-3 py-3 text-sm">
        {result.hits.length > 0 ? (
          <ol className="grid gap-1">
            {result.hits.map((hit, at) => (
              <li key={hit.passageId} className="flex items-center gap-2">
                <span className="w-5 shrink-0 text-right text-muted-foreground text-xs tabular-nums">{at + 1}</span>
                <Link
                  href={documentPath(hit.documentId)}
                  prefetch={false}
                  className="min-w-0 flex-1 truncate hover:underline"
                >
                  {hit.name}
                </Link>
                <GradeBadge grade={hit.grade} />
              </li>
            ))}
          </ol>
        ) : (
          <p className="text-destructive text-sm">It found nothing.</p>
        )}
        {result.missed.length > 0 ? (
          <div>
            <h4 className="mb-1 font-medium text-xs">Right, and not among the first ten</h4>
            <ul className="grid gap-1">
              {result.missed.map((missed) => (
                <li key={missed.documentId} className="flex items-center gap-2 pl-7">
                  <Link
                    href={documentPath(missed.documentId)}
                    prefetch={false}
                    className="min-w-0 flex-1 truncate hover:underline"
                  >
                    {missed.name}
                  </Link>
                  <GradeBadge grade={missed.grade} />
                </li>
              ))}
            </ul>
          </div>
        ) : null}
        <p className="flex gap-4 text-xs">
          <Link href={questionPath(slug, result.questionId)} className="text-link hover:underline">
            The question
          </Link>
          <Link
            href={benchPath(slug, { q: result.text, left: evaluation.buildId, mode: evaluation.mode })}
            className="text-link hover:underline"
          >
            In the test bench
          </Link>
        </p>
      </div>
    </details>
  </li>
);

const Measure = ({ label, value, isBad }: { label: string; value: string; isBad: boolean }) => (
  <span className={isBad ? "text-destructive" : undefined}>
    <span className="text-muted-foreground">{label} </span>
    {value}
  </span>
);

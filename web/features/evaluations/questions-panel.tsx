"use client";
import type { Question } from "@samla/contracts";
import { gradeLabels } from "@samla/contracts/plain";
import { useInfiniteQuery } from "@tanstack/react-query";
import { FileUp, ListChecks, Plus, SearchX } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { formatPlural } from "../../lib/format.ts";
import { GradeBadge, grades } from "../../lib/grade.tsx";
import { useCan } from "../../lib/me.ts";
import { questionPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { oneOfParam, textParam, useUrlStates } from "../../lib/url-state.ts";
import { useDebounced } from "../../lib/use-debounced.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Input } from "../../ui/input.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { questionListOptions } from "./queries.ts";

const ImportDialog = dynamic(() => import("./import-dialog.tsx").then((module) => module.ImportDialog), { ssr: false });
const QuestionDialog = dynamic(() => import("./question-dialog.tsx").then((module) => module.QuestionDialog), {
  ssr: false,
});

const judgedOptions = [
  { value: "all", label: "All questions" },
  { value: "yes", label: "With judgments" },
  { value: "no", label: "Without judgments" },
];
const typingDelayMs = 200;

/** The questions of an index: what people ask, and which documents answer it. */
export const QuestionsPanel = ({ slug }: { slug: string }) => {
  const [state, setState] = useUrlStates({
    q: textParam.whileTyping().withDefault(""),
    judged: oneOfParam(["all", "yes", "no"] as const).withDefault("all"),
  });
  const q = useDebounced(state.q.trim(), typingDelayMs);
  const questions = useInfiniteQuery(questionListOptions(slug, q, state.judged));
  const mayWrite = useCan("questions.write");
  const [dialog, setDialog] = useState<"new" | "import">();
  const rows = questions.data?.pages.flatMap((page) => page.items);
  const total = questions.data?.pages[0]?.total ?? 0;
  const isNarrowed = q !== "" || state.judged !== "all";
  const buttons = mayWrite ? (
    <>
      <Button onClick={() => setDialog("import")}>
        <FileUp aria-hidden /> Import…
      </Button>
      <Button variant="primary" onClick={() => setDialog("new")}>
        <Plus aria-hidden /> New question
      </Button>
    </>
  ) : null;
  const isEmpty = rows?.length === 0 && !isNarrowed && !questions.isPlaceholderData;
  return (
    <>
      {isEmpty ? null : (
        <div className="mb-3 flex flex-wrap items-center gap-2">
          <Input
            type="search"
            aria-label="Find questions"
            placeholder="Find questions"
            className="w-56"
            value={state.q}
            onChange={(event) => setState({ q: event.target.value || null })}
          />
          <NativeSelect
            aria-label="Judgments"
            className="[&_select]:h-8 [&_svg]:top-2.5"
            options={judgedOptions}
            value={state.judged}
            onChange={(event) =>
              setState({
                judged: event.target.value === "yes" ? "yes" : event.target.value === "no" ? "no" : null,
              })
            }
          />
          <span className="mr-auto text-muted-foreground text-xs tabular-nums" aria-live="polite">
            {rows ? formatPlural(total, "question") : ""}
          </span>
          {buttons}
        </div>
      )}
      {questions.isError && !rows ? (
        <QueryError error={questions.error} onRetry={() => void questions.refetch()} retrying={questions.isFetching} />
      ) : !rows ? (
        <LoadingRegion label="Loading questions" className="grid gap-2">
          {["a", "b", "c", "d"].map((key) => (
            <Skeleton key={key} className="h-12 w-full" />
          ))}
        </LoadingRegion>
      ) : isEmpty ? (
        <EmptyState
          icon={ListChecks}
          title={mayWrite ? "Write down what people ask" : "There are no questions yet"}
          actions={buttons}
        >
          <p>
            A question is a search people make, with the documents that answer it. Evaluations ask all of them of a
            build and say how good its hits are, so that a change is judged by numbers before anybody meets it.
          </p>
          {mayWrite ? (
            <p className="mt-2">
              Write them here, press “right” or “wrong” beside a hit while searching, or import what you have as CSV,
              JSONL or TREC qrels. Twenty questions already tell a good change from a bad one.
            </p>
          ) : null}
        </EmptyState>
      ) : rows.length === 0 ? (
        <EmptyState
          icon={SearchX}
          title="No question fits"
          actions={<Button onClick={() => setState({ q: null, judged: null })}>Show all questions</Button>}
        >
          Look for other words, or for questions with and without judgments.
        </EmptyState>
      ) : (
        <ul className="divide-y rounded-lg border bg-card">
          {rows.map((question) => (
            <QuestionLine key={question.id} question={question} />
          ))}
        </ul>
      )}
      {questions.hasNextPage ? (
        <div className="mt-3 flex justify-center">
          <Button onClick={() => void questions.fetchNextPage()} busy={questions.isFetchingNextPage}>
            Show more
          </Button>
        </div>
      ) : null}
      {dialog === "new" ? <QuestionDialog slug={slug} onClose={() => setDialog(undefined)} /> : null}
      {dialog === "import" ? <ImportDialog slug={slug} onClose={() => setDialog(undefined)} /> : null}
    </>
  );
};

const sources: Record<Question["source"], string> = {
  hand: "by hand",
  search: "from a search",
  log: "from the query log",
  import: "imported",
};

const QuestionLine = ({ question }: { question: Question }) => (
  <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm transition-colors hover:bg-surface">
    <div className="min-w-0 flex-1 basis-64">
      <Link
        href={questionPath(question.index, question.id)}
        className="block break-words py-0.5 font-medium hover:underline"
      >
        {question.text}
      </Link>
      <p className="truncate text-muted-foreground text-xs">
        {question.note ? `${question.note} · ` : ""}
        {sources[question.source]}
        {question.externalId ? ` as ${question.externalId}` : ""}, <RelativeTime at={question.updatedAt} />
      </p>
    </div>
    <JudgmentCounts question={question} />
  </li>
);

/** How many documents have each grade. */
const JudgmentCounts = ({ question }: { question: Question }) => {
  if (question.judgments.length === 0) return <Badge tone="warning">no judgments</Badge>;
  return (
    <span className="flex flex-wrap gap-1">
      {grades
        .toReversed()
        .map((grade) => ({ grade, count: question.judgments.filter((one) => one.grade === grade).length }))
        .filter(({ count }) => count > 0)
        .map(({ grade, count }) => (
          <span
            key={grade}
            className="inline-flex items-center gap-1 text-xs tabular-nums"
            title={`${formatPlural(count, "document")}: ${gradeLabels[grade]}`}
          >
            {count} <GradeBadge grade={grade} />
          </span>
        ))}
    </span>
  );
};

"use client";
import { useQuery } from "@tanstack/react-query";
import { EyeOff } from "lucide-react";
import Link from "next/link";
import { formatPlural } from "../../lib/format.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { PageBody, PageHeader } from "../../ui/page-header.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { AnswerText } from "./answer-text.tsx";
import { Behind } from "./behind.tsx";
import { answerOptions } from "./queries.ts";
import { SourceList } from "./source-list.tsx";

const outcomes = {
  answered: "Answered",
  "not-in-documents": "The documents do not say",
  stopped: "Stopped by the person who asked",
  failed: "Broke off",
} as const;

/** One answer as it was recorded, with the chain behind it. */
export const AnswerPage = ({ answerId }: { answerId: string }) => {
  const { data, error, isFetching, refetch } = useQuery(answerOptions(answerId));
  if (error && !data)
    return (
      <QueryError
        error={error}
        onRetry={() => void refetch()}
        retrying={isFetching}
        actions={
          <Button asChild>
            <Link href="/ask">Ask</Link>
          </Button>
        }
      />
    );
  if (!data)
    return (
      <PageBody>
        <LoadingRegion label="Loading the answer" className="grid gap-3">
          <Skeleton className="h-7 w-2/3" />
          <Skeleton className="h-32 w-full" />
        </LoadingRegion>
      </PageBody>
    );
  const q = data.question ?? "";
  return (
    <PageBody>
      <PageHeader
        breadcrumb={
          <Link href="/answers" className="hover:text-foreground hover:underline">
            Answers
          </Link>
        }
        title={data.question ?? "An answer"}
        meta={
          <>
            <CopyableId id={data.id} label="answer id" />
            <span className="text-muted-foreground">
              {outcomes[data.outcome]}, {data.actor ? `asked by ${data.mine ? "you" : data.actor.name} ` : null}
              <RelativeTime at={data.at} />
            </span>
            {data.thumb ? (
              <span className={data.thumb.value === "up" ? "text-success" : "text-destructive"}>
                Called {data.thumb.value === "up" ? "good" : "bad"}
              </span>
            ) : null}
          </>
        }
      />
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0">
          {data.question === undefined ? (
            <EmptyState icon={EyeOff} title="What was asked is not shown" className="mx-0 py-6">
              Only the person who asked, and who may read the log of searches, sees the words. The chain is here.
            </EmptyState>
          ) : (
            <>
              <AnswerText sentences={data.sentences} sources={data.sources} mode={data.mode} q={q} />
              {data.withheld > 0 ? (
                <p className="mt-2 text-muted-foreground text-sm">
                  {formatPlural(data.withheld, "sentence")} left out: you may not read the document behind it.
                </p>
              ) : null}
              <SourceList sentences={data.sentences} sources={data.sources} q={q} />
            </>
          )}
        </div>
        <section aria-label="What stands behind it" className="self-start rounded-lg border bg-card px-4 py-2">
          <h2 className="py-1 font-medium text-sm">What stands behind it</h2>
          <Behind made={data} />
        </section>
      </div>
    </PageBody>
  );
};

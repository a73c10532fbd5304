"use client";
import type { Answer } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { MessageSquareText } from "lucide-react";
import Link from "next/link";
import { taskPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { Badge } from "../../ui/badge.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { touchedAnswersOptions } from "./queries.ts";

const outcomes: Record<Answer["outcome"], string | undefined> = {
  answered: undefined,
  "not-in-documents": "not in documents",
  stopped: "stopped",
  failed: "broke off",
};

/** The newest answers that an image gave, each with its page and the task that made it. */
export const TouchedAnswers = ({ digest }: { digest: string }) => {
  const answers = useQuery(touchedAnswersOptions(digest));
  if (answers.isError && !answers.data)
    return <QueryError error={answers.error} onRetry={() => void answers.refetch()} retrying={answers.isFetching} />;
  if (!answers.data)
    return (
      <LoadingRegion label="Loading answers" className="grid gap-px">
        <Skeleton className="h-10 w-full" />
        <Skeleton className="h-10 w-full" />
      </LoadingRegion>
    );
  const { items, nextCursor } = answers.data;
  if (items.length === 0)
    return <p className="text-muted-foreground text-sm">No answer that is still kept was made by this image.</p>;
  return (
    <>
      <ul aria-label="Answers it touched" className="divide-y rounded-lg border bg-card text-sm">
        {items.map((answer) => (
          <li key={answer.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
            <MessageSquareText className="size-3.5 shrink-0 text-muted-foreground" aria-hidden />
            <Link
              href={`/answers/${answer.id}`}
              prefetch={false}
              className="min-h-6 min-w-0 flex-1 basis-52 truncate hover:underline"
            >
              {answer.question ?? `Answer ${answer.id.slice(-8)}`}
            </Link>
            {outcomes[answer.outcome] ? <Badge>{outcomes[answer.outcome]}</Badge> : null}
            {answer.maker.taskId ? (
              <Link
                href={taskPath(answer.maker.agent, answer.maker.taskId)}
                prefetch={false}
                className="inline-flex min-h-6 items-center font-mono text-link text-xs hover:underline"
              >
                task {answer.maker.taskId.slice(0, 8)}
              </Link>
            ) : null}
            <CopyableId id={answer.id} label="answer id" className="hidden min-h-6 md:inline-flex" />
            <RelativeTime at={answer.at} className="text-muted-foreground text-xs" />
          </li>
        ))}
      </ul>
      {nextCursor ? (
        <Link
          href={`/answers?${new URLSearchParams({ image: digest })}`}
          className="mt-1.5 inline-flex min-h-6 items-center text-link text-xs hover:underline"
        >
          All answers of this image
        </Link>
      ) : null}
    </>
  );
};

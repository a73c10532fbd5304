"use client";
import type { Answer } from "@samla/contracts";
import { answerNodes } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { MessagesSquare } from "lucide-react";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { QueryError } from "../../lib/query-error.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { PageBody, PageHeader } from "../../ui/page-header.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { answersOptions } from "./queries.ts";

const nodeWords: Record<(typeof answerNodes)[number], string> = {
  release: "made by one release",
  image: "made by one image",
  task: "made by one task",
  build: "given on one build",
  document: "that rest on one document",
  index: "given from one index",
};

/** Answers that a node of the chain leads back to (`?image=sha256:…`), or one's own. */
export const AnswersPanel = () => {
  const params = useSearchParams();
  const node = answerNodes.find((one) => params.get(one));
  const value = node ? (params.get(node) ?? "") : "";
  const { data, error, isFetching, refetch } = useQuery(answersOptions(node ?? "", value));
  return (
    <PageBody>
      <PageHeader
        title="Answers"
        description={node ? `The newest ${nodeWords[node]}.` : "What you asked, newest first."}
        meta={node ? <CopyableId id={value} label={`${node} id`} /> : undefined}
        actions={
          <Button asChild>
            <Link href="/ask">Ask</Link>
          </Button>
        }
      />
      {error && !data ? (
        <QueryError error={error} onRetry={() => void refetch()} retrying={isFetching} />
      ) : !data ? (
        <LoadingRegion label="Loading answers" className="grid gap-2">
          {[1, 2, 3, 4].map((n) => (
            <Skeleton key={n} className="h-12 w-full" />
          ))}
        </LoadingRegion>
      ) : data.items.length === 0 ? (
        <EmptyState icon={MessagesSquare} title="No answers here">
          {node
            ? "Nothing that is still kept leads here."
            : "Ask something, and it is kept here with what stands behind it."}
        </EmptyState>
      ) : (
        <ul className="divide-y rounded-lg border bg-card">
          {data.items.map((answer) => (
            <Line key={answer.id} answer={answer} />
          ))}
        </ul>
      )}
    </PageBody>
  );
};

const Line = ({ answer }: { answer: Answer }) => (
  <li className="relative flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 hover:bg-surface">
    <Link
      href={`/answers/${answer.id}`}
      prefetch={false}
      className="min-w-0 flex-1 basis-60 truncate font-medium text-sm after:absolute after:inset-0"
    >
      {answer.question ?? answer.id}
    </Link>
    {answer.outcome === "answered" ? null : (
      <Badge>{answer.outcome === "not-in-documents" ? "not in documents" : answer.outcome}</Badge>
    )}
    <span className="text-muted-foreground text-xs">
      {answer.maker.agent} {answer.maker.version}
      {answer.actor && !answer.mine ? ` · ${answer.actor.name}` : ""}
    </span>
    <RelativeTime at={answer.at} className="relative text-muted-foreground text-xs" />
  </li>
);

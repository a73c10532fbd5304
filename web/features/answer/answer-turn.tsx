"use client";
import { ChevronRight, ThumbsDown, ThumbsUp } from "lucide-react";
import Link from "next/link";
import { can, useMe } from "../../lib/me.ts";
import { agentPath } from "../../lib/paths.ts";
import { Button } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { ErrorState } from "../../ui/error-state.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { AnswerText } from "./answer-text.tsx";
import { Behind } from "./behind.tsx";
import type { Turn } from "./conversation.ts";
import { SourceList } from "./source-list.tsx";

const thumbs = [
  { value: "up", label: "Good answer", icon: ThumbsUp, chosen: "text-success" },
  { value: "down", label: "Bad answer", icon: ThumbsDown, chosen: "text-destructive" },
] as const;

/** Says by whom an answer was worded, and how far it can be trusted. */
const howMade = ({ mode, model }: Pick<Turn, "mode" | "model">): string =>
  mode === "model"
    ? `Worded by ${model}; each sentence was held against its passage`
    : "Quoted word by word, without a model";

/** One question and its answer, growing while it comes. */
export const AnswerTurn = ({
  turn,
  onRate,
  onRetry,
}: {
  turn: Turn;
  onRate: (thumb: "up" | "down" | undefined) => void;
  onRetry: () => void;
}) => {
  const isAsking = turn.state === "asking";
  const saysNothing = turn.state === "done" && turn.sentences.length === 0;
  return (
    <article className="border-b py-6 last:border-b-0" aria-busy={isAsking}>
      <h2 className="wrap-anywhere max-w-[72ch] font-semibold text-lg">{turn.question}</h2>
      <div className="mt-3" aria-live="polite">
        {turn.notice ? <p className="mb-2 text-sm text-warning">{turn.notice}</p> : null}
        {turn.sentences.length > 0 ? (
          <AnswerText sentences={turn.sentences} sources={turn.sources} mode={turn.mode} q={turn.question} />
        ) : null}
        {isAsking ? (
          <div
            role="status"
            aria-label={turn.sources.length > 0 ? "Answering" : "Looking for passages"}
            className="mt-2 grid max-w-[60ch] gap-2"
          >
            <p className="text-muted-foreground text-xs">
              {turn.sources.length > 0 ? `Reading ${turn.sources.length} passages …` : "Looking for passages …"}
            </p>
            <Skeleton className="h-4 w-full" />
            <Skeleton className="h-4 w-3/4" />
          </div>
        ) : null}
        {saysNothing ? (
          <div className="max-w-[72ch]">
            <p className="text-base">The documents do not say.</p>
            <p className="mt-1 text-muted-foreground text-sm">
              No passage that you may read holds an answer to this.{" "}
              <Link
                href={`/search?${new URLSearchParams({ q: turn.question })}`}
                className="text-link underline underline-offset-4"
              >
                Search for it
              </Link>{" "}
              to see what comes nearest, or ask in other words.
            </p>
          </div>
        ) : null}
        {turn.state === "stopped" ? <p className="mt-2 text-muted-foreground text-sm">Stopped.</p> : null}
      </div>
      {turn.state === "failed" && turn.problem ? <Failed problem={turn.problem} onRetry={onRetry} /> : null}
      <SourceList sentences={turn.sentences} sources={turn.sources} q={turn.question} />
      {turn.done ? (
        <footer className="mt-3">
          <div className="flex min-h-6 flex-wrap items-center gap-x-3 gap-y-1 text-muted-foreground text-xs">
            {saysNothing ? null : <span>{howMade(turn)}</span>}
            {turn.done.answerId ? (
              <span className="inline-flex items-center">
                {thumbs.map(({ value, label, icon: Icon, chosen }) => (
                  <button
                    key={value}
                    type="button"
                    aria-label={label}
                    title={label}
                    aria-pressed={turn.thumb === value}
                    onClick={() => onRate(turn.thumb === value ? undefined : value)}
                    className={cn(
                      "inline-flex size-6 items-center justify-center rounded-sm hover:bg-accent hover:text-foreground",
                      turn.thumb === value && chosen,
                    )}
                  >
                    <Icon className={cn("size-3.5", turn.thumb === value && "fill-current")} aria-hidden />
                  </button>
                ))}
              </span>
            ) : (
              <span className="text-warning">
                Not recorded: {turn.done.recordProblem ?? "the record could not be written"}
              </span>
            )}
          </div>
          <details className="group mt-1">
            <summary className="inline-flex cursor-pointer list-none items-center gap-1 rounded-sm py-1 text-muted-foreground text-xs hover:text-foreground [&::-webkit-details-marker]:hidden">
              <ChevronRight className="size-3 transition-transform group-open:rotate-90" aria-hidden />
              What stands behind this answer
            </summary>
            <div className="mt-1 max-w-xl rounded-lg border bg-card px-4 py-1.5">
              <Behind made={turn.done} {...(turn.done.answerId ? { answerId: turn.done.answerId } : {})} />
            </div>
          </details>
        </footer>
      ) : null}
    </article>
  );
};

const Failed = ({ problem, onRetry }: { problem: NonNullable<Turn["problem"]>; onRetry: () => void }) => {
  const me = useMe().data;
  const nextStep = problem.isAbsent
    ? can(me, "agents.read")
      ? "See why on the agent's page, then ask again."
      : "Ask again in a moment. If it stays, tell your operator."
    : problem.nextStep;
  return (
    <ErrorState
      className="mx-0 items-start px-0 py-4 text-left"
      title={problem.title}
      detail={problem.detail}
      {...(nextStep ? { nextStep } : {})}
      {...(problem.requestId ? { requestId: problem.requestId } : {})}
      onRetry={onRetry}
      actions={
        problem.isAbsent && can(me, "agents.read") ? (
          <Button asChild>
            <Link href={agentPath("answer")}>Open the agent</Link>
          </Button>
        ) : undefined
      }
    />
  );
};

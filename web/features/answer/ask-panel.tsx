"use client";
import { useQuery } from "@tanstack/react-query";
import { MessageSquareText } from "lucide-react";
import { useSearchParams } from "next/navigation";
import { useEffect, useRef } from "react";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { AnswerTurn } from "./answer-turn.tsx";
import { Composer } from "./composer.tsx";
import { askableIndexesOptions } from "./queries.ts";
import { useConversation } from "./use-conversation.ts";

/** Asking: a conversation whose answers rest on passages, and a box to ask on. */
export const AskPanel = () => {
  const indexes = useQuery(askableIndexesOptions());
  const { turns, isLoaded, isBusy, ask, stop, clear, retry, rate } = useConversation();
  // A question given in the address waits in the box: a link alone asks nothing.
  const given = useSearchParams().get("q") ?? "";
  const box = useRef<HTMLTextAreaElement>(null);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isLoaded) box.current?.focus({ preventScroll: true });
  }, [isLoaded]);
  const count = turns.length;
  useEffect(() => {
    if (count > 0) end.current?.scrollIntoView({ block: "end" });
  }, [count]);
  return (
    <div className="mx-auto flex min-h-[calc(100dvh-3rem)] w-full max-w-3xl flex-col px-4 sm:px-6 lg:min-h-dvh">
      <header className="flex items-center justify-between gap-4 pt-5">
        <h1 className="font-semibold text-xl">Ask</h1>
        {count > 0 ? (
          <Button size="sm" variant="ghost" onClick={clear}>
            New conversation
          </Button>
        ) : null}
      </header>
      <div className="flex-1">
        {isLoaded && count === 0 ? (
          <EmptyState icon={MessageSquareText} title="Ask your documents">
            Answers come from passages that you may read, and every sentence leads to the one it rests on. What the
            documents do not say is not made up. A follow-up may lean on what was asked before.
          </EmptyState>
        ) : null}
        {turns.map((turn) => (
          <AnswerTurn key={turn.id} turn={turn} onRetry={() => retry(turn)} onRate={(thumb) => rate(turn, thumb)} />
        ))}
        <div ref={end} className="scroll-mb-40" />
      </div>
      <div className="sticky bottom-0 bg-background pt-2 pb-4">
        <Composer
          key={given}
          given={given}
          box={box}
          indexes={indexes.data?.items ?? []}
          isBusy={isBusy}
          isFollowUp={count > 0}
          onAsk={(question, index) => void ask(question, index)}
          onStop={stop}
        />
      </div>
    </div>
  );
};

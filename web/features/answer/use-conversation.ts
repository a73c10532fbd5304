"use client";
import { createAgentCaller } from "@samla/contracts/plain";
import { useCallback, useEffect, useRef, useState } from "react";
import { callApi, leaveWhenSignedOut } from "../../lib/api.ts";
import { csrfHeader, csrfValue } from "../../lib/csrf.ts";
import { describeError, problemOfError } from "../../lib/problem.ts";
import { applyEvent, loadTurns, newTurn, saveTurns, type Turn, toldTurns } from "./conversation.ts";
import { readEvents } from "./read-events.ts";

const callAgent = createAgentCaller({ baseUrl: "/api/v1", headers: () => ({ [csrfHeader]: csrfValue }) });
/** Codes by which the gateway, the balancer or the BFF say that no task of the agent takes requests. */
const absentCodes = new Set(["unavailable", "not_found", "timeout"]);

const problemOf = (error: unknown): NonNullable<Turn["problem"]> => {
  const code = problemOfError(error)?.code;
  const { title, detail, nextStep, requestId } = describeError(error);
  const isAbsent = code === "unavailable" || (code === "not_found" && !detail.includes("index"));
  const timedOut = code === "timeout";
  return {
    title: isAbsent ? "The answer agent is not running" : timedOut ? "The answer took too long" : title,
    detail,
    ...(nextStep ? { nextStep } : {}),
    ...(requestId ? { requestId } : {}),
    ...(code && absentCodes.has(code) && isAbsent ? { isAbsent } : {}),
  };
};

/** The conversation of this tab: what was asked and answered, and how to ask, stop, rate and begin anew. */
export const useConversation = () => {
  const [turns, setTurns] = useState<Turn[]>([]);
  const [isLoaded, setLoaded] = useState(false);
  const stopping = useRef<AbortController | undefined>(undefined);
  const latest = useRef(turns);
  latest.current = turns;
  useEffect(() => {
    setTurns(loadTurns());
    setLoaded(true);
    return () => stopping.current?.abort();
  }, []);
  useEffect(() => {
    if (isLoaded) saveTurns(turns);
  }, [turns, isLoaded]);
  const change = useCallback(
    (id: string, to: (turn: Turn) => Turn) => setTurns((all) => all.map((turn) => (turn.id === id ? to(turn) : turn))),
    [],
  );

  const ask = useCallback(
    async (question: string, index: string[]): Promise<void> => {
      stopping.current?.abort();
      const abort = new AbortController();
      stopping.current = abort;
      const turn = newTurn(crypto.randomUUID(), question, index);
      const conversation = toldTurns(latest.current);
      setTurns((all) => [...all, turn]);
      try {
        const response = await callAgent("answer", "/answers", {
          method: "POST",
          body: { question, index, conversation },
          headers: { accept: "text/event-stream" },
          signal: abort.signal,
        });
        if (response.body)
          for await (const event of readEvents(response.body)) change(turn.id, (now) => applyEvent(now, event));
        // A stream that ended without a last word was cut off on its way.
        change(turn.id, (now) =>
          now.state === "asking"
            ? {
                ...now,
                state: "failed",
                problem: {
                  title: "The answer broke off",
                  detail: "The connection ended before the answer did.",
                  nextStep: "Ask again.",
                },
              }
            : now,
        );
      } catch (error) {
        if (abort.signal.aborted) {
          change(turn.id, (now) => ({ ...now, state: "stopped" }));
          return;
        }
        leaveWhenSignedOut(error);
        change(turn.id, (now) => ({ ...now, state: "failed", problem: problemOf(error) }));
      }
    },
    [change],
  );

  return {
    turns,
    isLoaded,
    isBusy: turns.at(-1)?.state === "asking",
    ask,
    stop: useCallback(() => stopping.current?.abort(), []),
    clear: useCallback(() => {
      stopping.current?.abort();
      setTurns([]);
    }, []),
    retry: (turn: Turn) => {
      setTurns((all) => all.filter(({ id }) => id !== turn.id));
      void ask(turn.question, turn.index);
    },
    rate: (turn: Turn, thumb: "up" | "down" | undefined) => {
      const answerId = turn.done?.answerId;
      if (!answerId) return;
      change(turn.id, ({ thumb: _, ...now }) => (thumb ? { ...now, thumb } : now));
      void callApi("answers.feedback", {
        params: { answerId: answerId as never },
        body: { value: thumb ?? "none" },
      }).catch(() => change(turn.id, (now) => ({ ...now, thumb: turn.thumb })));
    },
  };
};
export type Conversation = ReturnType<typeof useConversation>;

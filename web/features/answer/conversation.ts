import type { AnswerEvents, AnswerSentence, AnswerSource, AnswerTurn } from "@samla/contracts";
import type { AnswerEvent } from "./read-events.ts";

export type TurnState = "asking" | "done" | "stopped" | "failed";

/** A question and what has come of its answer so far. */
export type Turn = {
  id: string;
  question: string;
  index: string[];
  state: TurnState;
  sentences: AnswerSentence[];
  sources: AnswerSource[];
  mode?: "extractive" | "model";
  model?: string;
  notice?: string;
  done?: AnswerEvents["done"];
  problem?: { title: string; detail: string; nextStep?: string; requestId?: string; isAbsent?: boolean };
  thumb?: "up" | "down";
};

export const newTurn = (id: string, question: string, index: string[]): Turn => ({
  id,
  question,
  index,
  state: "asking",
  sentences: [],
  sources: [],
});

/** The turn after an event of its stream. */
export const applyEvent = (turn: Turn, { event, data }: AnswerEvent): Turn => {
  switch (event) {
    case "start":
      return { ...turn, mode: data.mode, ...(data.model ? { model: data.model } : {}) };
    case "sources":
      return { ...turn, sources: data.sources };
    case "notice":
      return { ...turn, notice: data.text };
    case "sentence":
      return { ...turn, sentences: [...turn.sentences, data] };
    case "done":
      return { ...turn, state: "done", mode: data.mode, done: data };
    case "error":
      return { ...turn, state: "failed", problem: { title: "The answer broke off", ...data } };
    default:
      return turn;
  }
};

const turnsToldMax = 6;
const answerLengthMax = 4000;

/** What a follow-up tells the agent of the conversation: the last turns that came to an answer. */
export const toldTurns = (turns: readonly Turn[]): AnswerTurn[] =>
  turns
    .filter((turn) => turn.state === "done")
    .slice(-turnsToldMax)
    .map(({ question, sentences }) => ({
      question,
      answer: sentences
        .map(({ text }) => text)
        .join(" ")
        .slice(0, answerLengthMax),
    }));

const storageKey = "samla-conversation";
const turnsKeptMax = 20;

/** The conversation of this tab, so that it is there again after a look at a source. Nothing leaves the tab. */
export const loadTurns = (): Turn[] => {
  try {
    const turns = JSON.parse(sessionStorage.getItem(storageKey) ?? "[]") as Turn[];
    return turns.map((turn) => (turn.state === "asking" ? { ...turn, state: "stopped" } : turn));
  } catch {
    return [];
  }
};

export const saveTurns = (turns: readonly Turn[]): void => {
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(turns.slice(-turnsKeptMax)));
  } catch {
    // Full or forbidden: the conversation lives as long as the page.
  }
};

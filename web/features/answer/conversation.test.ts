import { describe, expect, it } from "vitest";
import { applyEvent, newTurn, type Turn, toldTurns } from "./conversation.ts";

const done = (question: string, text: string): Turn => ({
  ...newTurn(question, question, []),
  state: "done",
  sentences: [{ text, citations: [1] }],
});

describe("a conversation", () => {
  it("grows a turn event by event, and an error keeps what had come", () => {
    let turn = newTurn("1", "why?", []);
    turn = applyEvent(turn, { event: "start", data: { question: "why?", searchedFor: "why?", mode: "extractive" } });
    turn = applyEvent(turn, { event: "sentence", data: { text: "Because.", citations: [1] } });
    turn = applyEvent(turn, { event: "error", data: { code: "timeout", detail: "too long", requestId: "r" } });
    expect(turn).toMatchObject({ state: "failed", mode: "extractive", sentences: [{ text: "Because." }] });
    expect(turn.problem).toMatchObject({ detail: "too long", requestId: "r" });
  });

  it("tells a follow-up of its last answered turns only, within the contract's limits", () => {
    const turns = [...Array.from({ length: 9 }, (_, i) => done(`q${i}`, "x".repeat(5000))), newTurn("n", "now", [])];
    const told = toldTurns(turns);
    expect(told.map(({ question }) => question)).toEqual(["q3", "q4", "q5", "q6", "q7", "q8"]);
    expect(Math.max(...told.map(({ answer }) => answer.length))).toBe(4000);
  });
});

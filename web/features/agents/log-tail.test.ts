import type { LogLine, TailMessage } from "@samla/contracts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LogTail, mergeLines, type TailView } from "./log-tail.ts";

const line = (n: number): LogLine => ({
  id: String(n),
  at: new Date(1_700_000_000_000 + n * 1000).toISOString(),
  text: `line ${n}`,
});

const makeTail = (after?: string) => {
  const sent: { action: string; id: string; turn: number; after?: string }[] = [];
  const views: TailView[] = [];
  const tail = new LogTail({ agent: "answer" }, after, {
    send: (message) => sent.push(message as (typeof sent)[number]),
    onView: (view) => views.push(view),
  });
  const last = () => {
    const asked = sent.findLast(({ action }) => action === "tail.start");
    if (!asked) throw new Error("nothing was asked");
    return asked;
  };
  const answer = (message: Record<string, unknown>, turn = last().turn) =>
    tail.receive(JSON.stringify({ id: last().id, turn, after: "0.0.", ...message } satisfies Partial<TailMessage>));
  const lines = (numbers: number[], more: object = {}) =>
    answer({ type: "tail.lines", lines: numbers.map(line), skipped: 0, isAtLeast: false, ...more });
  const view = () => views.at(-1);
  return { tail, sent, view, last, answer, lines };
};

describe("a live tail", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("shows each line once and by its time, also when a turn begins with what was sent before", () => {
    const { tail, lines, view } = makeTail();
    tail.setLive(true);
    lines([1, 2, 4]);
    lines([2, 3, 4, 5]);
    expect(view()?.lines.map(({ id }) => id)).toEqual(["1", "2", "3", "4", "5"]);
    const before = view()?.lines ?? [];
    expect(mergeLines(before, [line(4)])).toBe(before);
  });

  it("keeps lines of one millisecond in the order in which they were written, where page and tail overlap", () => {
    const at = line(0).at;
    const burst = Array.from({ length: 6 }, (_, n) => ({ ...line(n), at }));
    const page = [...burst.slice(3), line(60)];
    const merged = mergeLines(page, [...burst.slice(1), line(60), line(61)]);
    expect(merged.map(({ id }) => id)).toEqual(["1", "2", "3", "4", "5", "60", "61"]);
  });

  it("keeps no more than can be looked at", () => {
    const { tail, lines, view } = makeTail();
    tail.setLive(true);
    lines(Array.from({ length: 2500 }, (_, n) => n));
    expect(view()?.lines).toHaveLength(2000);
    expect(view()?.lines.at(-1)?.id).toBe("2499");
  });

  it("asks for the next turn from the place it has come to, and hears nothing of a former turn", () => {
    const { tail, sent, answer, lines, view } = makeTail("5.0.x");
    tail.setLive(true);
    expect(sent[0]).toMatchObject({ action: "tail.start", turn: 1, agent: "answer", after: "5.0.x" });
    answer({ type: "tail.live", after: "6.0.y" });
    expect(view()?.state).toBe("live");
    answer({ type: "tail.end", reason: "turn" });
    expect(sent[1]).toMatchObject({ action: "tail.start", turn: 2, after: "6.0.y" });
    expect(view()?.state).toBe("live");
    answer({ type: "tail.lines", lines: [line(9)], skipped: 7, isAtLeast: false }, 1);
    lines([1]);
    expect(view()).toMatchObject({ skipped: 0, lines: [{ id: "1" }] });
  });

  it("goes on after a break of the connection, and asks again when nobody answers", async () => {
    const { tail, sent, lines, view } = makeTail();
    tail.setLive(true);
    lines([1], { after: "7.0.z" });
    tail.setLive(false);
    expect(view()?.state).toBe("waiting");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent).toHaveLength(1);
    tail.setLive(true);
    expect(sent[1]).toMatchObject({ turn: 2, after: "7.0.z" });
    await vi.advanceTimersByTimeAsync(15_000);
    expect(sent[2]).toMatchObject({ turn: 3, after: "7.0.z" });
    expect(view()?.lines).toHaveLength(1);
  });

  it("says how many lines are skipped, where and in all", () => {
    const { tail, lines, view } = makeTail();
    tail.setLive(true);
    lines([1]);
    lines([500], { skipped: 1200 });
    lines([900], { skipped: 30_000, isAtLeast: true });
    expect(view()?.skipped).toBe(31_200);
    expect(view()?.lines.map(({ skippedBefore }) => skippedBefore)).toEqual([
      undefined,
      "1,200 lines skipped",
      "More than 30,000 lines skipped",
    ]);
  });

  it("does not ask again for what is refused, and says why", async () => {
    const { tail, sent, answer, view } = makeTail();
    tail.setLive(true);
    answer({ type: "tail.end", reason: "refused", text: "Your role does not allow it." });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sent).toHaveLength(1);
    expect(view()).toMatchObject({ state: "refused", refusal: "Your role does not allow it." });
  });

  it("is stopped at the server when the page leaves it", async () => {
    const { tail, sent, last } = makeTail();
    tail.setLive(true);
    tail.stop();
    expect(sent[1]).toEqual({ action: "tail.stop", id: last().id });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sent).toHaveLength(2);
  });
});

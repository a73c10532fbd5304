import { describe, expect, it } from "vitest";
import type { RawLogLine } from "../kernel/index.ts";
import { actorOf } from "../testing.ts";
import type { AgentContext } from "./context.ts";
import { readLogs } from "./logs.ts";

const now = Date.parse("2026-01-01T00:00:00Z");

/** A log of these times, oldest first, as far as a page needs one. */
const openLog = (times: readonly number[]): AgentContext => {
  const all: RawLogLine[] = times.map((atMs, i) => ({ id: `line-${i}`, stream: "agent/agent/1", atMs, text: `${i}` }));
  const filter: AgentContext["logs"]["filter"] = async ({ fromMs, toMs, cursor, limit }) => {
    const within = all.filter(({ atMs }) => atMs >= (fromMs ?? 0) && atMs <= (toMs ?? now));
    const from = Number(cursor ?? 0);
    const nextCursor = from + limit < within.length ? { nextCursor: String(from + limit) } : {};
    return { lines: within.slice(from, from + limit), ...nextCursor };
  };
  const agents = { getAgent: async (name: string) => ({ name }) };
  return {
    actor: actorOf("operator"),
    now: () => now,
    agents,
    platform: { stage: "test", names: ["answer"] },
    logs: { filter },
  } as unknown as AgentContext;
};

/** All texts by going back page by page, oldest first. */
const readBack = async (ctx: AgentContext, limit: number): Promise<string[]> => {
  const texts: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 50; pages += 1) {
    const page = await readLogs(ctx, { agent: "answer", order: "newest", limit, cursor });
    texts.unshift(...page.items.map((line) => line.text));
    cursor = page.nextCursor;
    if (!cursor) break;
  }
  return texts;
};

describe("going back in a log", () => {
  it("shows every line once, also where a page is cut within one millisecond of a burst", async () => {
    const burst = Array.from({ length: 25 }, (_, i) => now - 5_000 + Math.floor(i / 7));
    const times = [now - 3_600_000, now - 60_000, ...burst, now - 1];
    const ctx = openLog(times);
    for (const limit of [1, 2, 3, 5, 10, 100]) expect(await readBack(ctx, limit)).toEqual(times.map((_, i) => `${i}`));
  });

  it("refuses the cursor of another list", async () => {
    const page = readLogs(openLog([]), { agent: "answer", order: "newest", limit: 5, cursor: "next:abc" });
    await expect(page).rejects.toMatchObject({ code: "invalid_cursor" });
  });
});

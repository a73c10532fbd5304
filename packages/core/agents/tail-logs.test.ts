import { type LogLine, type Role, tailLimits } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import type { RawLogLine } from "../kernel/index.ts";
import { splitBatch, type TailBatch, type TailInput, tailLogs } from "./tail-logs.ts";

const startMs = 1_800_000_000_000;

/** A log of which lines become visible at a time of their own, as in CloudWatch. */
const makeWorld = (roles: Role[] = ["operator"]) => {
  const world = { nowMs: startMs, lines: [] as (RawLogLine & { seenFromMs: number })[], asked: 0 };
  const write = (id: string, atMs: number, seenFromMs = atMs, text = id) =>
    world.lines.push({ id, atMs, stream: `agent/agent/${"a".repeat(32)}`, text, seenFromMs });
  const ctx = {
    actor: { kind: "person" as const, id: "otto", name: "Otto", roles, groups: [] },
    platform: { stage: "test" },
    now: () => world.nowMs,
    logs: {
      filter: async ({
        fromMs,
        toMs,
        limit,
        cursor,
      }: {
        fromMs: number;
        toMs: number;
        limit: number;
        cursor?: string | undefined;
      }) => {
        world.asked += 1;
        const fit = world.lines
          .filter((line) => line.seenFromMs <= world.nowMs && line.atMs >= fromMs && line.atMs <= toMs)
          .sort((a, b) => a.atMs - b.atMs);
        const from = Number(cursor ?? 0);
        const next = from + limit < fit.length ? String(from + limit) : undefined;
        return { lines: fit.slice(from, from + limit), nextCursor: next };
      },
      last: async () => [],
    },
  };
  /** Batches of so many rounds; time goes on by a second in each. */
  const tail = async (rounds: number, input: Partial<TailInput> = {}): Promise<TailBatch[]> => {
    let left = rounds;
    const batches: TailBatch[] = [];
    const goesOn = async () => left-- > 0;
    const wait = async (forMs: number) => {
      world.nowMs += forMs;
    };
    for await (const batch of tailLogs(ctx, { agent: "answer", goesOn, wait, ...input })) batches.push(batch);
    return batches;
  };
  return { world, write, tail };
};

const idsOf = (batches: readonly TailBatch[]): string[] => batches.flatMap(({ lines }) => lines.map(({ id }) => id));

describe("the live tail of a log", () => {
  it("gives each new line once, also one that becomes visible after younger ones", async () => {
    const { write, tail } = makeWorld();
    write("old", startMs - 60_000);
    write("a", startMs + 500);
    write("late", startMs + 600, startMs + 4_000);
    write("b", startMs + 1_500);
    const batches = await tail(8);
    expect(idsOf(batches)).toEqual(["a", "b", "late"]);
    expect(batches[0]).toMatchObject({ lines: [], skipped: 0 });
  });

  it("loses nothing between two turns, however they are cut, and repeats only with the same ids", async () => {
    const { world, write, tail } = makeWorld();
    for (let n = 0; n < 60; n += 1) write(`l${n}`, startMs + n * 400, startMs + n * 400 + (n % 7 === 0 ? 5_000 : 0));
    const got: string[] = [];
    let after: string | undefined;
    for (const rounds of [3, 1, 5, 2, 9, 1, 30]) {
      const batches = await tail(rounds, { after });
      got.push(...idsOf(batches));
      after = batches.at(-1)?.after ?? after;
      world.nowMs += 700;
    }
    expect([...new Set(got)]).toHaveLength(60);
  });

  it("begins again an hour back at most", async () => {
    const { write, tail } = makeWorld();
    write("ancient", startMs - 2 * tailLimits.backMs);
    write("recent", startMs - tailLimits.backMs / 2);
    const after = `${startMs - 3 * tailLimits.backMs}.0.x`;
    expect(idsOf(await tail(2, { after }))).toEqual(["recent"]);
  });

  it("shows the newest lines of a flood, says how many it left out, and reads nothing of it twice", async () => {
    const { write, tail } = makeWorld();
    for (let n = 0; n < 5_000; n += 1) write(`f${n}`, startMs + 1 + Math.floor(n / 10));
    write("after", startMs + 8_000);
    const batches = await tail(12);
    const flood = batches.find(({ skipped }) => skipped > 0);
    expect(flood).toMatchObject({ skipped: 5_000 - tailLimits.linesMax, isAtLeast: false });
    expect(flood?.lines.at(-1)?.id).toBe("f4999");
    expect(batches.reduce((sum, { skipped, lines }) => sum + skipped + lines.length, 0)).toBe(5_001);
    expect(idsOf(batches).at(-1)).toBe("after");
  });

  it("reads no more than its share of a flood it cannot keep up with, goes on at the newest line, and says so", async () => {
    const { world, write, tail } = makeWorld();
    const limit = tailLimits.readLinesMax * tailLimits.readPagesMax;
    for (let n = 0; n < limit + 5_000; n += 1) write(`f${n}`, startMs - 5_000 + Math.floor(n / 100));
    const [first, ...others] = await tail(3);
    expect(first).toMatchObject({ isAtLeast: true, skipped: limit - tailLimits.linesMax });
    expect(world.asked).toBeLessThanOrEqual(tailLimits.readPagesMax + 2);
    expect(idsOf(others)).toEqual([]);
  });

  it("does not miss lines of tasks whose clocks are right when another task's clock is ahead", async () => {
    const { write, tail } = makeWorld();
    write("ahead", startMs + 50_000, startMs);
    write("right", startMs + 2_500);
    expect(idsOf(await tail(6))).toEqual(["ahead", "right"]);
  });

  it.each(["reader", "editor"] as const)("is refused to a %s before the log is asked", async (role) => {
    const { world, tail } = makeWorld([role]);
    await expect(tail(1)).rejects.toMatchObject({ code: "forbidden" });
    expect(world.asked).toBe(0);
  });
});

describe("messages of a tail", () => {
  it("fit into what a WebSocket carries, whatever is written", () => {
    const at = new Date(startMs).toISOString();
    const long = "\u0001".repeat(16_000);
    const lines: LogLine[] = Array.from({ length: 300 }, (_, n) =>
      n % 50 === 0
        ? { id: `${n}`, at, text: long, fields: { message: long } }
        : { id: `${n}`, at, text: "ü".repeat(1_000) },
    );
    const parts = splitBatch(lines);
    for (const part of parts) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThan(31_000);
    expect(parts.flat().map(({ id }) => id)).toEqual(lines.map(({ id }) => id));
    expect(parts.length).toBeLessThan(lines.length);
  });
});

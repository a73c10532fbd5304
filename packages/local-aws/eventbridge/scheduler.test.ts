import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "../kernel/sqlite.ts";
import type { InvokePort, QueuePort } from "../kernel/types.ts";
import { compileScheduleExpression } from "./schedule-expression.ts";
import { SCHEDULE_SCHEMA, Scheduler } from "./scheduler.ts";

const at = (text: string): number => Date.parse(`${text}Z`);

describe("compileScheduleExpression", () => {
  it.each([
    ["rate(5 minutes)", "2026-11-23T10:00:00", "2026-11-23T10:05:00"],
    ["rate(1 day)", "2026-11-23T10:00:00", "2026-11-24T10:00:00"],
    ["cron(0 12 * * ? *)", "2026-11-23T10:00:00", "2026-11-23T12:00:00"],
    ["cron(0 12 * * ? *)", "2026-11-23T12:00:00", "2026-11-24T12:00:00"],
    ["cron(0/15 8-9 ? * MON-FRI *)", "2026-11-21T09:00:00", "2026-11-23T08:00:00"],
    ["cron(0/15 8-9 ? * MON-FRI *)", "2026-11-23T09:31:00", "2026-11-23T09:45:00"],
    ["cron(30 6 L * ? *)", "2026-02-01T00:00:00", "2026-02-28T06:30:00"],
    ["cron(0 0 ? * 2#1 *)", "2026-11-23T00:00:00", "2026-12-07T00:00:00"],
    ["cron(0 0 ? * 6L *)", "2026-11-01T00:00:00", "2026-11-27T00:00:00"],
    ["cron(0 0 29 FEB ? *)", "2026-01-01T00:00:00", "2028-02-29T00:00:00"],
  ])("%s after %s is %s", (expression, after, expected) => {
    expect(compileScheduleExpression(expression)(at(after))).toBe(at(expected));
  });

  it("has no next time after its last year", () => {
    expect(compileScheduleExpression("cron(0 0 1 1 ? 2020)")(at("2026-01-01T00:00:00"))).toBeUndefined();
  });

  it.each([
    "every day",
    "rate(0 minutes)",
    "rate(5 weeks)",
    "cron(0 12 * * * *)",
    "cron(0 25 * * ? *)",
    "cron(0 12 * *)",
    "cron(0 12 15W * ? *)",
  ])("refuses %s", (expression) => {
    expect(() => compileScheduleExpression(expression)).toThrow(expression);
  });
});

describe("Scheduler", () => {
  let dir: string;
  let db: Database;
  let fired: string[];
  const queues = {} as QueuePort;
  const invoke: InvokePort = {
    async invoke(name) {
      fired.push(name);
      return { statusCode: 202, payload: Buffer.alloc(0), logTail: "", executedVersion: "$LATEST" };
    },
  };
  const start = (now: () => number, expression = "rate(1 minute)") =>
    new Scheduler({
      db,
      invoke,
      queues,
      identity: { region: "eu-north-1", accountId: "000000000000" },
      schedules: [{ name: "sweep", expression, target: { function: "sweeper" } }],
      now,
    });

  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "local-aws-schedule-"));
    db = openDatabase(path.join(dir, "db.sqlite"), SCHEDULE_SCHEMA);
    fired = [];
  });
  afterEach(async () => {
    db.close();
    await rm(dir, { recursive: true, force: true });
  });

  it("fires once after a gap, however many times were missed, and then goes on", async () => {
    let now = at("2026-11-23T10:00:00");
    const first = start(() => now);
    await first.tick();
    first.close();
    expect(fired).toEqual([]);
    now += 3_600_000;
    const second = start(() => now);
    await second.tick();
    await second.tick();
    expect(fired).toEqual(["sweeper"]);
    now += 60_000;
    await second.tick();
    second.close();
    expect(fired).toEqual(["sweeper", "sweeper"]);
  });

  it("counts a changed expression from now", async () => {
    let now = at("2026-11-23T10:00:00");
    start(() => now).close();
    now += 3_600_000;
    const changed = start(() => now, "rate(2 minutes)");
    await changed.tick();
    changed.close();
    expect(fired).toEqual([]);
  });
});

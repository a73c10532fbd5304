import { randomUUID } from "node:crypto";
import type { ScheduleConfig } from "../config.ts";
import { AwsError, createNotImplementedError } from "../kernel/errors.ts";
import { answerJson, answerJsonError } from "../kernel/json-protocol.ts";
import type { Database } from "../kernel/sqlite.ts";
import type { Identity, InvokePort, QueuePort, Service } from "../kernel/types.ts";
import { compileScheduleExpression, type NextTime } from "./schedule-expression.ts";
import { deliver, formatTargetArn } from "./targets.ts";

export const SCHEDULE_SCHEMA = `
CREATE TABLE IF NOT EXISTS schedule_runs (
  name TEXT PRIMARY KEY,
  expression TEXT NOT NULL,
  last_ms INTEGER NOT NULL
) STRICT;`;

type Schedule = { config: ScheduleConfig; next: NextTime };
type Deps = {
  db: Database;
  invoke: InvokePort;
  queues: QueuePort;
  identity: Identity;
  schedules: readonly ScheduleConfig[];
  /** ms; for tests. */
  now?: () => number;
};

/** Looks again at least this often, since clocks jump and laptops sleep. */
const LONGEST_WAIT_MS = 30_000;

/**
 * Runs schedules. When the last run was is on disk: after a gap (the stand-in was off, the laptop asleep) a schedule that
 * missed any number of times fires once.
 */
export class Scheduler {
  readonly #deps: Deps;
  readonly #now: () => number;
  readonly #schedules: Schedule[];
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @throws Error naming the expression that is not understood */
  constructor(deps: Deps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#schedules = deps.schedules.map((config) => ({ config, next: compileScheduleExpression(config.expression) }));
    // A new or changed expression counts from now; an unchanged one from its last run.
    for (const { name, expression } of deps.schedules)
      deps.db.run(
        `INSERT INTO schedule_runs (name, expression, last_ms) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET
           last_ms = CASE WHEN expression = excluded.expression THEN last_ms ELSE excluded.last_ms END,
           expression = excluded.expression`,
        name,
        expression,
        this.#now(),
      );
  }

  /** Fires what is due and waits for the next time. */
  async tick(): Promise<void> {
    clearTimeout(this.#timer);
    let waitMs = LONGEST_WAIT_MS;
    for (const schedule of this.#schedules) {
      if (this.#isClosed) return;
      const dueMs = schedule.next(this.#readLast(schedule.config.name));
      if (dueMs === undefined) continue;
      if (dueMs <= this.#now()) {
        const isFired = await this.#fire(schedule.config, dueMs);
        const nextMs = isFired ? schedule.next(this.#now()) : this.#now() + 1000;
        waitMs = Math.min(waitMs, (nextMs ?? Number.POSITIVE_INFINITY) - this.#now());
      } else waitMs = Math.min(waitMs, dueMs - this.#now());
    }
    if (this.#isClosed || this.#schedules.length === 0) return;
    this.#wait(Math.max(1, waitMs));
  }

  #wait(waitMs: number): void {
    this.#timer = setTimeout(() => {
      this.tick().catch((error: unknown) => {
        console.error("The schedules could not be run; trying again:", error);
        if (!this.#isClosed) this.#wait(1000);
      });
    }, waitMs);
    this.#timer.unref();
  }

  #readLast(name: string): number {
    return (
      this.#deps.db.get<{ last_ms: number }>("SELECT last_ms FROM schedule_runs WHERE name = ?", name)?.last_ms ??
      this.#now()
    );
  }

  async #fire(config: ScheduleConfig, dueMs: number): Promise<boolean> {
    const { region, accountId } = this.#deps.identity;
    const id = randomUUID();
    const event = config.input ?? {
      version: "0",
      id,
      "detail-type": "Scheduled Event",
      source: "aws.scheduler",
      account: accountId,
      time: new Date(dueMs).toISOString().replace(/\.\d{3}Z$/, "Z"),
      region,
      resources: [`arn:aws:scheduler:${region}:${accountId}:schedule/default/${config.name}`],
      detail: {},
    };
    try {
      await deliver(config.target, JSON.stringify(event), this.#deps, { groupId: config.name, deduplicationId: id });
      if (this.#isClosed) return true;
      this.#deps.db.run("UPDATE schedule_runs SET last_ms = ? WHERE name = ?", this.#now(), config.name);
      return true;
    } catch (error) {
      console.error(`The schedule ${config.name} could not fire; trying again:`, error);
      return false;
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}

/** EventBridge Scheduler's API (scope `scheduler`), reading only. */
export function createSchedulerService(schedules: readonly ScheduleConfig[], identity: Identity): Service {
  const describe = ({ name, expression, target, input }: ScheduleConfig) => ({
    Name: name,
    GroupName: "default",
    Arn: `arn:aws:scheduler:${identity.region}:${identity.accountId}:schedule/default/${name}`,
    State: "ENABLED",
    ScheduleExpression: expression,
    ScheduleExpressionTimezone: "UTC",
    FlexibleTimeWindow: { Mode: "OFF" },
    Target: {
      Arn: formatTargetArn(target, identity),
      RoleArn: `arn:aws:iam::${identity.accountId}:role/local`,
      ...(input && { Input: JSON.stringify(input) }),
    },
  });
  return {
    scopes: ["scheduler"],
    async handle(call) {
      try {
        const match = call.req.method === "GET" ? /^\/schedules(?:\/([^/]+))?\/?$/.exec(call.url.pathname) : undefined;
        if (!match) throw createNotImplementedError("Scheduler", `${call.req.method} ${call.url.pathname}`);
        if (match[1] === undefined) return answerJson(call, "rest", { Schedules: schedules.map(describe) });
        const name = decodeURIComponent(match[1]);
        const found = schedules.find((schedule) => schedule.name === name);
        if (!found)
          throw new AwsError("ResourceNotFoundException", `Schedule ${name} does not exist.`, { statusCode: 404 });
        answerJson(call, "rest", describe(found));
      } catch (error) {
        answerJsonError(call, "rest", error);
      }
    },
    close: async () => undefined,
  };
}

import type { EmitEvent } from "../kernel/container-ports.ts";
import type { Identity } from "../kernel/types.ts";
import { type AlarmRule, type AlarmState, judgeAlarm } from "./alarm-state.ts";
import type { MetricStore } from "./store.ts";

export type Alarm = AlarmRule & {
  name: string;
  description?: string;
  state: AlarmState;
  reason: string;
  reasonData: string;
  configuredMs: number;
  updatedMs: number;
  tags: Record<string, string>;
};

export const ALARM_SCHEMA = `
CREATE TABLE IF NOT EXISTS alarms (name TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS alarm_history (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  alarm TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  type TEXT NOT NULL,
  summary TEXT NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS alarm_history_by_alarm ON alarm_history (alarm, at_ms);`;

/** CloudWatch keeps an alarm's history so long. */
const HISTORY_MS = 30 * 86_400_000;

export type HistoryRow = { alarm: string; at_ms: number; type: string; summary: string; data: string };

/** The alarms, their states and what became of them, in the metrics' database. */
export class Alarms {
  readonly #store: MetricStore;
  readonly #identity: Identity;
  readonly #emit: EmitEvent;
  readonly #now: () => number;

  constructor(deps: { store: MetricStore; identity: Identity; emit: EmitEvent; now: () => number }) {
    this.#store = deps.store;
    this.#identity = deps.identity;
    this.#emit = deps.emit;
    this.#now = deps.now;
  }

  arnOf(name: string): string {
    return `arn:aws:cloudwatch:${this.#identity.region}:${this.#identity.accountId}:alarm:${name}`;
  }

  find(name: string): Alarm | undefined {
    const row = this.#store.db.get<{ document: string }>("SELECT document FROM alarms WHERE name = ?", name);
    return row && (JSON.parse(row.document) as Alarm);
  }

  list(): Alarm[] {
    return this.#store.db
      .all<{ document: string }>("SELECT document FROM alarms ORDER BY name")
      .map(({ document }) => JSON.parse(document) as Alarm);
  }

  #save(alarm: Alarm): void {
    this.#store.db.run("INSERT OR REPLACE INTO alarms VALUES (?, ?)", alarm.name, JSON.stringify(alarm));
  }

  #note(alarm: Alarm, type: string, summary: string, data: object): void {
    this.#store.db.run(
      "INSERT INTO alarm_history (alarm, at_ms, type, summary, data) VALUES (?, ?, ?, ?, ?)",
      alarm.name,
      this.#now(),
      type,
      summary,
      JSON.stringify(data),
    );
    this.#store.db.run("DELETE FROM alarm_history WHERE at_ms < ?", this.#now() - HISTORY_MS);
  }

  /** Creates or replaces; a replaced alarm keeps its state until the next evaluation. */
  put(settings: Omit<Alarm, "state" | "reason" | "reasonData" | "configuredMs" | "updatedMs">): void {
    const known = this.find(settings.name);
    const now = this.#now();
    const alarm: Alarm = {
      ...settings,
      tags: known?.tags ?? settings.tags,
      state: known?.state ?? "INSUFFICIENT_DATA",
      reason: known?.reason ?? "Unchecked: Initial alarm creation",
      reasonData: known?.reasonData ?? "",
      configuredMs: now,
      updatedMs: known?.updatedMs ?? now,
    };
    this.#store.db.transaction(() => {
      this.#save(alarm);
      const verb = known ? "updated" : "created";
      this.#note(alarm, "ConfigurationUpdate", `Alarm "${alarm.name}" ${verb}`, { type: known ? "Update" : "Create" });
    });
    this.evaluate(alarm);
  }

  delete(name: string): void {
    this.#store.db.run("DELETE FROM alarms WHERE name = ?", name);
  }

  setTags(alarm: Alarm, tags: Record<string, string>): void {
    this.#save({ ...alarm, tags });
  }

  /** Moves an alarm to a state and says so on the bus; the same state only renews nothing. */
  setState(alarm: Alarm, state: AlarmState, reason: string, reasonData: string): void {
    if (state === alarm.state) return;
    const now = this.#now();
    const changed = { ...alarm, state, reason, reasonData, updatedMs: now };
    this.#store.db.transaction(() => {
      this.#save(changed);
      this.#note(alarm, "StateUpdate", `Alarm updated from ${alarm.state} to ${state}`, {
        version: "1.0",
        oldState: { stateValue: alarm.state, stateReason: alarm.reason },
        newState: { stateValue: state, stateReason: reason },
      });
    });
    const told = (of: Alarm) => ({
      value: of.state,
      reason: of.reason,
      ...(of.reasonData !== "" && { reasonData: of.reasonData }),
      timestamp: new Date(of.updatedMs).toISOString().replace("Z", "+0000"),
    });
    const { metric, statistic, periodS } = alarm;
    this.#emit({
      source: "aws.cloudwatch",
      detailType: "CloudWatch Alarm State Change",
      resources: [this.arnOf(alarm.name)],
      detail: {
        alarmName: alarm.name,
        state: told(changed),
        previousState: told(alarm),
        configuration: {
          ...(alarm.description !== undefined && { description: alarm.description }),
          metrics: [
            {
              id: "m1",
              metricStat: {
                metric: { namespace: metric.namespace, name: metric.name, dimensions: metric.dimensions },
                period: periodS,
                stat: statistic,
              },
              returnData: true,
            },
          ],
        },
      },
    });
  }

  /** Looks at the last whole periods; a state that has changed is kept and told. */
  evaluate(alarm: Alarm): void {
    const { periodS, evaluationPeriods } = alarm;
    const toMs = Math.floor(this.#now() / 1000 / periodS) * periodS * 1000;
    const fromMs = toMs - evaluationPeriods * periodS * 1000;
    const slots = this.#store.read(alarm.metric, {
      fromMs,
      toMs,
      periodS,
      ...(alarm.unit !== undefined && { unit: alarm.unit }),
    });
    const verdict = judgeAlarm(alarm, slots);
    if (!verdict || verdict.state === alarm.state) return;
    const data = {
      version: "1.0",
      queryDate: new Date(this.#now()).toISOString().replace("Z", "+0000"),
      statistic: alarm.statistic,
      period: periodS,
      recentDatapoints: verdict.points.map(({ value }) => value),
      threshold: alarm.threshold,
    };
    this.setState(alarm, verdict.state, verdict.reason, JSON.stringify(data));
  }

  evaluateAll(): void {
    for (const alarm of this.list()) this.evaluate(alarm);
  }

  history(options: { alarm?: string; type?: string; fromMs: number; toMs: number }): HistoryRow[] {
    return this.#store.db.all<HistoryRow>(
      `SELECT * FROM alarm_history WHERE (? IS NULL OR alarm = ?) AND (? IS NULL OR type = ?) AND at_ms >= ? AND at_ms <= ?
         ORDER BY id DESC`,
      options.alarm ?? null,
      options.alarm ?? null,
      options.type ?? null,
      options.type ?? null,
      options.fromMs,
      options.toMs,
    );
  }
}

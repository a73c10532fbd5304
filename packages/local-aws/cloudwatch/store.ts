import { type Database, openDatabase } from "../kernel/sqlite.ts";
import type { Histogram } from "./histogram.ts";
import { addValue, createSummary, mergeSummary, type Summary } from "./statistics.ts";

export type Dimensions = Record<string, string>;
export type MetricName = { namespace: string; name: string; dimensions: Dimensions };
export type Sample = MetricName & { value: number; count?: number; unit: string; atMs: number };
export type Slot = { atMs: number; unit: string; summary: Summary };

/** Slots get coarser with age, as CloudWatch keeps them (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention). */
const TIERS = [
  { resolutionS: 1, keptS: 3 * 3600 },
  { resolutionS: 60, keptS: 15 * 86_400 },
  { resolutionS: 300, keptS: 63 * 86_400 },
  { resolutionS: 3600, keptS: 455 * 86_400 },
] as const;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS metric_series (
  id INTEGER PRIMARY KEY,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  dimensions TEXT NOT NULL,
  last_s INTEGER NOT NULL DEFAULT 0,
  UNIQUE (namespace, name, dimensions)
) STRICT;
CREATE TABLE IF NOT EXISTS metric_slots (
  series_id INTEGER NOT NULL REFERENCES metric_series (id) ON DELETE CASCADE,
  resolution_s INTEGER NOT NULL,
  at_s INTEGER NOT NULL,
  unit TEXT NOT NULL,
  count REAL NOT NULL,
  sum REAL NOT NULL,
  min REAL NOT NULL,
  max REAL NOT NULL,
  histogram TEXT NOT NULL,
  PRIMARY KEY (series_id, resolution_s, at_s, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS metric_slots_by_age ON metric_slots (resolution_s, at_s);`;

const FLUSH_MS = 500;
const SWEEP_MS = 60_000;

type SlotRow = {
  series_id: number;
  at_s: number;
  unit: string;
  count: number;
  sum: number;
  min: number;
  max: number;
  histogram: string;
};

const summaryOf = (row: SlotRow): Summary => ({
  count: row.count,
  sum: row.sum,
  min: row.min,
  max: row.max,
  histogram: JSON.parse(row.histogram) as Histogram,
});

/** Same dimensions, same text, in whatever order they came. */
export const encodeDimensions = (dimensions: Dimensions): string =>
  JSON.stringify(Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Metrics as slots of one second and coarser, in one SQLite file. */
export class MetricStore {
  readonly db: Database;
  readonly #now: () => number;
  readonly #seriesIds = new Map<string, number>();
  readonly #buffer = new Map<string, { seriesId: number; atS: number; unit: string; summary: Summary }>();
  #timer: NodeJS.Timeout | undefined;
  readonly #sweeper: NodeJS.Timeout;
  #isClosed = false;

  constructor(file: string, options: { schema?: string; now?: () => number } = {}) {
    this.db = openDatabase(file, SCHEMA + (options.schema ?? ""));
    this.#now = options.now ?? Date.now;
    this.#sweeper = setInterval(() => this.#try(() => this.sweep()), SWEEP_MS);
    this.#sweeper.unref();
  }

  /** Buffered: on disk within a second. Values after `close` are dropped. */
  put(sample: Sample): void {
    if (this.#isClosed || !Number.isFinite(sample.value)) return;
    const seriesId = this.#ensureSeries(sample);
    const atS = Math.floor(sample.atMs / 1000);
    const key = `${seriesId}/${atS}/${sample.unit}`;
    const slot = this.#buffer.get(key) ?? { seriesId, atS, unit: sample.unit, summary: createSummary() };
    addValue(slot.summary, sample.value, sample.count);
    this.#buffer.set(key, slot);
    this.#timer ??= setTimeout(() => this.#try(() => this.flush()), FLUSH_MS).unref();
  }

  /** A full disk must not end the stand-in because of a metric. */
  #try(work: () => void): void {
    try {
      work();
    } catch (error) {
      console.error("Metrics could not be written and are lost:", error);
    }
  }

  #ensureSeries({ namespace, name, dimensions }: MetricName): number {
    const encoded = encodeDimensions(dimensions);
    const key = `${namespace}\n${name}\n${encoded}`;
    const known = this.#seriesIds.get(key);
    if (known !== undefined) return known;
    this.db.run(
      "INSERT OR IGNORE INTO metric_series (namespace, name, dimensions) VALUES (?, ?, ?)",
      namespace,
      name,
      encoded,
    );
    const id = this.#findSeries({ namespace, name, dimensions }) ?? 0;
    // Tasks come and go and have dimensions of their own: the cache must not grow with them.
    if (this.#seriesIds.size > 1000) this.#seriesIds.clear();
    this.#seriesIds.set(key, id);
    return id;
  }

  #findSeries({ namespace, name, dimensions }: MetricName): number | undefined {
    return this.db.get<{ id: number }>(
      "SELECT id FROM metric_series WHERE namespace = ? AND name = ? AND dimensions = ?",
      namespace,
      name,
      encodeDimensions(dimensions),
    )?.id;
  }

  /** Writes what is buffered; readers call it first, so that they see everything said so far. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#buffer.size === 0) return;
    const slots = [...this.#buffer.values()];
    this.#buffer.clear();
    this.db.transaction(() => {
      for (const { seriesId, atS, unit, summary } of slots) {
        this.#merge(seriesId, TIERS[0].resolutionS, atS, unit, summary);
        this.db.run("UPDATE metric_series SET last_s = MAX(last_s, ?) WHERE id = ?", atS, seriesId);
      }
    });
  }

  #merge(seriesId: number, resolutionS: number, atS: number, unit: string, summary: Summary): void {
    const row = this.db.get<SlotRow>(
      "SELECT * FROM metric_slots WHERE series_id = ? AND resolution_s = ? AND at_s = ? AND unit = ?",
      seriesId,
      resolutionS,
      atS,
      unit,
    );
    const merged = row ? summaryOf(row) : createSummary();
    mergeSummary(merged, summary);
    const { count, sum, min, max } = merged;
    this.db.run(
      "INSERT OR REPLACE INTO metric_slots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      seriesId,
      resolutionS,
      atS,
      unit,
      count,
      sum,
      min,
      max,
      JSON.stringify(merged.histogram),
    );
  }

  /** Periods from `fromMs` (inclusive) to `toMs` (exclusive) that have values, oldest first. */
  read(metric: MetricName, options: { fromMs: number; toMs: number; periodS: number; unit?: string }): Slot[] {
    this.flush();
    const seriesId = this.#findSeries(metric);
    if (seriesId === undefined) return [];
    const { periodS, unit } = options;
    const rows = this.db.all<SlotRow>(
      `SELECT * FROM metric_slots WHERE series_id = ? AND resolution_s IN (${TIERS.map(({ resolutionS }) => resolutionS).join(",")})
         AND at_s >= ? AND at_s < ? ORDER BY at_s`,
      seriesId,
      Math.floor(options.fromMs / 1000),
      Math.ceil(options.toMs / 1000),
    );
    const slots = new Map<number, Slot>();
    for (const row of rows) {
      if (unit !== undefined && row.unit !== unit) continue;
      const atMs = Math.floor(row.at_s / periodS) * periodS * 1000;
      const slot = slots.get(atMs) ?? { atMs, unit: row.unit, summary: createSummary() };
      mergeSummary(slot.summary, summaryOf(row));
      slots.set(atMs, slot);
    }
    return [...slots.values()];
  }

  /** Metrics with values since `sinceMs`, by namespace and name. */
  list(options: { namespace?: string; name?: string; sinceMs: number }): MetricName[] {
    this.flush();
    return this.db
      .all<{ namespace: string; name: string; dimensions: string }>(
        `SELECT namespace, name, dimensions FROM metric_series WHERE (? IS NULL OR namespace = ?)
           AND (? IS NULL OR name = ?) AND last_s >= ? ORDER BY namespace, name, dimensions`,
        options.namespace ?? null,
        options.namespace ?? null,
        options.name ?? null,
        options.name ?? null,
        Math.floor(options.sinceMs / 1000),
      )
      .map((row) => ({ ...row, dimensions: Object.fromEntries(JSON.parse(row.dimensions)) }));
  }

  /** Makes old slots coarser and removes the oldest. */
  sweep(): void {
    this.flush();
    const nowS = Math.floor(this.#now() / 1000);
    this.db.transaction(() => {
      for (const [i, { resolutionS, keptS }] of TIERS.entries()) {
        const next = TIERS[i + 1];
        // Whole slots of the next tier only, so that none is merged twice.
        const untilS = Math.floor((nowS - keptS) / (next?.resolutionS ?? 1)) * (next?.resolutionS ?? 1);
        const condition = "resolution_s = ? AND at_s < ?";
        const rows = next
          ? this.db.all<SlotRow>(`SELECT * FROM metric_slots WHERE ${condition}`, resolutionS, untilS)
          : [];
        for (const row of rows) {
          const atS = Math.floor(row.at_s / (next?.resolutionS ?? 1)) * (next?.resolutionS ?? 1);
          this.#merge(row.series_id, next?.resolutionS ?? resolutionS, atS, row.unit, summaryOf(row));
        }
        this.db.run(`DELETE FROM metric_slots WHERE ${condition}`, resolutionS, untilS);
      }
      const oldestS = nowS - (TIERS.at(-1)?.keptS ?? 0);
      const { changes } = this.db.run("DELETE FROM metric_series WHERE last_s < ? AND last_s > 0", oldestS);
      if (changes > 0) this.#seriesIds.clear();
    });
  }

  close(): void {
    clearInterval(this.#sweeper);
    this.#try(() => this.flush());
    this.#isClosed = true;
    this.db.close();
  }
}

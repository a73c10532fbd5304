import type { RuleConfig, TargetConfig } from "../config.ts";
import { AwsError } from "../kernel/errors.ts";
import type { Database } from "../kernel/sqlite.ts";
import { compilePattern, type EventMatcher } from "./pattern.ts";

export const RULE_SCHEMA = `
CREATE TABLE IF NOT EXISTS event_rules (
  bus TEXT NOT NULL,
  name TEXT NOT NULL,
  pattern TEXT NOT NULL,
  description TEXT,
  state TEXT NOT NULL,
  targets TEXT NOT NULL,
  origin TEXT NOT NULL,
  PRIMARY KEY (bus, name)
) STRICT;`;

export type RuleTarget = { id: string; target: TargetConfig; input?: string; inputPath?: string };
export type Rule = {
  bus: string;
  name: string;
  pattern: string;
  description: string | undefined;
  state: "ENABLED" | "DISABLED";
  targets: RuleTarget[];
  matches: EventMatcher;
};

type Row = { bus: string; name: string; pattern: string; description: string | null; state: string; targets: string };

/** The rules of all event buses: those of the configuration and those made through the API, on disk. */
export class RuleStore {
  readonly #db: Database;
  readonly #rules = new Map<string, Rule>();
  readonly buses: ReadonlySet<string>;

  /** @throws AwsError `InvalidEventPatternException` for a configured pattern that is not valid */
  constructor(db: Database, configured: readonly RuleConfig[]) {
    this.#db = db;
    this.buses = new Set(["default", ...configured.map(({ busName }) => busName ?? "default")]);
    const states = new Map(
      db
        .all<Row>("SELECT * FROM event_rules WHERE origin = 'config'")
        .map((row) => [
          `${row.bus}/${row.name}`,
          row.state === "DISABLED" ? ("DISABLED" as const) : ("ENABLED" as const),
        ]),
    );
    db.transaction(() => {
      db.run("DELETE FROM event_rules WHERE origin = 'config'");
      for (const { name, busName, eventPattern, targets } of configured) {
        const bus = busName ?? "default";
        const rule = {
          bus,
          name,
          pattern: JSON.stringify(eventPattern),
          description: undefined,
          // Who disabled a rule through the API meant it for longer than one run.
          state: states.get(`${bus}/${name}`) ?? ("ENABLED" as const),
          targets: targets.map((target, i) => ({ id: String(i), target })),
          matches: compilePattern(eventPattern),
        };
        this.save(rule, "config");
      }
    });
    for (const row of db.all<Row>("SELECT * FROM event_rules WHERE origin = 'api'"))
      this.#rules.set(`${row.bus}/${row.name}`, {
        bus: row.bus,
        name: row.name,
        pattern: row.pattern,
        description: row.description ?? undefined,
        state: row.state === "DISABLED" ? "DISABLED" : "ENABLED",
        targets: JSON.parse(row.targets) as RuleTarget[],
        matches: compilePattern(JSON.parse(row.pattern)),
      });
  }

  list(bus: string): Rule[] {
    return [...this.#rules.values()].filter((rule) => rule.bus === bus).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(bus: string, name: string): Rule | undefined {
    return this.#rules.get(`${bus}/${name}`);
  }

  /** @throws AwsError `ResourceNotFoundException` */
  get(bus: string, name: string): Rule {
    const rule = this.find(bus, name);
    if (!rule) throw new AwsError("ResourceNotFoundException", `Rule ${name} does not exist on EventBus ${bus}.`);
    return rule;
  }

  save(rule: Rule, origin?: "config" | "api"): void {
    const { bus, name, pattern, description, state, targets } = rule;
    this.#db.run(
      `INSERT INTO event_rules (bus, name, pattern, description, state, targets, origin) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (bus, name) DO UPDATE SET pattern = excluded.pattern, description = excluded.description,
           state = excluded.state, targets = excluded.targets,
           origin = CASE WHEN excluded.origin = 'config' THEN 'config' ELSE origin END`,
      bus,
      name,
      pattern,
      description ?? null,
      state,
      JSON.stringify(targets),
      origin ?? "api",
    );
    this.#rules.set(`${bus}/${name}`, rule);
  }

  delete(bus: string, name: string): void {
    this.#db.run("DELETE FROM event_rules WHERE bus = ? AND name = ?", bus, name);
    this.#rules.delete(`${bus}/${name}`);
  }
}

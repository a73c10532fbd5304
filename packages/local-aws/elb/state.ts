import { randomBytes } from "node:crypto";
import { AwsError } from "../kernel/errors.ts";
import { type Database, openDatabase } from "../kernel/sqlite.ts";
import type { Identity } from "../kernel/types.ts";

export type Tags = Record<string, string>;
export type Attributes = Record<string, string>;

export type Balancer = {
  arn: string;
  name: string;
  scheme: "internal" | "internet-facing";
  vpcId: string;
  subnets: string[];
  securityGroups: string[];
  ipAddressType: string;
  createdMs: number;
  attributes: Attributes;
  tags: Tags;
};

export type Action =
  | { type: "forward"; groups: { arn: string; weight: number }[] }
  | { type: "fixed-response"; statusCode: number; contentType: string; body: string };

export type Condition = { field: "path-pattern" | "host-header" | "http-request-method"; values: string[] };

export type Listener = {
  arn: string;
  balancerArn: string;
  port: number;
  protocol: "HTTP";
  defaultAction: Action;
  tags: Tags;
};

export type Rule = {
  arn: string;
  listenerArn: string;
  priority: number;
  conditions: Condition[];
  action: Action;
  tags: Tags;
};

export type HealthCheckSettings = {
  isEnabled: boolean;
  protocol: "HTTP";
  /** `traffic-port` or a number. */
  port: string;
  path: string;
  intervalS: number;
  timeoutS: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
  /** Such as `200` or `200-299,302`. */
  matcher: string;
};

export type TargetGroup = {
  arn: string;
  name: string;
  protocol: "HTTP";
  port: number;
  vpcId: string;
  targetType: "ip" | "instance";
  healthCheck: HealthCheckSettings;
  attributes: Attributes;
  tags: Tags;
};

export type RegisteredTarget = { groupArn: string; host: string; port: number };

type Documents = { balancer: Balancer; listener: Listener; rule: Rule; group: TargetGroup };
type Kind = keyof Documents;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS resources (arn TEXT PRIMARY KEY, kind TEXT NOT NULL, document TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS targets (
  group_arn TEXT NOT NULL,
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  PRIMARY KEY (group_arn, host, port)
) STRICT;`;

const missing: Record<Kind, [code: string, noun: string]> = {
  balancer: ["LoadBalancerNotFound", "Load balancer"],
  listener: ["ListenerNotFound", "Listener"],
  rule: ["RuleNotFound", "Rule"],
  group: ["TargetGroupNotFound", "Target group"],
};

export const createSuffix = (): string => randomBytes(8).toString("hex");

/** What an ARN holds after its account: `app/<name>/<id>` or `targetgroup/<name>/<id>`, as metrics name them. */
export const fullNameOf = (arn: string): string => {
  const resource = arn.slice(arn.lastIndexOf(":") + 1);
  return resource.startsWith("loadbalancer/") ? resource.slice("loadbalancer/".length) : resource;
};

/** Balancers, listeners, rules, groups and the targets registered by API: in memory, and written through to SQLite. */
export class ElbState {
  readonly #db: Database;
  readonly #maps: { [K in Kind]: Map<string, Documents[K]> } = {
    balancer: new Map(),
    listener: new Map(),
    rule: new Map(),
    group: new Map(),
  };
  readonly #arnPrefix: string;

  constructor(file: string, identity: Identity) {
    this.#db = openDatabase(file, SCHEMA);
    this.#arnPrefix = `arn:aws:elasticloadbalancing:${identity.region}:${identity.accountId}:`;
    const rows = this.#db.all<{ arn: string; kind: Kind; document: string }>("SELECT * FROM resources");
    for (const { arn, kind, document } of rows) this.#maps[kind].set(arn, JSON.parse(document));
  }

  /** `resource` is what follows the account, such as `targetgroup/<name>/<id>`. */
  arnOf(resource: string): string {
    return this.#arnPrefix + resource;
  }

  save<K extends Kind>(kind: K, document: Documents[K]): Documents[K] {
    this.#maps[kind].set(document.arn, document);
    this.#db.run("INSERT OR REPLACE INTO resources VALUES (?, ?, ?)", document.arn, kind, JSON.stringify(document));
    return document;
  }

  /** @throws AwsError such as `TargetGroupNotFound` */
  get<K extends Kind>(kind: K, arn: string): Documents[K] {
    const found = this.#maps[kind].get(arn);
    const [code, noun] = missing[kind];
    if (!found) throw new AwsError(code, `${noun} '${arn}' not found`);
    return found;
  }

  find<K extends Kind>(kind: K, arn: string): Documents[K] | undefined {
    return this.#maps[kind].get(arn);
  }

  list<K extends Kind>(kind: K): Documents[K][] {
    return [...this.#maps[kind].values()];
  }

  delete(kind: Kind, arn: string): void {
    this.#maps[kind].delete(arn);
    this.#db.run("DELETE FROM resources WHERE arn = ?", arn);
  }

  transaction(work: () => void): void {
    this.#db.transaction(work);
  }

  /** Rules of a listener in the order they are tried, without the default. */
  rulesOf(listenerArn: string): Rule[] {
    return this.list("rule")
      .filter((rule) => rule.listenerArn === listenerArn)
      .sort((a, b) => a.priority - b.priority);
  }

  /** Balancers that send requests to a group, by listeners' defaults and rules. */
  balancersOf(groupArn: string): Balancer[] {
    const uses = (action: Action) => action.type === "forward" && action.groups.some(({ arn }) => arn === groupArn);
    const arns = new Set<string>();
    for (const listener of this.list("listener"))
      if (uses(listener.defaultAction) || this.rulesOf(listener.arn).some(({ action }) => uses(action)))
        arns.add(listener.balancerArn);
    return this.list("balancer").filter(({ arn }) => arns.has(arn));
  }

  saveTarget({ groupArn, host, port }: RegisteredTarget): void {
    this.#db.run("INSERT OR IGNORE INTO targets VALUES (?, ?, ?)", groupArn, host, port);
  }

  deleteTarget({ groupArn, host, port }: RegisteredTarget): void {
    this.#db.run("DELETE FROM targets WHERE group_arn = ? AND host = ? AND port = ?", groupArn, host, port);
  }

  listTargets(): RegisteredTarget[] {
    return this.#db.all<RegisteredTarget>("SELECT group_arn AS groupArn, host, port FROM targets");
  }

  close(): void {
    this.#db.close();
  }
}

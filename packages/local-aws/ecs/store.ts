import path from "node:path";
import { type Database, openDatabase } from "../kernel/sqlite.ts";
import type {
  ClusterRecord,
  DefinitionRecord,
  RevisionRecord,
  ServiceDeploymentRecord,
  ServiceRecord,
  TaskRecord,
} from "./records.ts";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS records (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;`;

/** Records of one kind: read from memory, written through. Change a record in place, then `save` it. */
export class Collection<Record> {
  readonly #db: Database;
  readonly #kind: string;
  readonly #records = new Map<string, Record>();

  constructor(db: Database, kind: string) {
    this.#db = db;
    this.#kind = kind;
    for (const { id, body } of db.all<{ id: string; body: string }>(
      "SELECT id, body FROM records WHERE kind = ?",
      kind,
    ))
      this.#records.set(id, JSON.parse(body) as Record);
  }

  get(id: string): Record | undefined {
    return this.#records.get(id);
  }

  all(): Record[] {
    return [...this.#records.values()];
  }

  /** On disk when it returns. */
  save(id: string, record: Record): void {
    this.#records.set(id, record);
    this.#db.run("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", this.#kind, id, JSON.stringify(record));
  }

  delete(id: string): void {
    this.#records.delete(id);
    this.#db.run("DELETE FROM records WHERE kind = ? AND id = ?", this.#kind, id);
  }
}

const serviceKey = (cluster: string, name: string): string => `${cluster}/${name}`;

/** Everything ECS keeps, in one SQLite file: what was saved survives kill -9. */
export class EcsStore {
  readonly #db: Database;
  readonly clusters: Collection<ClusterRecord>;
  /** By `family:revision`. */
  readonly definitions: Collection<DefinitionRecord>;
  /** By ARN. */
  readonly revisions: Collection<RevisionRecord>;
  /** By ARN. */
  readonly serviceDeployments: Collection<ServiceDeploymentRecord>;
  /** By id. */
  readonly tasks: Collection<TaskRecord>;
  readonly #services: Collection<ServiceRecord>;

  constructor(dir: string) {
    this.#db = openDatabase(path.join(dir, "ecs.db"), SCHEMA);
    this.clusters = new Collection(this.#db, "cluster");
    this.definitions = new Collection(this.#db, "definition");
    this.revisions = new Collection(this.#db, "revision");
    this.serviceDeployments = new Collection(this.#db, "service-deployment");
    this.tasks = new Collection(this.#db, "task");
    this.#services = new Collection(this.#db, "service");
  }

  findService(cluster: string, name: string): ServiceRecord | undefined {
    return this.#services.get(serviceKey(cluster, name));
  }

  listServices(): ServiceRecord[] {
    return this.#services.all();
  }

  saveService(service: ServiceRecord): void {
    this.#services.save(serviceKey(service.cluster, service.name), service);
  }

  deleteService(service: ServiceRecord): void {
    this.#services.delete(serviceKey(service.cluster, service.name));
  }

  /** Revisions of a family, oldest first. */
  listFamily(family: string): DefinitionRecord[] {
    return this.definitions
      .all()
      .filter((one) => one.family === family)
      .sort((a, b) => a.revision - b.revision);
  }

  tasksOf(service: ServiceRecord): TaskRecord[] {
    return this.tasks.all().filter((task) => task.service === service.name && task.cluster === service.cluster);
  }

  /** Drops deployments that ended before, and revisions that nothing names any more. Seconds. */
  forgetBefore(seconds: number): void {
    for (const one of this.serviceDeployments.all())
      if (one.finishedAt !== undefined && one.finishedAt < seconds) this.serviceDeployments.delete(one.arn);
    const named = new Set([
      ...this.serviceDeployments.all().flatMap((one) => [one.targetRevisionArn, ...one.sourceRevisionArns]),
      ...this.listServices().flatMap((one) => [
        ...(one.lastCompletedRevisionArn === undefined ? [] : [one.lastCompletedRevisionArn]),
        ...one.deployments.map(({ revisionArn }) => revisionArn),
      ]),
    ]);
    for (const { arn } of this.revisions.all()) if (!named.has(arn)) this.revisions.delete(arn);
  }

  transaction<Result>(work: () => Result): Result {
    return this.#db.transaction(work);
  }

  close(): void {
    this.#db.close();
  }
}

import { randomUUID } from "node:crypto";
import { AwsError } from "../kernel/errors.ts";
import { type Database, openDatabase } from "../kernel/sqlite.ts";
import type { Tag } from "./handler.ts";
import type { ParameterValues } from "./parameters.ts";
import type { DeletionPolicy, Json } from "./template.ts";

/** A resource as it is or was: what handlers need to change or delete it. */
export type ResourceState = {
  type: string;
  /** Empty until the resource exists. */
  physicalId: string;
  properties: Json;
  attributes: Json;
  deletionPolicy: DeletionPolicy;
  updateReplacePolicy: DeletionPolicy;
  /** Logical ids it waits for; they are deleted after it. */
  dependsOn: string[];
};

export type StackResource = ResourceState & {
  logicalId: string;
  status: string;
  statusReason: string;
  updatedMs: number;
  /** The operation that last changed it. */
  operationId?: string;
  /** Set by that operation: it was not there before. */
  isNew?: boolean;
  isImported?: boolean;
  /** What it was before that operation. */
  previous?: ResourceState;
  /** Under way; the token stays the same when the action is tried again. */
  pending?: { action: "create" | "import" | "update" | "replace" | "restore"; token: string };
  drift?: { status: string; checkedMs: number; differences: Json[]; actual?: Json };
};

/** A physical resource that is to go once the operation has ended well. */
export type CleanupItem = ResourceState & { id: string; logicalId: string; policy: DeletionPolicy; token: string };

export type Target = {
  template: string;
  parameters: ParameterValues;
  tags: Tag[];
  roleArn?: string;
  capabilities: string[];
};

/** What a stack is doing. Kept after each step, so that it goes on after the process has ended. */
export type Operation = {
  id: string;
  kind: "CREATE" | "UPDATE" | "DELETE";
  phase: "forward" | "rollback" | "cleanup" | "delete";
  target: Target;
  onFailure: "ROLLBACK" | "DO_NOTHING" | "DELETE";
  clientToken: string;
  changeSetId?: string;
  imports: Record<string, string>;
  failedCreates: string[];
  failedUpdates: string[];
  isCancelled: boolean;
  /** The cleanup follows a rollback. */
  isRolledBack?: boolean;
  /** Resources that a rollback leaves as they are, or a deletion keeps. */
  skip: string[];
};

export type Output = { key: string; value: string; description?: string };

export type Stack = Target & {
  id: string;
  name: string;
  status: string;
  statusReason: string;
  createdMs: number;
  updatedMs?: number;
  deletedMs?: number;
  outputs: Output[];
  isProtected: boolean;
  changeSetId?: string;
  clientToken: string;
  drift: { status: string; checkedMs?: number };
  operation?: Operation;
  /** The operation that ended half done, for a rollback that is asked for later. */
  failed?: Operation;
  cleanup: CleanupItem[];
};

export type ChangeSet = Target & {
  id: string;
  name: string;
  stackId: string;
  stackName: string;
  kind: "CREATE" | "UPDATE";
  description?: string;
  createdMs: number;
  status: string;
  statusReason: string;
  executionStatus: string;
  changes: Json[];
  imports: Record<string, string>;
  importExisting: boolean;
  onFailure?: Operation["onFailure"];
  clientToken: string;
};

export type StackEvent = {
  eventId: string;
  stackId: string;
  stackName: string;
  logicalId: string;
  physicalId: string;
  type: string;
  atMs: number;
  status: string;
  statusReason: string;
  properties?: Json;
  clientToken: string;
};

const SCHEMA = `
CREATE TABLE IF NOT EXISTS stacks (id TEXT PRIMARY KEY, name TEXT NOT NULL, created_ms INTEGER NOT NULL, deleted INTEGER NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS stacks_by_name ON stacks (name, deleted);
CREATE TABLE IF NOT EXISTS resources (stack_id TEXT NOT NULL, logical_id TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (stack_id, logical_id));
CREATE TABLE IF NOT EXISTS change_sets (id TEXT PRIMARY KEY, stack_id TEXT NOT NULL, name TEXT NOT NULL, created_ms INTEGER NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS change_sets_of_stack ON change_sets (stack_id, created_ms);
CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY AUTOINCREMENT, stack_id TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_of_stack ON events (stack_id, seq);
CREATE TABLE IF NOT EXISTS detections (id TEXT PRIMARY KEY, data TEXT NOT NULL);
`;

type DataRow = { data: string };
const parse = <Value>(row: DataRow): Value => JSON.parse(row.data) as Value;

/** Stacks, their resources, change sets and events, in one file that survives kill -9. */
export class StackStore {
  readonly db: Database;

  constructor(file: string) {
    this.db = openDatabase(file, SCHEMA);
  }

  /** By id, deleted ones too, or by name among those that are not deleted. */
  findStack(nameOrId: string): Stack | undefined {
    const row = nameOrId.startsWith("arn:")
      ? this.db.get<DataRow>("SELECT data FROM stacks WHERE id = ?", nameOrId)
      : this.db.get<DataRow>("SELECT data FROM stacks WHERE name = ? AND deleted = 0", nameOrId);
    return row && parse<Stack>(row);
  }

  /** @throws AwsError `ValidationError` */
  getStack(nameOrId: string): Stack {
    const stack = this.findStack(nameOrId);
    if (!stack) throw new AwsError("ValidationError", `Stack with id ${nameOrId} does not exist`);
    return stack;
  }

  /** Newest first. */
  listStacks(options: { deleted: boolean }): Stack[] {
    return this.db
      .all<DataRow>(
        `SELECT data FROM stacks ${options.deleted ? "" : "WHERE deleted = 0"} ORDER BY created_ms DESC, rowid DESC`,
      )
      .map(parse<Stack>);
  }

  saveStack(stack: Stack): void {
    this.db.run(
      "INSERT INTO stacks (id, name, created_ms, deleted, data) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET deleted = excluded.deleted, data = excluded.data",
      stack.id,
      stack.name,
      stack.createdMs,
      stack.status === "DELETE_COMPLETE" ? 1 : 0,
      JSON.stringify(stack),
    );
  }

  listResources(stackId: string): StackResource[] {
    return this.db
      .all<DataRow>("SELECT data FROM resources WHERE stack_id = ? ORDER BY logical_id", stackId)
      .map(parse<StackResource>);
  }

  findResource(stackId: string, logicalId: string): StackResource | undefined {
    const row = this.db.get<DataRow>(
      "SELECT data FROM resources WHERE stack_id = ? AND logical_id = ?",
      stackId,
      logicalId,
    );
    return row && parse<StackResource>(row);
  }

  saveResource(stackId: string, resource: StackResource): void {
    this.db.run(
      "INSERT OR REPLACE INTO resources (stack_id, logical_id, data) VALUES (?, ?, ?)",
      stackId,
      resource.logicalId,
      JSON.stringify(resource),
    );
  }

  deleteResource(stackId: string, logicalId: string): void {
    this.db.run("DELETE FROM resources WHERE stack_id = ? AND logical_id = ?", stackId, logicalId);
  }

  /** By ARN, or by name within a stack (the newest of that name). */
  findChangeSet(nameOrId: string, stackId: string | undefined): ChangeSet | undefined {
    const row = nameOrId.startsWith("arn:")
      ? this.db.get<DataRow>("SELECT data FROM change_sets WHERE id = ?", nameOrId)
      : this.db.get<DataRow>(
          "SELECT data FROM change_sets WHERE stack_id = ? AND name = ? ORDER BY created_ms DESC",
          stackId ?? "",
          nameOrId,
        );
    return row && parse<ChangeSet>(row);
  }

  listChangeSets(stackId: string): ChangeSet[] {
    return this.db
      .all<DataRow>("SELECT data FROM change_sets WHERE stack_id = ? ORDER BY created_ms DESC, rowid DESC", stackId)
      .map(parse<ChangeSet>);
  }

  saveChangeSet(set: ChangeSet): void {
    this.db.run(
      "INSERT INTO change_sets (id, stack_id, name, created_ms, data) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data",
      set.id,
      set.stackId,
      set.name,
      set.createdMs,
      JSON.stringify(set),
    );
  }

  deleteChangeSet(id: string): void {
    this.db.run("DELETE FROM change_sets WHERE id = ?", id);
  }

  appendEvent(event: StackEvent): void {
    this.db.run("INSERT INTO events (stack_id, data) VALUES (?, ?)", event.stackId, JSON.stringify(event));
  }

  /** Newest first, those before `beforeSeq`. */
  listEvents(stackId: string, beforeSeq: number, limit: number): { seq: number; event: StackEvent }[] {
    return this.db
      .all<DataRow & { seq: number }>(
        "SELECT seq, data FROM events WHERE stack_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?",
        stackId,
        beforeSeq,
        limit,
      )
      .map((row) => ({ seq: row.seq, event: parse<StackEvent>(row) }));
  }

  saveDetection(id: string, data: Json): void {
    this.db.run("INSERT OR REPLACE INTO detections (id, data) VALUES (?, ?)", id, JSON.stringify(data));
  }

  findDetection(id: string): Json | undefined {
    const row = this.db.get<DataRow>("SELECT data FROM detections WHERE id = ?", id);
    return row && parse<Json>(row);
  }

  close(): void {
    this.db.close();
  }
}

export const createToken = (): string => randomUUID();

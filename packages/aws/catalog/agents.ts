import type { EventActor, Release } from "@samla/contracts";
import type { AgentCatalog, AgentRecord, NewEvent, StoppedTask } from "@samla/core/kernel";
import { decodeCursor, encodeCursor, keyPosition } from "./cursor.ts";
import { eventItem, eventOf, type Item } from "./items.ts";
import { Conflict, createStore, type Write } from "./store.ts";

const daySeconds = 86_400;
const taskDays = 400;
/** A row of DynamoDB takes 400 kB; what is over this is left out of the kept lines, the oldest first. */
const linesBytesMax = 300_000;

const keys = {
  agent: (name: string) => ({ pk: "AGENTS", sk: name }),
  release: (agent: string, id: string) => ({ pk: `RELEASES#${agent}`, sk: id }),
  task: (agent: string, id: string) => ({ pk: `TASK#${agent}#${id}`, sk: "TASK" }),
};
const byTime = { index: "by_time", pk: "g1pk", sk: "g1sk" };

/** The lines that fit into a row, from the end. */
const fitting = <T>(lines: readonly T[]): T[] => {
  let sizeBytes = 0;
  let from = lines.length;
  while (from > 0) {
    sizeBytes += Buffer.byteLength(JSON.stringify(lines[from - 1]));
    if (sizeBytes > linesBytesMax) break;
    from -= 1;
  }
  return lines.slice(from);
};

const taskItem = (task: StoppedTask): Item => {
  const { lines, memory, cpu, ...line } = task;
  return {
    ...keys.task(task.agent, task.id),
    it: line,
    lines: fitting(lines),
    memory,
    cpu,
    cause: task.cause ?? "none",
    ...(task.releaseId ? { release: task.releaseId } : {}),
    g1pk: `TASKS#${task.agent}`,
    g1sk: `${task.stoppedAt}#${task.id}`,
    expires_at: Math.floor(Date.parse(task.stoppedAt) / 1000) + taskDays * daySeconds,
  };
};

/** Runs a transaction; false when somebody was faster. */
const unlessConflict = async (write: () => Promise<void>): Promise<boolean> => {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof Conflict) return false;
    throw error;
  }
};

/** Agents, their releases and stopped tasks in a table of their own; events in the catalog's, in one transaction. */
export const createDynamoDbAgentCatalog = (options: {
  table: string;
  catalogTable: string;
  now: () => number;
  newId: (prefix: string) => string;
}): AgentCatalog => {
  const store = createStore(options.table);
  const eventWrite = (event: NewEvent, actor: EventActor): Write => ({
    Put: {
      TableName: options.catalogTable,
      Item: eventItem(eventOf(event, actor, options.newId("evt"), new Date(options.now()).toISOString())),
    },
  });
  const versioned = (item: Item, revision: number): Write => ({
    Put: {
      TableName: options.table,
      Item: { ...item, rev: revision },
      ...(revision === 1
        ? { ConditionExpression: "attribute_not_exists(pk)" }
        : { ConditionExpression: "rev = :rev", ExpressionAttributeValues: { ":rev": revision - 1 } }),
    },
  });
  return {
    listAgents: async () => (await store.queryAll("AGENTS")).map((item) => item.it as AgentRecord),
    getAgent: async (name) => (await store.get(keys.agent(name)))?.it as AgentRecord | undefined,
    getRelease: async (agent, id) => (await store.get(keys.release(agent, id)))?.it as Release | undefined,
    listReleases: async (agent, { kind, cursor, limit }) => {
      const scope = { agent, kind };
      const start = keyPosition(decodeCursor(scope, cursor));
      const page = await store.query({
        KeyConditionExpression: "pk = :pk",
        ...(kind ? { FilterExpression: "kind = :kind" } : {}),
        ExpressionAttributeValues: { ":pk": `RELEASES#${agent}`, ...(kind ? { ":kind": kind } : {}) },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: limit,
        ...(start ? { ExclusiveStartKey: start } : {}),
      });
      return {
        items: page.items.map((item) => item.it as Release),
        ...(page.lastKey ? { nextCursor: encodeCursor(scope, page.lastKey) } : {}),
      };
    },
    write: ({ agent, releases = [], events = [] }, actor) =>
      unlessConflict(() =>
        store.transact([
          ...(agent ? [versioned({ ...keys.agent(agent.name), it: agent }, agent.revision)] : []),
          ...releases.map((one) =>
            versioned({ ...keys.release(one.agent, one.id), it: one, kind: one.kind }, one.revision),
          ),
          ...events.map((event) => eventWrite(event, actor)),
        ]),
      ),
    getTask: async (agent, taskId) => {
      const item = await store.get(keys.task(agent, taskId));
      return item && ({ ...(item.it as object), lines: item.lines, memory: item.memory, cpu: item.cpu } as StoppedTask);
    },
    listTasks: async (agent, { releaseId, cause, cursor, limit }) => {
      const scope = { agent, releaseId, cause };
      const start = keyPosition(decodeCursor(scope, cursor));
      const filters = [...(releaseId ? ["#release = :release"] : []), ...(cause ? ["cause = :cause"] : [])];
      const page = await store.query({
        IndexName: byTime.index,
        KeyConditionExpression: `${byTime.pk} = :pk`,
        ...(filters.length ? { FilterExpression: filters.join(" AND ") } : {}),
        ...(releaseId ? { ExpressionAttributeNames: { "#release": "release" } } : {}),
        ExpressionAttributeValues: {
          ":pk": `TASKS#${agent}`,
          ...(releaseId ? { ":release": releaseId } : {}),
          ...(cause ? { ":cause": cause } : {}),
        },
        ScanIndexForward: false,
        Limit: limit,
        ...(start ? { ExclusiveStartKey: start } : {}),
      });
      return {
        items: page.items.map((item) => item.it as StoppedTask),
        ...(page.lastKey ? { nextCursor: encodeCursor(scope, page.lastKey) } : {}),
      };
    },
    keepTask: (task, event, actor) =>
      unlessConflict(() =>
        store.transact([store.putNew(taskItem(task)), ...(event ? [eventWrite(event, actor)] : [])]),
      ),
  };
};

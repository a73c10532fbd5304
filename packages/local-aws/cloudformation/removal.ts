import { describeFailure } from "./handler.ts";
import { ClosingError, createContext, handlerOf, type Run, runInOrder } from "./run.ts";
import { type CleanupItem, createToken, type ResourceState, type StackResource } from "./store.ts";
import type { DeletionPolicy } from "./template.ts";

/** Resources that could not be deleted; their events are written. */
export class RemovalError extends Error {
  readonly ids: readonly string[];
  constructor(ids: readonly string[]) {
    super(`The following resource(s) failed to delete: [${ids.join(", ")}]. `);
    this.ids = ids;
  }
}

/** Puts a physical resource on the list of what goes when the operation has ended. Saved with the stack. */
export function planCleanup(run: Run, logicalId: string, state: ResourceState, policy: DeletionPolicy): void {
  if (state.physicalId === "") return;
  run.stack.cleanup.push({ ...state, id: createToken(), logicalId, policy, token: createToken() });
}

/** Deletes what is on the list, dependants first. @throws ClosingError; failures only stay as events, as in AWS */
export async function cleanUp(run: Run): Promise<boolean> {
  const { stack, store } = run;
  const items = new Map(stack.cleanup.map((item) => [item.id, item]));
  const waitsFor = (id: string): string[] => {
    const own = items.get(id);
    return [...items.values()]
      .filter((other) => own && other.dependsOn.includes(own.logicalId))
      .map((other) => other.id);
  };
  let isClean = true;
  await runInOrder([...items.keys()], waitsFor, async (id) => {
    const item = items.get(id);
    if (!item) return;
    if (!(await removeOne(run, item))) isClean = false;
    stack.cleanup = stack.cleanup.filter((other) => other.id !== id);
    store.saveStack(stack);
  });
  return isClean;
}

async function removeOne(run: Run, item: CleanupItem): Promise<boolean> {
  const { log, stack } = run;
  if (run.closing.aborted) throw new ClosingError();
  const row = run.store.findResource(stack.id, item.logicalId);
  /** The stack's own row goes with the resource, unless the row now stands for another one. */
  const isOwnRow = row?.physicalId === item.physicalId;
  if (item.policy !== "Delete") {
    log.tellResource(stack, item, "DELETE_SKIPPED");
    if (isOwnRow) run.store.deleteResource(stack.id, item.logicalId);
    return true;
  }
  log.tellResource(stack, item, "DELETE_IN_PROGRESS");
  const { logicalId, token } = item;
  const context = createContext(run, { logicalId, token, resumed: false, signal: run.closing });
  try {
    await handlerOf(run, item.type).remove(context, item.physicalId, item.properties);
  } catch (error) {
    if (run.closing.aborted) throw new ClosingError();
    log.tellResource(stack, item, "DELETE_FAILED", describeFailure(error, token));
    // As in AWS it is no longer of the stack: the event is what tells of it.
    if (isOwnRow) run.store.deleteResource(stack.id, item.logicalId);
    return false;
  }
  log.tellResource(stack, item, "DELETE_COMPLETE");
  if (isOwnRow) run.store.deleteResource(stack.id, item.logicalId);
  return true;
}

/**
 * Deletes the stack's resources, dependants first.
 * @throws RemovalError naming those that stay against their will; ClosingError
 */
export async function removeAll(run: Run, options: { isRollback: boolean }): Promise<void> {
  const { stack, store, operation, log } = run;
  const rows = new Map(store.listResources(stack.id).map((row) => [row.logicalId, row]));
  const waitsFor = (id: string): string[] =>
    [...rows.values()].filter((other) => other.dependsOn.includes(id)).map((other) => other.logicalId);
  const failed: string[] = [];
  /** What could not be deleted keeps what it needs. */
  const kept = new Set<string>();
  await runInOrder([...rows.keys()], waitsFor, async (id) => {
    const row = rows.get(id);
    if (!row || /^DELETE_(COMPLETE|SKIPPED)$/.test(row.status)) return;
    if (run.closing.aborted) throw new ClosingError();
    if (waitsFor(id).some((other) => kept.has(other))) {
      kept.add(id);
      return;
    }
    if (row.physicalId === "") {
      log.setResourceStatus(stack, row, "DELETE_COMPLETE");
      return;
    }
    if (isRetained(row, options.isRollback) || operation.skip.includes(id)) {
      log.setResourceStatus(stack, row, "DELETE_SKIPPED");
      return;
    }
    const token = row.pending?.token ?? createToken();
    log.setResourceStatus(stack, row, "DELETE_IN_PROGRESS");
    try {
      const context = createContext(run, { logicalId: id, token, resumed: false, signal: run.closing });
      await handlerOf(run, row.type).remove(context, row.physicalId, row.properties);
    } catch (error) {
      if (run.closing.aborted) throw new ClosingError();
      log.setResourceStatus(stack, row, "DELETE_FAILED", describeFailure(error, token));
      failed.push(id);
      kept.add(id);
      return;
    }
    delete row.pending;
    log.setResourceStatus(stack, row, "DELETE_COMPLETE");
  });
  if (failed.length) throw new RemovalError(failed);
}

const isRetained = (row: StackResource, isRollback: boolean): boolean =>
  row.deletionPolicy === "Retain" ||
  (row.deletionPolicy === "RetainExceptOnCreate" && !isRollback) ||
  (isRollback && row.isImported === true);

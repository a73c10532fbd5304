import { describeFailure } from "./handler.ts";
import { planCleanup } from "./removal.ts";
import { ClosingError, createContext, handlerOf, type Run, runInOrder } from "./run.ts";
import { createToken, type StackResource } from "./store.ts";

/** Resources that could not be brought back; their events are written. */
export class RollbackError extends Error {}

/**
 * Brings every resource that the operation changed back to what it was; what it made goes on the cleanup list. May be
 * begun again after the process has ended.
 * @throws RollbackError, ClosingError
 */
export async function rollBack(run: Run): Promise<void> {
  const { store, stack, operation } = run;
  const rows = store.listResources(stack.id).filter((row) => row.operationId === operation.id);
  const changed = new Map(rows.filter((row) => row.previous).map((row) => [row.logicalId, row]));
  for (const row of rows.filter((one) => one.isNew && !one.previous)) forget(run, row);
  const failed: string[] = [];
  await runInOrder(
    [...changed.keys()],
    (id) => changed.get(id)?.previous?.dependsOn ?? [],
    async (id) => {
      const row = changed.get(id);
      if (row && !(await restore(run, row))) {
        failed.push(id);
        throw new RollbackError(`The following resource(s) failed to update: [${failed.join(", ")}]. `);
      }
    },
  );
}

/** A resource that was not there before: it goes with the cleanup, unless it was only imported. */
function forget(run: Run, row: StackResource): void {
  const { store, stack } = run;
  store.db.transaction(() => {
    if (!row.isImported && !stack.cleanup.some((item) => item.physicalId === row.physicalId))
      planCleanup(run, row.logicalId, row, row.deletionPolicy === "Retain" ? "Retain" : "Delete");
    store.saveStack(stack);
    if (row.physicalId === "" || row.isImported) store.deleteResource(stack.id, row.logicalId);
  });
}

async function restore(run: Run, row: StackResource): Promise<boolean> {
  const { log, store, stack, operation } = run;
  const { previous } = row;
  if (!previous) return true;
  if (run.closing.aborted) throw new ClosingError();
  const back = (): void => {
    const { previous: _, pending: __, ...rest } = row;
    const restored: StackResource = { ...rest, ...previous, isNew: false };
    delete restored.operationId;
    log.setResourceStatus(stack, restored, "UPDATE_COMPLETE");
  };
  if (operation.skip.includes(row.logicalId)) {
    back();
    return true;
  }
  if (row.physicalId !== previous.physicalId) {
    store.db.transaction(() => {
      planCleanup(run, row.logicalId, row, "Delete");
      store.saveStack(stack);
      back();
    });
    return true;
  }
  const token = row.pending?.action === "restore" ? row.pending.token : createToken();
  if (row.pending?.action !== "restore") {
    row.pending = { action: "restore", token };
    log.setResourceStatus(stack, row, "UPDATE_IN_PROGRESS");
  }
  try {
    const context = createContext(run, { logicalId: row.logicalId, token, resumed: true, signal: run.closing });
    await handlerOf(run, row.type).update(context, row.physicalId, previous.properties, row.properties);
  } catch (error) {
    if (run.closing.aborted) throw new ClosingError();
    delete row.pending;
    log.setResourceStatus(stack, row, "UPDATE_FAILED", describeFailure(error, token));
    return false;
  }
  if (run.closing.aborted) throw new ClosingError();
  back();
  return true;
}

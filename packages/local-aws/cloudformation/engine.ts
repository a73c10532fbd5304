import { toText } from "./diff.ts";
import { ForwardError, moveForward } from "./forward.ts";
import { evaluate } from "./intrinsics.ts";
import type { Model } from "./model.ts";
import { cleanUp, planCleanup, RemovalError, removeAll } from "./removal.ts";
import { RollbackError, rollBack } from "./rollback.ts";
import { ClosingError, type EngineDeps, modelOf, type Run } from "./run.ts";
import type { Output, Stack } from "./store.ts";

export type Engine = {
  /** Begins the operation that is written in the stack. */
  start(stackId: string): void;
  /** Goes on with what the end of the process interrupted. */
  resume(): void;
  /** Ends what the stack's update is doing and rolls it back. */
  cancel(stackId: string): void;
  close(): Promise<void>;
};

/** Runs the operations of stacks, side by side; all state is in the store, so each may be begun again at any point. */
export function createEngine(deps: EngineDeps): Engine {
  const runs = new Map<string, { run: Run; done: Promise<void> }>();
  const closing = new AbortController();
  const start = (stackId: string): void => {
    const stack = deps.store.getStack(stackId);
    if (!stack.operation || runs.has(stackId)) return;
    const run: Run = {
      ...deps,
      stack,
      operation: stack.operation,
      cancel: new AbortController(),
      closing: closing.signal,
    };
    if (stack.operation.isCancelled) run.cancel.abort();
    const done = runOperation(run)
      .catch((error: unknown) => {
        if (!(error instanceof ClosingError) && !closing.signal.aborted) console.error(error);
      })
      .finally(() => runs.delete(stackId));
    runs.set(stackId, { run, done });
  };
  return {
    start,
    resume() {
      for (const stack of deps.store.listStacks({ deleted: false })) if (stack.operation) start(stack.id);
    },
    cancel(stackId) {
      const run = runs.get(stackId)?.run;
      if (!run) return;
      run.operation.isCancelled = true;
      deps.store.saveStack(run.stack);
      run.cancel.abort();
    },
    async close() {
      closing.abort();
      await Promise.all([...runs.values()].map(({ done }) => done));
    },
  };
}

async function runOperation(run: Run): Promise<void> {
  const { operation } = run;
  if (operation.phase === "forward") await runForward(run);
  if (operation.phase === "rollback") await runRollback(run);
  if (operation.phase === "cleanup") await runCleanup(run);
  if (operation.phase === "delete") await runDelete(run);
}

/** The status follows the operation's kind: what a stack is while its resources change, and after. */
const isUpdate = ({ operation }: Run): boolean => operation.kind === "UPDATE";

async function runForward(run: Run): Promise<void> {
  const { stack, operation, log, store } = run;
  let outputs: Output[];
  let model: Model;
  try {
    model = modelOf(run, operation.target);
    await moveForward(run, model);
    if (run.cancel.signal.aborted) throw new ForwardError();
    outputs = readOutputs(model);
  } catch (error) {
    if (error instanceof ClosingError || run.closing.aborted) throw new ClosingError();
    return failForward(run, error);
  }
  store.db.transaction(() => {
    const wanted = new Set(model.order);
    for (const row of store.listResources(stack.id)) {
      const { previous, logicalId } = row;
      if (!wanted.has(logicalId)) planCleanup(run, logicalId, row, keepPolicy(row.deletionPolicy));
      else if (previous && previous.physicalId !== row.physicalId)
        planCleanup(run, logicalId, previous, keepPolicy(previous.updateReplacePolicy));
      delete row.previous;
      delete row.operationId;
      delete row.drift;
      store.saveResource(stack.id, row);
    }
    Object.assign(stack, operation.target, { outputs, drift: { status: "NOT_CHECKED" } });
    stack.updatedMs = isUpdate(run) ? Date.now() : stack.updatedMs;
    markChangeSet(run, "EXECUTE_COMPLETE");
    if (isUpdate(run)) {
      operation.phase = "cleanup";
      log.setStackStatus(stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
    } else finish(run, "CREATE_COMPLETE");
  });
}

const keepPolicy = (policy: Stack["cleanup"][number]["policy"]): "Delete" | "Retain" =>
  policy === "Delete" ? "Delete" : "Retain";

function readOutputs(model: Model): Output[] {
  return Object.entries(model.template.outputs)
    .filter(([, output]) => output.condition === undefined || model.scope.condition(output.condition))
    .map(([key, output]) => ({
      key,
      value: toText(evaluate(output.value, model.scope)) ?? "",
      ...(output.description !== undefined && { description: output.description }),
    }));
}

function failForward(run: Run, error: unknown): void {
  const { stack, operation, log } = run;
  const { failedCreates, failedUpdates } = operation;
  const parts = [
    failedCreates.length ? `The following resource(s) failed to create: [${failedCreates.join(", ")}]. ` : "",
    failedUpdates.length ? `The following resource(s) failed to update: [${failedUpdates.join(", ")}]. ` : "",
  ].join("");
  const others = error instanceof ForwardError ? "" : error instanceof Error ? error.message : String(error);
  const reason = operation.isCancelled ? "User Initiated" : parts || others;
  markChangeSet(run, "EXECUTE_FAILED");
  if (operation.onFailure === "DO_NOTHING" && !operation.isCancelled) {
    // What was made stays as it is; RollbackStack or another update goes on from here.
    stack.operation = undefined;
    stack.failed = operation;
    log.setStackStatus(stack, isUpdate(run) ? "UPDATE_FAILED" : "CREATE_FAILED", reason);
    return;
  }
  operation.phase = "rollback";
  if (isUpdate(run)) log.setStackStatus(stack, "UPDATE_ROLLBACK_IN_PROGRESS", reason);
  else if (operation.onFailure === "DELETE") log.setStackStatus(stack, "DELETE_IN_PROGRESS", reason);
  else log.setStackStatus(stack, "ROLLBACK_IN_PROGRESS", `${reason}Rollback requested by user.`);
}

async function runRollback(run: Run): Promise<void> {
  const { stack, operation, log } = run;
  if (!isUpdate(run)) {
    const isGone = operation.onFailure === "DELETE";
    try {
      await removeAll(run, { isRollback: true });
    } catch (error) {
      if (!(error instanceof RemovalError)) throw error;
      return finish(run, isGone ? "DELETE_FAILED" : "ROLLBACK_FAILED", error.message);
    }
    if (isGone) stack.deletedMs = Date.now();
    return finish(run, isGone ? "DELETE_COMPLETE" : "ROLLBACK_COMPLETE");
  }
  try {
    await rollBack(run);
  } catch (error) {
    if (!(error instanceof RollbackError)) throw error;
    stack.failed = operation;
    return finish(run, "UPDATE_ROLLBACK_FAILED", error.message);
  }
  operation.phase = "cleanup";
  operation.isRolledBack = true;
  log.setStackStatus(stack, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
}

async function runCleanup(run: Run): Promise<void> {
  const isClean = await cleanUp(run);
  const status = run.operation.isRolledBack ? "UPDATE_ROLLBACK_COMPLETE" : "UPDATE_COMPLETE";
  finish(run, status, isClean ? "" : "Update successful. One or more resources could not be deleted.");
}

async function runDelete(run: Run): Promise<void> {
  const { stack } = run;
  try {
    await cleanUp(run);
    await removeAll(run, { isRollback: false });
  } catch (error) {
    if (!(error instanceof RemovalError)) throw error;
    return finish(run, "DELETE_FAILED", error.message);
  }
  stack.deletedMs = Date.now();
  finish(run, "DELETE_COMPLETE");
}

function finish({ stack, log }: Run, status: string, reason = ""): void {
  const { operation } = stack;
  // The last event still carries the token of the request that began it.
  stack.clientToken = operation?.clientToken ?? stack.clientToken;
  stack.operation = undefined;
  if (status !== "UPDATE_ROLLBACK_FAILED") stack.failed = undefined;
  log.setStackStatus(stack, status, reason);
}

function markChangeSet({ store, operation }: Run, executionStatus: string): void {
  const set = operation.changeSetId === undefined ? undefined : store.findChangeSet(operation.changeSetId, undefined);
  if (set) store.saveChangeSet({ ...set, executionStatus });
}

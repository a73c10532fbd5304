import { diffValues, isSame } from "./diff.ts";
import { describeFailure, type Made, type ResourceHandler } from "./handler.ts";
import { type Model, readProperties } from "./model.ts";
import { ClosingError, createContext, handlerOf, type Run, runInOrder } from "./run.ts";
import { createToken, type ResourceState, type StackResource } from "./store.ts";
import type { Json } from "./template.ts";

/** One or more resources could not be made as the template says; their events are written. */
export class ForwardError extends Error {}

/**
 * Makes the stack's resources what the target says, each after those it waits for. What already is so stays untouched,
 * so the phase may be begun again after the process has ended.
 * @throws ForwardError when a resource failed; ClosingError when the stand-in ends
 */
export async function moveForward(run: Run, model: Model): Promise<void> {
  await runInOrder(model.order, model.dependencies, (id) => bringForward(run, model, id));
}

async function bringForward(run: Run, model: Model, id: string): Promise<void> {
  const { store, stack, operation } = run;
  const row = store.findResource(stack.id, id);
  if (row?.operationId === operation.id && !row.pending) {
    if (!row.status.endsWith("_FAILED")) return;
    // The process ended between the failure and the rollback that follows it.
    tellFailed(run, row.isNew === true, id);
    throw new ForwardError();
  }
  if (run.closing.aborted) throw new ClosingError();
  if (run.cancel.signal.aborted) throw new ForwardError();
  const spec = model.spec(id);
  const handler = handlerOf(run, spec.type);
  let properties: Json;
  try {
    properties = readProperties(model, id, handler);
  } catch (error) {
    return failBefore(run, model, id, row, error);
  }
  const state: Omit<ResourceState, "physicalId" | "attributes"> = {
    type: spec.type,
    properties,
    deletionPolicy: spec.deletionPolicy,
    updateReplacePolicy: spec.updateReplacePolicy,
    dependsOn: model.dependencies(id),
  };
  const target = { ...state, physicalId: "", attributes: {} };
  if (row?.pending) return act(run, handler, row, { resumed: true });
  if (!row || row.status === "DELETE_COMPLETE") {
    const importedId = operation.imports[id];
    const created: StackResource = {
      ...target,
      logicalId: id,
      status: "",
      statusReason: "",
      updatedMs: 0,
      operationId: operation.id,
      isNew: true,
      pending: { action: importedId === undefined ? "create" : "import", token: createToken() },
      ...(importedId !== undefined && { physicalId: importedId, isImported: true }),
    };
    return act(run, handler, created, { resumed: false });
  }
  const changed = diffValues(row.properties, properties).map(({ path }) => path[0] ?? "");
  if (row.type === spec.type && changed.length === 0) {
    store.saveResource(stack.id, { ...row, ...state });
    return;
  }
  const isReplaced = row.type !== spec.type || changed.some((name) => handler.createOnly.includes(name));
  const next: StackResource = {
    ...row,
    ...state,
    operationId: operation.id,
    isNew: false,
    previous: stateOf(row),
    pending: { action: isReplaced ? "replace" : "update", token: createToken() },
    ...(isReplaced && { physicalId: "", attributes: {} }),
  };
  const name = handler.nameProperty;
  if (
    isReplaced &&
    row.type === spec.type &&
    name &&
    properties[name] !== undefined &&
    isSame(row.properties[name], properties[name])
  )
    return failBefore(
      run,
      model,
      id,
      row,
      new Error(
        `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${String(properties[name])} and update the stack again.`,
      ),
    );
  return act(run, handler, next, { resumed: false });
}

export const stateOf = (row: ResourceState): ResourceState => {
  const { type, physicalId, properties, attributes, deletionPolicy, updateReplacePolicy, dependsOn } = row;
  return { type, physicalId, properties, attributes, deletionPolicy, updateReplacePolicy, dependsOn };
};

/** A resource that could not even be begun, as its properties cannot be worked out or it cannot be replaced. */
function failBefore(run: Run, model: Model, id: string, row: StackResource | undefined, error: unknown): never {
  const { log, stack } = run;
  const spec = model.spec(id);
  const reason = error instanceof Error ? error.message : String(error);
  const isCreate = !row;
  log.tellResource(
    stack,
    { logicalId: id, physicalId: row?.physicalId ?? "", type: spec.type },
    isCreate ? "CREATE_FAILED" : "UPDATE_FAILED",
    reason,
  );
  tellFailed(run, isCreate, id);
  throw new ForwardError();
}

/** The stack's reason names the resource; what else is under way ends. */
function tellFailed({ operation, cancel }: Run, isCreate: boolean, id: string): void {
  const failed = isCreate ? operation.failedCreates : operation.failedUpdates;
  if (!failed.includes(id)) failed.push(id);
  cancel.abort();
}

const WORDS = {
  create: { status: "CREATE", noun: "creation" },
  import: { status: "IMPORT", noun: "import" },
  update: { status: "UPDATE", noun: "update" },
  replace: { status: "UPDATE", noun: "update" },
  restore: { status: "UPDATE", noun: "update" },
};

/** One action on one resource with its events. @throws ForwardError, ClosingError */
async function act(
  run: Run,
  handler: ResourceHandler,
  row: StackResource,
  { resumed }: { resumed: boolean },
): Promise<void> {
  const { log, store, stack } = run;
  const { action, token } = row.pending ?? { action: "create" as const, token: createToken() };
  const { status, noun } = WORDS[action];
  if (!resumed) {
    const why = "Requested update requires the creation of a new physical resource; hence creating one.";
    log.setResourceStatus(
      stack,
      row,
      `${status}_IN_PROGRESS`,
      action === "replace" ? why : action === "import" ? "Resource import started." : "",
    );
  }
  const signal = AbortSignal.any([run.cancel.signal, run.closing]);
  const announce = (physicalId: string): void => {
    if (row.physicalId === physicalId) return;
    row.physicalId = physicalId;
    if (action === "create" || action === "replace")
      log.setResourceStatus(stack, row, `${status}_IN_PROGRESS`, "Resource creation Initiated");
    else store.saveResource(stack.id, row);
  };
  const context = createContext(run, { logicalId: row.logicalId, token, resumed, signal, announce });
  let made: Made;
  try {
    made =
      action === "create" || action === "replace"
        ? await handler.create(context, row.properties)
        : await handler.update(context, row.physicalId, row.properties, row.previous?.properties ?? {});
  } catch (error) {
    if (run.closing.aborted) throw new ClosingError();
    const isCancelled = run.cancel.signal.aborted;
    tellFailed(run, row.isNew === true, row.logicalId);
    delete row.pending;
    log.setResourceStatus(
      stack,
      row,
      `${status}_FAILED`,
      isCancelled ? `Resource ${noun} cancelled` : describeFailure(error, token),
    );
    throw new ForwardError();
  }
  if (run.closing.aborted) throw new ClosingError();
  delete row.pending;
  row.physicalId = made.physicalId;
  row.attributes = made.attributes;
  log.setResourceStatus(stack, row, `${status}_COMPLETE`, action === "import" ? "Resource import completed." : "");
}

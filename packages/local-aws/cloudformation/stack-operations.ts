import { AwsError } from "../kernel/errors.ts";
import type { QueryInput, QueryOperation } from "../kernel/query-protocol.ts";
import { isSame } from "./diff.ts";
import { assertMembers, assertName, invalid, readFlag, readText, readTexts } from "./input.ts";
import { createModel } from "./model.ts";
import { planChanges } from "./plan.ts";
import {
  assertUpdatable,
  beginOperation,
  createOperation,
  createStack,
  createStackId,
  readClientToken,
  readOnFailure,
  readTarget,
  type ServiceContext,
} from "./service-context.ts";
import type { Stack } from "./store.ts";
import { type Json, parseTemplate } from "./template.ts";

const TARGET =
  "StackName TemplateBody TemplateURL Parameters Capabilities RoleARN Tags ClientRequestToken DisableRollback";
const INERT = "ResourceTypes RollbackConfiguration NotificationARNs RetainExceptOnCreate DisableValidation";

/** `CreateStack`, `UpdateStack`, `DeleteStack`, `CancelUpdateStack`, `ContinueUpdateRollback`, `RollbackStack`, protection */
export function createStackOperations(context: ServiceContext): Record<string, QueryOperation> {
  return {
    CreateStack: (input) => create(context, input),
    UpdateStack: (input) => update(context, input),
    DeleteStack: (input) => remove(context, input),
    CancelUpdateStack: (input) => {
      assertMembers("CancelUpdateStack", input, "StackName ClientRequestToken");
      const stack = context.store.getStack(readText(input, "StackName"));
      if (stack.status !== "UPDATE_IN_PROGRESS")
        throw invalid(`CancelUpdateStack cannot be called from current stack status: ${stack.status}`);
      context.engine.cancel(stack.id);
    },
    ContinueUpdateRollback: (input) => {
      assertMembers("ContinueUpdateRollback", input, "StackName ResourcesToSkip RoleARN ClientRequestToken");
      const stack = context.store.getStack(readText(input, "StackName"));
      if (stack.status !== "UPDATE_ROLLBACK_FAILED" || !stack.failed)
        throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not continue a rollback.`);
      const skip = readTexts(input, "ResourcesToSkip");
      const known = new Set(context.store.listResources(stack.id).map((row) => row.logicalId));
      const stranger = skip.find((id) => !known.has(id));
      if (stranger) throw invalid(`Resource ${stranger} does not exist in stack ${stack.name}`);
      const operation = { ...stack.failed, phase: "rollback" as const, skip, clientToken: readClientToken(input) };
      beginOperation(context, stack, operation, "UPDATE_ROLLBACK_IN_PROGRESS");
    },
    RollbackStack: (input) => {
      assertMembers("RollbackStack", input, "StackName RoleARN ClientRequestToken", "RetainExceptOnCreate");
      const stack = context.store.getStack(readText(input, "StackName"));
      if (!stack.failed || !/^(CREATE|UPDATE)_FAILED$/.test(stack.status))
        throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be rolled back.`);
      const operation = {
        ...stack.failed,
        phase: "rollback" as const,
        onFailure: "ROLLBACK" as const,
        clientToken: readClientToken(input),
      };
      const status = operation.kind === "CREATE" ? "ROLLBACK_IN_PROGRESS" : "UPDATE_ROLLBACK_IN_PROGRESS";
      beginOperation(context, stack, operation, status);
      return { StackId: stack.id };
    },
    UpdateTerminationProtection: (input) => {
      assertMembers("UpdateTerminationProtection", input, "StackName EnableTerminationProtection");
      const stack = context.store.getStack(readText(input, "StackName"));
      assertIdle(stack);
      stack.isProtected = readFlag(input, "EnableTerminationProtection");
      context.store.saveStack(stack);
      return { StackId: stack.id };
    },
  };
}

function assertIdle(stack: Stack): void {
  if (stack.operation) throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
}

function create(context: ServiceContext, input: QueryInput): Json {
  assertMembers("CreateStack", input, `${TARGET} OnFailure EnableTerminationProtection`, INERT);
  const { store } = context;
  const name = readText(input, "StackName");
  assertName(name, "stackName");
  if (store.findStack(name)) throw new AwsError("AlreadyExistsException", `Stack [${name}] already exists`);
  const target = readTarget(context, input, undefined, name);
  const clientToken = readClientToken(input);
  const stack = createStack(createStackId(context, name), name, clientToken);
  stack.isProtected = readFlag(input, "EnableTerminationProtection");
  assertProperties(context, stack, target);
  const onFailure = readFlag(input, "DisableRollback")
    ? "DO_NOTHING"
    : (readOnFailure(input, "OnFailure") ?? "ROLLBACK");
  beginOperation(context, stack, createOperation("CREATE", target, { onFailure, clientToken }), "CREATE_IN_PROGRESS");
  return { StackId: stack.id };
}

/** Shapes of all properties, so that a wrong one is refused before anything is made. Answers what would change. */
function assertProperties(
  context: ServiceContext,
  stack: Stack,
  target: Stack | ReturnType<typeof readTarget>,
): Json[] {
  const { handlers, identity, store } = context;
  return planChanges({
    handlers,
    createTarget: (resources) => createModel({ target, identity, stack, resources }),
    resources: store.listResources(stack.id).filter((row) => !/^DELETE_/.test(row.status)),
    imports: {},
  }) as unknown as Json[];
}

function update(context: ServiceContext, input: QueryInput): Json {
  assertMembers("UpdateStack", input, `${TARGET} UsePreviousTemplate`, INERT);
  const stack = context.store.getStack(readText(input, "StackName"));
  assertUpdatable(stack);
  const target = readTarget(context, input, stack, stack.name);
  const changes = assertProperties(context, stack, target);
  const outputs = (template: string) => parseTemplate(template).outputs;
  if (
    changes.length === 0 &&
    isSame(outputs(stack.template), outputs(target.template)) &&
    isSame(stack.tags, target.tags)
  )
    throw invalid("No updates are to be performed.");
  const operation = createOperation("UPDATE", target, {
    clientToken: readClientToken(input),
    onFailure: readFlag(input, "DisableRollback") ? "DO_NOTHING" : "ROLLBACK",
  });
  beginOperation(context, stack, operation, "UPDATE_IN_PROGRESS");
  return { StackId: stack.id };
}

function remove(context: ServiceContext, input: QueryInput): void {
  assertMembers("DeleteStack", input, "StackName RetainResources RoleARN ClientRequestToken");
  const { store, log } = context;
  const stack = store.findStack(readText(input, "StackName"));
  // Deleting what is not there is no error.
  if (!stack || stack.status === "DELETE_COMPLETE" || stack.operation?.kind === "DELETE") return;
  const retain = readTexts(input, "RetainResources");
  if (retain.length && stack.status !== "DELETE_FAILED")
    throw invalid(
      "Invalid operation on stack: RetainResources can only be specified for stacks in DELETE_FAILED state",
    );
  if (stack.isProtected)
    throw invalid(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
  if (stack.operation) throw invalid(`Stack [${stack.name}] cannot be deleted while in status ${stack.status}`);
  const clientToken = readClientToken(input);
  if (stack.status === "REVIEW_IN_PROGRESS") {
    for (const set of store.listChangeSets(stack.id)) store.deleteChangeSet(set.id);
    stack.deletedMs = Date.now();
    log.setStackStatus(stack, "DELETE_COMPLETE");
    return;
  }
  const { template, parameters, tags, capabilities } = stack;
  const target = { template, parameters, tags, capabilities };
  const operation = createOperation("DELETE", target, { skip: retain, clientToken });
  beginOperation(context, stack, operation, "DELETE_IN_PROGRESS");
}

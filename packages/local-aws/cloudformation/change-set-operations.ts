import { AwsError } from "../kernel/errors.ts";
import type { QueryInput, QueryOperation } from "../kernel/query-protocol.ts";
import { toText } from "./diff.ts";
import { assertMembers, assertName, invalid, readFlag, readOptionalText, readText } from "./input.ts";
import { createModel } from "./model.ts";
import { evaluateProperties, noResources } from "./parameters.ts";
import { planChanges, type ResourceChange } from "./plan.ts";
import { createReadingContext } from "./reading-context.ts";
import {
  assertUpdatable,
  beginOperation,
  createChangeSetId,
  createOperation,
  createStack,
  createStackId,
  readClientToken,
  readOnFailure,
  readTarget,
  type ServiceContext,
} from "./service-context.ts";
import type { ChangeSet, Stack } from "./store.ts";
import { type Json, parseTemplate } from "./template.ts";

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** `CreateChangeSet`, `DescribeChangeSet`, `ListChangeSets`, `DeleteChangeSet`, `ExecuteChangeSet` */
export function createChangeSetOperations(context: ServiceContext): Record<string, QueryOperation> {
  return {
    CreateChangeSet: (input) => create(context, input),
    DescribeChangeSet: (input) => describe(context, input),
    ListChangeSets: (input) => {
      assertMembers("ListChangeSets", input, "StackName NextToken");
      const stack = context.store.getStack(readText(input, "StackName"));
      return { Summaries: context.store.listChangeSets(stack.id).map(summarize) };
    },
    DeleteChangeSet: (input) => {
      assertMembers("DeleteChangeSet", input, "ChangeSetName StackName");
      const set = find(context, input, { optional: true });
      if (!set) return;
      if (set.executionStatus === "EXECUTE_IN_PROGRESS" || /_(PENDING|IN_PROGRESS)$/.test(set.status))
        throw statusError(set, "deleted");
      context.store.deleteChangeSet(set.id);
    },
    ExecuteChangeSet: (input) => execute(context, input),
  };
}

const statusError = (set: ChangeSet, act: string): AwsError =>
  new AwsError(
    "InvalidChangeSetStatus",
    `ChangeSet [${set.id}] cannot be ${act} in its current status of [${set.status}]${set.executionStatus === "AVAILABLE" || set.status !== "CREATE_COMPLETE" ? "" : ` and execution status of [${set.executionStatus}]`}`,
  );

function find(context: ServiceContext, input: QueryInput): ChangeSet;
function find(context: ServiceContext, input: QueryInput, options: { optional: true }): ChangeSet | undefined;
function find({ store }: ServiceContext, input: QueryInput, options?: { optional: true }): ChangeSet | undefined {
  const name = readText(input, "ChangeSetName");
  const stackName = readOptionalText(input, "StackName");
  if (!name.startsWith("arn:") && stackName === undefined)
    throw invalid("StackName must be specified if ChangeSetName is not specified as an ARN.");
  const stack = name.startsWith("arn:") ? undefined : store.getStack(stackName ?? "");
  const set = store.findChangeSet(name, stack?.id);
  if (!set && !options?.optional)
    throw new AwsError("ChangeSetNotFound", `ChangeSet [${name}] does not exist`, { statusCode: 404 });
  return set;
}

function create(context: ServiceContext, input: QueryInput): Json {
  assertMembers(
    "CreateChangeSet",
    input,
    "StackName TemplateBody TemplateURL UsePreviousTemplate Parameters Capabilities RoleARN Tags ChangeSetName ClientToken Description ChangeSetType OnStackFailure ImportExistingResources",
    "ResourceTypes RollbackConfiguration NotificationARNs IncludeNestedStacks ResourcesToImport DisableValidation",
  );
  const { store, log } = context;
  const stackName = readText(input, "StackName");
  const name = readText(input, "ChangeSetName");
  assertName(name, "changeSetName");
  const kind = readOptionalText(input, "ChangeSetType") ?? "UPDATE";
  if (kind !== "CREATE" && kind !== "UPDATE")
    throw new AwsError("NotImplemented", `The local stand-in does not implement change sets of type ${kind}.`, {
      statusCode: 501,
    });
  const existing = store.findStack(stackName);
  if (kind === "UPDATE") assertUpdatable(existing ?? store.getStack(stackName));
  else {
    if (!stackName.startsWith("arn:")) assertName(stackName, "stackName");
    if (existing && existing.status !== "REVIEW_IN_PROGRESS")
      throw invalid(`Stack [${stackName}] already exists and cannot be created again with the changeSet [${name}].`);
  }
  if (existing && store.findChangeSet(name, existing.id))
    throw new AwsError(
      "AlreadyExistsException",
      `ChangeSet ${name} cannot be created due to a mismatch with existing attribute Name: it exists already`,
    );
  const target = readTarget(context, input, existing, existing?.name ?? stackName);
  const clientToken = readClientToken(input, "ClientToken");
  const onFailure = readOnFailure(input, "OnStackFailure");
  const stack = existing ?? createStack(createStackId(context, stackName), stackName, clientToken);
  const set: ChangeSet = {
    ...target,
    id: createChangeSetId(context, name),
    name,
    stackId: stack.id,
    stackName: stack.name,
    kind,
    description: readOptionalText(input, "Description"),
    createdMs: Date.now(),
    status: "CREATE_PENDING",
    statusReason: "",
    executionStatus: "UNAVAILABLE",
    changes: [],
    imports: {},
    importExisting: readFlag(input, "ImportExistingResources"),
    ...(onFailure && { onFailure }),
    clientToken,
  };
  store.db.transaction(() => {
    if (!existing) log.setStackStatus(stack, "REVIEW_IN_PROGRESS", "User Initiated");
    store.saveChangeSet(set);
  });
  void planSet(context, set);
  return { Id: set.id, StackId: stack.id };
}

/** Works out what the change set would do. Also for those that the end of the process left pending. */
export async function planSet(context: ServiceContext, set: ChangeSet): Promise<void> {
  const { store, identity, handlers } = context;
  const stack = store.getStack(set.stackId);
  try {
    const createTarget: Parameters<typeof planChanges>[0]["createTarget"] = (resources) =>
      createModel({ target: set, identity, stack, resources });
    const previous =
      stack.template === "" ? undefined : { template: parseTemplate(stack.template), values: stack.parameters };
    const resources = store.listResources(stack.id).filter((row) => !/^DELETE_/.test(row.status));
    const imports = await findExisting(context, stack, set, new Set(resources.map((row) => row.logicalId)));
    const changes = planChanges({ handlers, createTarget, resources, imports, ...(previous && { previous }) });
    const isSame =
      changes.length === 0 &&
      stack.template !== "" &&
      outputsOf(set.template) === outputsOf(stack.template) &&
      JSON.stringify(set.tags) === JSON.stringify(stack.tags);
    store.saveChangeSet(
      isSame
        ? { ...set, status: "FAILED", statusReason: NO_CHANGES }
        : { ...set, imports, changes: changes as Json[], status: "CREATE_COMPLETE", executionStatus: "AVAILABLE" },
    );
  } catch (error) {
    if (!(error instanceof AwsError)) console.error(error);
    const statusReason = error instanceof Error ? error.message : String(error);
    store.saveChangeSet({ ...set, status: "FAILED", statusReason });
  }
}

const outputsOf = (template: string): string => JSON.stringify(parseTemplate(template).outputs);

/**
 * New resources whose name is taken: to be imported where that is asked for and the resource outlives its stack.
 * @throws AwsError naming those that stand in the way
 */
async function findExisting(
  context: ServiceContext,
  stack: Stack,
  set: ChangeSet,
  known: ReadonlySet<string>,
): Promise<Record<string, string>> {
  const { identity, handlers } = context;
  const model = createModel({ target: set, identity, stack, resources: noResources });
  const imports: Record<string, string> = {};
  for (const id of model.order) {
    const spec = model.spec(id);
    const handler = handlers[spec.type];
    const name = handler?.nameProperty;
    if (known.has(id) || !handler?.find || !name || spec.properties[name] === undefined) continue;
    const properties = evaluateProperties({ [name]: spec.properties[name] }, model.scope);
    const found = await handler.find(createReadingContext(context, stack, id), properties);
    if (found === undefined) continue;
    if (!set.importExisting || spec.deletionPolicy === "Delete")
      throw invalid(
        `Resource of type '${spec.type}' with identifier '${toText(properties[name])}' already exists (${id}). Create the change set with ImportExistingResources to take it in, or delete it.`,
      );
    imports[id] = found;
  }
  return imports;
}

const parametersOf = (set: Pick<ChangeSet, "parameters" | "template">): Json[] => {
  const { parameters } = parseTemplate(set.template);
  return Object.entries(set.parameters).map(([ParameterKey, value]) => ({
    ParameterKey,
    ParameterValue: parameters[ParameterKey]?.noEcho ? "****" : value,
  }));
};

const summarize = (set: ChangeSet): Json => ({
  StackId: set.stackId,
  StackName: set.stackName,
  ChangeSetId: set.id,
  ChangeSetName: set.name,
  ExecutionStatus: set.executionStatus,
  Status: set.status,
  ...(set.statusReason && { StatusReason: set.statusReason }),
  CreationTime: new Date(set.createdMs),
  ...(set.description !== undefined && { Description: set.description }),
  IncludeNestedStacks: false,
  ImportExistingResources: set.importExisting,
});

function describe(context: ServiceContext, input: QueryInput): Json {
  assertMembers("DescribeChangeSet", input, "ChangeSetName StackName NextToken IncludePropertyValues");
  const set = find(context, input);
  const hasValues = readFlag(input, "IncludePropertyValues");
  const changes = (set.changes as unknown as ResourceChange[]).map((change) => ({
    Type: "Resource",
    ResourceChange: hasValues ? change : withoutValues(change),
  }));
  return {
    ...summarize(set),
    Parameters: parametersOf(set),
    NotificationARNs: [],
    RollbackConfiguration: {},
    Capabilities: set.capabilities,
    Tags: set.tags,
    Changes: changes,
    ...(set.onFailure && { OnStackFailure: set.onFailure }),
  };
}

/** Without values, one detail a property and cause. */
function withoutValues(change: ResourceChange): Json {
  const { BeforeContext: _, AfterContext: __, ...rest } = change;
  const details = change.Details.map((detail) => {
    const { Attribute, Name, RequiresRecreation } = detail.Target as Json;
    return { ...detail, Target: { Attribute, Name, RequiresRecreation } };
  });
  const unique = new Map(details.map((detail) => [JSON.stringify(detail), detail]));
  return { ...rest, Details: [...unique.values()] };
}

function execute(context: ServiceContext, input: QueryInput): void {
  assertMembers(
    "ExecuteChangeSet",
    input,
    "ChangeSetName StackName ClientRequestToken DisableRollback",
    "RetainExceptOnCreate",
  );
  const { store } = context;
  const set = find(context, input);
  if (set.status !== "CREATE_COMPLETE" || set.executionStatus !== "AVAILABLE") throw statusError(set, "executed");
  const stack = store.getStack(set.stackId);
  if (set.kind === "UPDATE") assertUpdatable(stack);
  else if (stack.status !== "REVIEW_IN_PROGRESS")
    throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be created.`);
  const { template, parameters, tags, capabilities, roleArn, imports } = set;
  const target = { template, parameters, tags, capabilities, ...(roleArn && { roleArn }) };
  const operation = createOperation(set.kind, target, {
    imports,
    changeSetId: set.id,
    clientToken: readClientToken(input),
    onFailure: readFlag(input, "DisableRollback") ? "DO_NOTHING" : (set.onFailure ?? "ROLLBACK"),
  });
  store.db.transaction(() => {
    store.saveChangeSet({ ...set, executionStatus: "EXECUTE_IN_PROGRESS" });
    for (const other of store.listChangeSets(stack.id))
      if (other.id !== set.id && other.executionStatus === "AVAILABLE")
        store.saveChangeSet({ ...other, executionStatus: "OBSOLETE" });
    stack.changeSetId = set.id;
    store.saveStack(stack);
  });
  beginOperation(context, stack, operation, set.kind === "CREATE" ? "CREATE_IN_PROGRESS" : "UPDATE_IN_PROGRESS");
}

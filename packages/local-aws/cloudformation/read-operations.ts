import { AwsError } from "../kernel/errors.ts";
import type { QueryInput, QueryOperation } from "../kernel/query-protocol.ts";
import { assertMembers, invalid, readOptionalText, readText, readTexts } from "./input.ts";
import { readTemplate, type ServiceContext } from "./service-context.ts";
import type { Stack, StackResource } from "./store.ts";
import { type Json, type ParameterSpec, parseTemplate } from "./template.ts";

const PAGE = 100;

/** What a stack looks like: `DescribeStacks`, `ListStacks`, events, resources, templates. */
export function createReadOperations(context: ServiceContext): Record<string, QueryOperation> {
  const { store } = context;
  return {
    ValidateTemplate: (input) => {
      assertMembers("ValidateTemplate", input, "TemplateBody");
      const template = readTemplate(context, readText(input, "TemplateBody"));
      return {
        Parameters: Object.entries(template.parameters).map(describeDeclared),
        ...(template.description !== undefined && { Description: template.description }),
        Capabilities: [],
      };
    },
    GetTemplateSummary: (input) => {
      assertMembers("GetTemplateSummary", input, "TemplateBody StackName");
      const stackName = readOptionalText(input, "StackName");
      const text = stackName === undefined ? readText(input, "TemplateBody") : store.getStack(stackName).template;
      const template = readTemplate(context, text);
      return {
        Parameters: Object.entries(template.parameters).map(([key, spec]) => ({
          ...describeDeclared([key, spec]),
          ParameterType: spec.type,
          ...(spec.allowedValues && { ParameterConstraints: { AllowedValues: spec.allowedValues } }),
        })),
        ...(template.description !== undefined && { Description: template.description }),
        ResourceTypes: [...new Set(Object.values(template.resources).map(({ type }) => type))],
      };
    },
    GetTemplate: (input) => {
      assertMembers("GetTemplate", input, "StackName ChangeSetName TemplateStage");
      const setName = readOptionalText(input, "ChangeSetName");
      const stackName = readOptionalText(input, "StackName");
      const stack = stackName === undefined ? undefined : store.getStack(stackName);
      const set = setName === undefined ? undefined : store.findChangeSet(setName, stack?.id);
      if (setName !== undefined && !set)
        throw new AwsError("ChangeSetNotFound", `ChangeSet [${setName}] does not exist`, { statusCode: 404 });
      const TemplateBody = set?.template ?? stack?.template;
      if (TemplateBody === undefined) throw invalid("StackName or ChangeSetName must be specified.");
      return { TemplateBody, StagesAvailable: ["Original", "Processed"] };
    },
    DescribeStacks: (input) => {
      assertMembers("DescribeStacks", input, "StackName NextToken");
      const name = readOptionalText(input, "StackName");
      return page(
        input,
        name === undefined ? store.listStacks({ deleted: false }) : [store.getStack(name)],
        (stacks) => ({
          Stacks: stacks.map(describeStack),
        }),
      );
    },
    ListStacks: (input) => {
      assertMembers("ListStacks", input, "StackStatusFilter NextToken");
      const wanted = new Set(readTexts(input, "StackStatusFilter"));
      const stacks = store
        .listStacks({ deleted: true })
        .filter(({ status }) => wanted.size === 0 || wanted.has(status));
      return page(input, stacks, (some) => ({ StackSummaries: some.map(summarizeStack) }));
    },
    DescribeStackEvents: (input) => describeEvents(context, input),
    DescribeStackResources: (input) => {
      assertMembers("DescribeStackResources", input, "StackName LogicalResourceId PhysicalResourceId");
      const stack = store.getStack(readText(input, "StackName"));
      const id = readOptionalText(input, "LogicalResourceId");
      const rows = store.listResources(stack.id).filter((row) => id === undefined || row.logicalId === id);
      return { StackResources: rows.map((row) => describeResource(stack, row)) };
    },
    DescribeStackResource: (input) => {
      assertMembers("DescribeStackResource", input, "StackName LogicalResourceId");
      const stack = store.getStack(readText(input, "StackName"));
      const id = readText(input, "LogicalResourceId");
      const row = store.findResource(stack.id, id);
      if (!row) throw invalid(`Resource ${id} does not exist for stack ${stack.name}`);
      const { Timestamp, ...rest } = describeResource(stack, row);
      return { StackResourceDetail: { ...rest, LastUpdatedTimestamp: Timestamp } };
    },
    ListStackResources: (input) => {
      assertMembers("ListStackResources", input, "StackName NextToken");
      const stack = store.getStack(readText(input, "StackName"));
      return page(input, store.listResources(stack.id), (rows) => ({
        StackResourceSummaries: rows.map((row) => {
          const { Timestamp, StackId: _, StackName: __, ...rest } = describeResource(stack, row);
          return { ...rest, LastUpdatedTimestamp: Timestamp };
        }),
      }));
    },
  };
}

function page<Row>(input: QueryInput, rows: readonly Row[], render: (some: Row[]) => Json): Json {
  const offset = Number(readOptionalText(input, "NextToken") ?? 0);
  if (!Number.isInteger(offset) || offset < 0) throw invalid("NextToken is not valid.");
  return {
    ...render(rows.slice(offset, offset + PAGE)),
    ...(rows.length > offset + PAGE && { NextToken: String(offset + PAGE) }),
  };
}

const describeDeclared = ([ParameterKey, spec]: [string, ParameterSpec]): Json => ({
  ParameterKey,
  ...(spec.default !== undefined && { DefaultValue: spec.noEcho ? "****" : spec.default }),
  NoEcho: spec.noEcho,
  ...(spec.description !== undefined && { Description: spec.description }),
});

const optionalDate = (ms: number | undefined): Date | undefined => (ms === undefined ? undefined : new Date(ms));

const driftOf = (drift: Stack["drift"]): Json => ({
  StackDriftStatus: drift.status,
  LastCheckTimestamp: optionalDate(drift.checkedMs),
});

const summarizeStack = (stack: Stack): Json => ({
  StackId: stack.id,
  StackName: stack.name,
  TemplateDescription: stack.template === "" ? undefined : parseTemplate(stack.template).description,
  CreationTime: new Date(stack.createdMs),
  LastUpdatedTime: optionalDate(stack.updatedMs),
  DeletionTime: optionalDate(stack.deletedMs),
  StackStatus: stack.status,
  StackStatusReason: stack.statusReason || undefined,
  DriftInformation: driftOf(stack.drift),
});

function describeStack(stack: Stack): Json {
  // While it changes, a stack shows what it is to be.
  const { operation } = stack;
  const shown = operation && operation.phase === "forward" ? operation.target : stack;
  const template = shown.template === "" ? undefined : parseTemplate(shown.template);
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: stack.changeSetId,
    Description: template?.description,
    Parameters: Object.entries(shown.parameters).map(([ParameterKey, value]) => ({
      ParameterKey,
      ParameterValue: template?.parameters[ParameterKey]?.noEcho ? "****" : value,
    })),
    CreationTime: new Date(stack.createdMs),
    DeletionTime: optionalDate(stack.deletedMs),
    LastUpdatedTime: optionalDate(stack.updatedMs),
    RollbackConfiguration: {},
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason || undefined,
    DisableRollback: operation?.onFailure === "DO_NOTHING",
    NotificationARNs: [],
    Capabilities: shown.capabilities,
    Outputs: stack.outputs.map(({ key, value, description }) => ({
      OutputKey: key,
      OutputValue: value,
      Description: description,
    })),
    RoleARN: shown.roleArn,
    Tags: shown.tags,
    EnableTerminationProtection: stack.isProtected,
    DriftInformation: driftOf(stack.drift),
  };
}

const describeResource = (stack: Stack, row: StackResource): Json => ({
  StackName: stack.name,
  StackId: stack.id,
  LogicalResourceId: row.logicalId,
  PhysicalResourceId: row.physicalId || undefined,
  ResourceType: row.type,
  Timestamp: new Date(row.updatedMs),
  ResourceStatus: row.status,
  ResourceStatusReason: row.statusReason || undefined,
  DriftInformation: {
    StackResourceDriftStatus: row.drift?.status ?? "NOT_CHECKED",
    LastCheckTimestamp: optionalDate(row.drift?.checkedMs),
  },
});

function describeEvents({ store }: ServiceContext, input: QueryInput): Json {
  assertMembers("DescribeStackEvents", input, "StackName NextToken");
  const stack = store.getStack(readText(input, "StackName"));
  const before = Number(readOptionalText(input, "NextToken") ?? Number.MAX_SAFE_INTEGER);
  if (!Number.isInteger(before)) throw invalid("NextToken is not valid.");
  const rows = store.listEvents(stack.id, before, PAGE);
  return {
    StackEvents: rows.map(({ event }) => ({
      StackId: event.stackId,
      EventId: event.eventId,
      StackName: event.stackName,
      LogicalResourceId: event.logicalId,
      PhysicalResourceId: event.physicalId,
      ResourceType: event.type,
      Timestamp: new Date(event.atMs),
      ResourceStatus: event.status,
      ResourceStatusReason: event.statusReason || undefined,
      ResourceProperties: event.properties && JSON.stringify(event.properties),
      ClientRequestToken: event.clientToken || undefined,
    })),
    ...(rows.length === PAGE && { NextToken: String(rows.at(-1)?.seq) }),
  };
}

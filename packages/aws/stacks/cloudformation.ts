import {
  CancelUpdateStackCommand,
  type ChangeSetStatus,
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  type ResourceChange,
} from "@aws-sdk/client-cloudformation";
import type { ChangeSetState, RawStackChange, StackEvent, StackPort } from "@samla/core/kernel";
import { clientConfig } from "../client-config.ts";
import { type FailureRow, translateBy, unlessMissing } from "../service-failures.ts";

const eventsMax = 500;

const failures: FailureRow[] = [
  {
    name: "InsufficientCapabilitiesException",
    code: "conflict",
    nextStep: "The template asks for rights that the console does not give; an administrator must look at it.",
  },
  {
    name: "AlreadyExistsException",
    code: "conflict",
    text: "A change of this agent is being prepared already.",
    nextStep: "Wait a moment and look again.",
  },
  {
    name: "InvalidChangeSetStatus",
    code: "conflict",
    text: "This proposal can no longer be carried out: the agent was changed in the meantime.",
    nextStep: "Make the proposal again; it will show what changes now.",
  },
  {
    name: "ChangeSetNotFound",
    code: "gone",
    text: "This proposal is gone: the agent was changed in the meantime.",
    nextStep: "Make the proposal again; it will show what changes now.",
  },
  {
    name: "ValidationError",
    message: /_IN_PROGRESS|FAILED state|cannot be (updated|called)/,
    code: "conflict",
    nextStep: "Wait until the change that is under way has ended.",
  },
  { name: "ValidationError", code: "invalid_request", nextStep: "Correct the value that is named, and try again." },
  {
    name: "LimitExceededException",
    code: "too_large",
    nextStep: "Ask AWS for a higher quota, or remove stacks that are not needed.",
  },
];

const isMissingStack = (name: string, message: string): boolean =>
  (name === "ValidationError" && /does not exist/.test(message)) || name === "StackNotFoundException";

const stateOf = (status: ChangeSetStatus | undefined, reason: string | undefined): ChangeSetState["status"] => {
  if (status === "CREATE_COMPLETE") return "ready";
  if (status !== "FAILED") return "making";
  return /didn't contain changes|No updates are to be performed|no changes/i.test(reason ?? "") ? "empty" : "failed";
};

const changeOf = (change: ResourceChange): RawStackChange => ({
  resource: change.LogicalResourceId ?? "",
  type: change.ResourceType ?? "",
  action: change.Action ?? "",
  replacement: change.Replacement,
  properties: (change.Details ?? []).flatMap(({ Target }) =>
    Target?.Name || Target?.Attribute
      ? [
          {
            name: Target.Name ?? String(Target.Attribute),
            before: Target.BeforeValue,
            after: Target.AfterValue,
            recreation: Target.RequiresRecreation ?? "Never",
          },
        ]
      : [],
  ),
});

const eachOnce = <T extends { name: string }>(items: T[]): T[] => [
  ...new Map(items.map((item) => [item.name, item])).values(),
];

/** Agents' stacks in CloudFormation. A change set is asked with property values, so that people see before and after. */
export const createCloudFormationStacks = (): StackPort => {
  const client = new CloudFormationClient(clientConfig);
  const run = <T>(call: () => Promise<T>): Promise<T> => translateBy(failures, call);
  return {
    describe: (stack) =>
      unlessMissing(failures, isMissingStack, async () => {
        const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stack }));
        const found = Stacks?.[0];
        return (
          found && {
            id: found.StackId ?? stack,
            name: found.StackName ?? stack,
            status: found.StackStatus ?? "",
            reason: found.StackStatusReason,
            parameters: Object.fromEntries(
              (found.Parameters ?? []).map(({ ParameterKey = "", ParameterValue = "" }) => [
                ParameterKey,
                ParameterValue,
              ]),
            ),
          }
        );
      }),
    createChangeSet: (input) =>
      run(async () => {
        const { Id = "", StackId = "" } = await client.send(
          new CreateChangeSetCommand({
            StackName: input.stack,
            ChangeSetName: input.name,
            ChangeSetType: input.kind === "create" ? "CREATE" : "UPDATE",
            TemplateBody: input.template,
            Parameters: Object.entries(input.parameters).map(([ParameterKey, ParameterValue]) => ({
              ParameterKey,
              ParameterValue,
            })),
            ...(input.roleArn ? { RoleARN: input.roleArn } : {}),
            Description: input.description.slice(0, 1024),
            Tags: Object.entries(input.tags).map(([Key, Value]) => ({ Key, Value })),
            // The log group outlives its stack; a new one takes it over instead of failing at its name.
            ...(input.kind === "create" ? { ImportExistingResources: true } : {}),
          }),
        );
        return { id: Id, stackId: StackId };
      }),
    describeChangeSet: (id, stack) =>
      unlessMissing(
        failures,
        (name, message) => name === "ChangeSetNotFound" || isMissingStack(name, message),
        async () => {
          const changes: RawStackChange[] = [];
          let token: string | undefined;
          for (;;) {
            const page = await client.send(
              new DescribeChangeSetCommand({
                ChangeSetName: id,
                StackName: stack,
                IncludePropertyValues: true,
                ...(token ? { NextToken: token } : {}),
              }),
            );
            for (const { ResourceChange: change } of page.Changes ?? [])
              if (change) {
                const raw = changeOf(change);
                changes.push({ ...raw, properties: eachOnce(raw.properties) });
              }
            token = page.NextToken;
            if (!token)
              return {
                id: page.ChangeSetId ?? id,
                stackId: page.StackId ?? "",
                status: stateOf(page.Status, page.StatusReason),
                reason: page.StatusReason,
                executable: page.ExecutionStatus === "AVAILABLE",
                changes,
              };
          }
        },
      ),
    execute: async (changeSetId, stack, token) => {
      await run(() =>
        client.send(
          new ExecuteChangeSetCommand({ ChangeSetName: changeSetId, StackName: stack, ClientRequestToken: token }),
        ),
      );
    },
    deleteChangeSet: async (id, stack) => {
      await unlessMissing(
        failures,
        (name, message) => name === "ChangeSetNotFound" || isMissingStack(name, message),
        () => client.send(new DeleteChangeSetCommand({ ChangeSetName: id, StackName: stack })),
      );
    },
    listEvents: async (stack, since) =>
      (await unlessMissing(failures, isMissingStack, async () => {
        const events: StackEvent[] = [];
        let token: string | undefined;
        do {
          const page = await client.send(
            new DescribeStackEventsCommand({ StackName: stack, ...(token ? { NextToken: token } : {}) }),
          );
          for (const event of page.StackEvents ?? []) {
            const at = event.Timestamp?.toISOString() ?? "";
            if (at < since) return events;
            events.push({
              id: event.EventId ?? "",
              at,
              resource: event.LogicalResourceId ?? "",
              type: event.ResourceType ?? "",
              physicalId: event.PhysicalResourceId,
              status: event.ResourceStatus ?? "",
              reason: event.ResourceStatusReason,
              token: event.ClientRequestToken,
            });
          }
          token = page.NextToken;
        } while (token && events.length < eventsMax);
        return events;
      })) ?? [],
    cancelUpdate: async (stack, token) => {
      await run(() => client.send(new CancelUpdateStackCommand({ StackName: stack, ClientRequestToken: token })));
    },
    deleteStack: async (stack, roleArn) => {
      await run(() =>
        client.send(new DeleteStackCommand({ StackName: stack, ...(roleArn ? { RoleARN: roleArn } : {}) })),
      );
    },
  };
};

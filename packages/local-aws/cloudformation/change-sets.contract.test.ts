import {
  CreateChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  InvalidChangeSetStatusException,
} from "@aws-sdk/client-cloudformation";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  changeStack,
  createTestCloud,
  isSettled,
  planChange,
  startTestStacks,
  type TestCloud,
  type TestStacks,
  waitForStack,
} from "./testing.ts";

import { first, parameters, StackName, template } from "./testing-pair.ts";

let cloud: TestCloud;
let stacks: TestStacks;
beforeEach(async () => {
  cloud = createTestCloud();
  stacks = await startTestStacks(cloud);
});
afterEach(() => stacks.close());
const create = (values: Record<string, string> = { Value: "one" }) =>
  changeStack(stacks.client, { ...first, Parameters: parameters(values) });
const _update = (values: Record<string, string>) =>
  changeStack(stacks.client, {
    StackName,
    UsePreviousTemplate: true,
    Parameters: parameters(
      values,
      ["Value", "Name", "Size"].filter((name) => !(name in values)),
    ),
  });

describe("a change set", () => {
  it("shows what it would add and makes nothing before it is executed", async () => {
    const set = await planChange(stacks.client, { ...first, Parameters: parameters({ Value: "one" }) });
    expect(set).toMatchObject({ Status: "CREATE_COMPLETE", ExecutionStatus: "AVAILABLE" });
    const changes = set.Changes?.map(({ ResourceChange }) => [
      ResourceChange?.Action,
      ResourceChange?.LogicalResourceId,
    ]);
    expect(changes).toEqual([
      ["Add", "First"],
      ["Add", "Second"],
    ]);
    expect(JSON.parse(set.Changes?.[1]?.ResourceChange?.AfterContext ?? "")).toEqual({
      Properties: { Value: "of-{{changeSet:KNOWN_AFTER_APPLY}}" },
    });
    expect(cloud.things.size).toBe(0);
    const { Stacks } = await stacks.client.send(new DescribeStacksCommand({ StackName }));
    expect(Stacks?.[0]?.StackStatus).toBe("REVIEW_IN_PROGRESS");
  });

  it("tells updates in place from replacements, and what causes each", async () => {
    await create();
    const plain = await planChange(stacks.client, {
      StackName,
      UsePreviousTemplate: true,
      Parameters: parameters({ Size: "4" }, ["Value", "Name"]),
    });
    expect(plain.Changes).toHaveLength(1);
    expect(plain.Changes?.[0]?.ResourceChange).toMatchObject({
      Action: "Modify",
      LogicalResourceId: "First",
      PhysicalResourceId: "first",
      Replacement: "False",
      Scope: ["Properties"],
      Details: [
        {
          Target: {
            Attribute: "Properties",
            Name: "Size",
            RequiresRecreation: "Never",
            Path: "/Properties/Size",
            BeforeValue: "3",
            AfterValue: "4",
          },
          Evaluation: "Static",
          ChangeSource: "ParameterReference",
          CausingEntity: "Size",
        },
      ],
    });
    const renamed = await planChange(stacks.client, {
      StackName,
      UsePreviousTemplate: true,
      Parameters: parameters({ Name: "other" }, ["Value", "Size"]),
    });
    expect(renamed.Changes?.[0]?.ResourceChange).toMatchObject({
      LogicalResourceId: "First",
      Replacement: "True",
      PolicyAction: "ReplaceAndDelete",
    });
    expect(renamed.Changes?.[1]?.ResourceChange).toMatchObject({
      LogicalResourceId: "Second",
      Replacement: "False",
      Details: [{ Evaluation: "Dynamic", ChangeSource: "ResourceAttribute", CausingEntity: "First.Arn" }],
    });
  });

  it("fails when nothing would change, and cannot be executed then", async () => {
    await create();
    const set = await planChange(stacks.client, {
      StackName,
      UsePreviousTemplate: true,
      Parameters: parameters({}, ["Value", "Name", "Size"]),
    });
    expect(set).toMatchObject({ Status: "FAILED", ExecutionStatus: "UNAVAILABLE" });
    expect(set.StatusReason).toContain("didn't contain changes");
    await expect(
      stacks.client.send(new ExecuteChangeSetCommand({ ChangeSetName: set.ChangeSetId })),
    ).rejects.toBeInstanceOf(InvalidChangeSetStatusException);
  });

  it("fails naming a property that the type does not have", async () => {
    const set = await planChange(stacks.client, {
      ...first,
      TemplateBody: "Resources: { A: { Type: 'Test::Thing', Properties: { Value: x, Colour: red } } }",
    });
    expect(set.Status).toBe("FAILED");
    expect(set.StatusReason).toBe(
      "Properties validation failed for resource A with message:\n#: extraneous key [Colour] is not permitted",
    );
  });

  it.each([
    [
      "an unknown type",
      "Resources: { A: { Type: 'AWS::S3::Bucket' } }",
      {},
      "Unrecognized resource types: [AWS::S3::Bucket]",
    ],
    [
      "a reference to nothing",
      "Resources: { A: { Type: 'Test::Thing', Properties: { Value: !Ref B } } }",
      {},
      "Unresolved resource dependencies [B]",
    ],
    [
      "a circle",
      "Resources: { A: { Type: 'Test::Thing', DependsOn: B }, B: { Type: 'Test::Thing', DependsOn: A } }",
      {},
      "Circular dependency between resources: [A, B]",
    ],
    ["an unknown section", "Resource: {}", {}, "Invalid template property or properties [Resource]"],
    ["text that is no YAML", "Resources: [", {}, "not well-formed"],
    [
      "a value that breaks its pattern",
      template,
      { Value: "ONE" },
      "Parameter Value failed to satisfy constraint: must be of small letters",
    ],
    [
      "a number that is too large",
      template,
      { Value: "one", Size: "9" },
      "Parameter 'Size' must be a number not greater than 5",
    ],
    ["a missing value", template, {}, "Parameters: [Value] must have values"],
    [
      "an unknown parameter",
      template,
      { Value: "one", Other: "x" },
      "Parameters: [Other] do not exist in the template",
    ],
    ["a rule that does not hold", template, { Value: "tiny" }, "a tiny one has size 1 or 2"],
  ])("is refused at once with %s", async (_, TemplateBody, values, message) => {
    const call = stacks.client.send(
      new CreateChangeSetCommand({
        ...first,
        ChangeSetName: "c",
        TemplateBody,
        Parameters: parameters(values as Record<string, string>),
      }),
    );
    await expect(call).rejects.toMatchObject({ name: "ValidationError", message: expect.stringContaining(message) });
  });

  it("imports what outlived its stack, when asked to", async () => {
    cloud.things.set("first", { Value: "old" });
    const input = {
      ...first,
      TemplateBody: template.replace("    Properties: { Name", "    DeletionPolicy: Retain\n    Properties: { Name"),
    };
    const Parameters = parameters({ Value: "one" });
    const refused = await planChange(stacks.client, { ...input, Parameters });
    expect(refused.StatusReason).toContain("already exists");
    const set = await planChange(stacks.client, { ...input, Parameters, ImportExistingResources: true });
    expect(set.Changes?.[0]?.ResourceChange).toMatchObject({ Action: "Import", PhysicalResourceId: "first" });
    await stacks.client.send(new ExecuteChangeSetCommand({ ChangeSetName: set.ChangeSetId }));
    expect(await waitForStack(stacks.client, StackName, isSettled)).toBe("CREATE_COMPLETE");
    expect(cloud.things.get("first")).toMatchObject({ Value: "one" });
  });
});

it("answers 501 with the name of what it lacks", async () => {
  const call = stacks.client.send(
    new CreateChangeSetCommand({ ...first, ChangeSetName: "c", NotificationARNs: ["arn:aws:sns:x"] }),
  );
  await expect(call).rejects.toMatchObject({
    message: expect.stringContaining("NotificationARNs"),
    $metadata: { httpStatusCode: 501 },
  });
});

import {
  CancelUpdateStackCommand,
  ContinueUpdateRollbackCommand,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  DetectStackDriftCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListChangeSetsCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  RollbackStackCommand,
  UpdateStackCommand,
  ValidateTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitFor } from "../kernel/testing.ts";
import {
  changeStack,
  createTestCloud,
  isSettled,
  planChange,
  readEvents,
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
const update = (values: Record<string, string>) =>
  changeStack(stacks.client, {
    StackName,
    UsePreviousTemplate: true,
    Parameters: parameters(
      values,
      ["Value", "Name", "Size"].filter((name) => !(name in values)),
    ),
  });

describe("executing", () => {
  it("makes resources in the order of their references, with events in CloudFormation's words", async () => {
    expect(await create()).toBe("CREATE_COMPLETE");
    const [second] = [...cloud.things.keys()].filter((name) => name !== "first");
    expect(cloud.things.get(second ?? "")).toEqual({ Value: "of-arn:thing/first" });
    expect(await readEvents(stacks.client, StackName)).toEqual([
      "pair REVIEW_IN_PROGRESS User Initiated",
      "pair CREATE_IN_PROGRESS User Initiated",
      "First CREATE_IN_PROGRESS",
      "First CREATE_IN_PROGRESS Resource creation Initiated",
      "First CREATE_COMPLETE",
      "Second CREATE_IN_PROGRESS",
      "Second CREATE_IN_PROGRESS Resource creation Initiated",
      "Second CREATE_COMPLETE",
      "pair CREATE_COMPLETE",
    ]);
    const { Stacks } = await stacks.client.send(new DescribeStacksCommand({ StackName }));
    expect(Stacks?.[0]?.Outputs).toEqual([{ OutputKey: "Arn", OutputValue: "arn:thing/first" }]);
    expect(cloud.emitted.at(-1)).toMatchObject({
      detailType: "CloudFormation Stack Status Change",
      detail: { "stack-id": Stacks?.[0]?.StackId, "status-details": { status: "CREATE_COMPLETE" } },
    });
    const { StackResourceSummaries } = await stacks.client.send(new ListStackResourcesCommand({ StackName }));
    expect(StackResourceSummaries?.map((row) => row.ResourceStatus)).toEqual(["CREATE_COMPLETE", "CREATE_COMPLETE"]);
    const { Summaries } = await stacks.client.send(new ListChangeSetsCommand({ StackName }));
    expect(Summaries?.[0]?.ExecutionStatus).toBe("EXECUTE_COMPLETE");
    expect((await stacks.client.send(new GetTemplateCommand({ StackName }))).TemplateBody).toBe(template);
  });

  it("a creation that fails takes back what it made", async () => {
    cloud.broken.add("of-arn:thing/first");
    expect(await create()).toBe("ROLLBACK_COMPLETE");
    expect(cloud.things.size).toBe(0);
    const events = await readEvents(stacks.client, StackName);
    expect(events.find((event) => event.startsWith("Second CREATE_FAILED"))).toMatch(
      /^Second CREATE_FAILED Resource handler returned message: "of-arn:thing\/first cannot be had .*" \(RequestToken: [0-9a-f-]{36}, HandlerErrorCode: InvalidRequest\)$/,
    );
    expect(events).toContain(
      "pair ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Second]. Rollback requested by user.",
    );
    await expect(
      stacks.client.send(new CreateChangeSetCommand({ StackName, ChangeSetName: "c", TemplateBody: template })),
    ).rejects.toThrow(/is in ROLLBACK_COMPLETE state and can not be updated/);
  });

  it("replaces before it deletes, and only what changed", async () => {
    await create();
    expect(await update({ Name: "other" })).toBe("UPDATE_COMPLETE");
    expect(cloud.things.has("first")).toBe(false);
    const events = await readEvents(stacks.client, StackName);
    expect(events.slice(events.indexOf("pair UPDATE_IN_PROGRESS User Initiated"))).toEqual([
      "pair UPDATE_IN_PROGRESS User Initiated",
      "First UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; hence creating one.",
      "First UPDATE_IN_PROGRESS Resource creation Initiated",
      "First UPDATE_COMPLETE",
      "Second UPDATE_IN_PROGRESS",
      "Second UPDATE_COMPLETE",
      "pair UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
      "First DELETE_IN_PROGRESS",
      "First DELETE_COMPLETE",
      "pair UPDATE_COMPLETE",
    ]);
  });

  it("an update that fails brings everything back", async () => {
    await create();
    const before = structuredClone([...cloud.things]);
    cloud.broken.add("of-arn:thing/other");
    expect(await update({ Name: "other", Size: "4" })).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect([...cloud.things]).toEqual(before);
    const { Stacks } = await stacks.client.send(new DescribeStacksCommand({ StackName }));
    expect(Stacks?.[0]?.Parameters).toContainEqual({ ParameterKey: "Name", ParameterValue: "first" });
    cloud.broken.clear();
    expect(await update({ Value: "two" })).toBe("UPDATE_COMPLETE");
  });

  it("a rollback that fails can go on later, and resources can be left out of it", async () => {
    await create();
    cloud.broken.add("two").add("one");
    expect(await update({ Value: "two" })).toBe("UPDATE_ROLLBACK_FAILED");
    await stacks.client.send(new ContinueUpdateRollbackCommand({ StackName }));
    expect(await waitForStack(stacks.client, StackName, isSettled)).toBe("UPDATE_ROLLBACK_FAILED");
    cloud.broken.clear();
    await stacks.client.send(new ContinueUpdateRollbackCommand({ StackName }));
    expect(await waitForStack(stacks.client, StackName, isSettled)).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(cloud.things.get("first")).toMatchObject({ Value: "one" });
  });

  it("an update that is cancelled ends what is under way and rolls back", async () => {
    await create();
    cloud.slow.add("two");
    const set = await planChange(stacks.client, {
      StackName,
      UsePreviousTemplate: true,
      Parameters: parameters({ Value: "two" }, ["Name", "Size"]),
    });
    await stacks.client.send(new ExecuteChangeSetCommand({ ChangeSetName: set.ChangeSetId }));
    await waitFor(() => cloud.things.get("first")?.Value === "two");
    await stacks.client.send(new CancelUpdateStackCommand({ StackName }));
    expect(await waitForStack(stacks.client, StackName, isSettled)).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await readEvents(stacks.client, StackName)).toContain("First UPDATE_FAILED Resource update cancelled");
    expect(cloud.things.get("first")).toMatchObject({ Value: "one" });
  });

  it("keeps what was made when rollback is turned off, until it is asked for", async () => {
    await create();
    cloud.broken.add("two");
    const set = await planChange(stacks.client, {
      StackName,
      UsePreviousTemplate: true,
      Parameters: parameters({ Value: "two" }, ["Name", "Size"]),
    });
    await stacks.client.send(new ExecuteChangeSetCommand({ ChangeSetName: set.ChangeSetId, DisableRollback: true }));
    expect(await waitForStack(stacks.client, StackName, isSettled)).toBe("UPDATE_FAILED");
    await stacks.client.send(new RollbackStackCommand({ StackName }));
    expect(await waitForStack(stacks.client, StackName, isSettled)).toBe("UPDATE_ROLLBACK_COMPLETE");
  });

  it("deletes dependants first and keeps what is to be retained", async () => {
    await create({ Value: "one", Size: "5" });
    const { StackResources } = await stacks.client.send(new DescribeStackResourcesCommand({ StackName }));
    const extra = StackResources?.find((row) => row.LogicalResourceId === "Extra")?.PhysicalResourceId ?? "";
    const { Stacks } = await stacks.client.send(new DescribeStacksCommand({ StackName }));
    const id = Stacks?.[0]?.StackId ?? "";
    await stacks.client.send(new DeleteStackCommand({ StackName }));
    expect(await waitForStack(stacks.client, id, isSettled)).toBe("DELETE_COMPLETE");
    expect([...cloud.things.keys()]).toEqual([extra]);
    const events = await readEvents(stacks.client, id);
    expect(events.indexOf("Second DELETE_COMPLETE")).toBeLessThan(events.indexOf("First DELETE_IN_PROGRESS"));
    expect(events).toContain("Extra DELETE_SKIPPED");
    await expect(stacks.client.send(new DescribeStacksCommand({ StackName }))).rejects.toThrow(
      "Stack with id pair does not exist",
    );
    const { StackSummaries } = await stacks.client.send(
      new ListStacksCommand({ StackStatusFilter: ["DELETE_COMPLETE"] }),
    );
    expect(StackSummaries).toHaveLength(1);
  });

  it("a deletion that fails names what stays, and can be asked for again", async () => {
    await create();
    cloud.broken.add("remove first");
    await stacks.client.send(new DeleteStackCommand({ StackName }));
    expect(await waitForStack(stacks.client, StackName, isSettled)).toBe("DELETE_FAILED");
    const { Stacks } = await stacks.client.send(new DescribeStacksCommand({ StackName }));
    expect(Stacks?.[0]?.StackStatusReason).toBe("The following resource(s) failed to delete: [First]. ");
    cloud.broken.clear();
    await stacks.client.send(new DeleteStackCommand({ StackName }));
    await waitFor(() => cloud.things.size === 0);
  });

  it("works by CreateStack and UpdateStack too", async () => {
    const Parameters = parameters({ Value: "one" });
    await stacks.client.send(new CreateStackCommand({ StackName, TemplateBody: template, Parameters }));
    expect(await waitForStack(stacks.client, StackName, isSettled)).toBe("CREATE_COMPLETE");
    await expect(
      stacks.client.send(new UpdateStackCommand({ StackName, UsePreviousTemplate: true, Parameters })),
    ).rejects.toThrow("No updates are to be performed.");
    const { Parameters: declared } = await stacks.client.send(new ValidateTemplateCommand({ TemplateBody: template }));
    expect(declared?.map(({ ParameterKey }) => ParameterKey)).toEqual(["Value", "Name", "Size"]);
  });
});

describe("after kill -9", () => {
  it("an update goes on where it was, without making anything twice", async () => {
    cloud.slow.add("one");
    const set = await planChange(stacks.client, { ...first, Parameters: parameters({ Value: "one" }) });
    await stacks.client.send(new ExecuteChangeSetCommand({ ChangeSetName: set.ChangeSetId }));
    await waitFor(() => cloud.things.has("first"));
    // A second engine over the same file knows only what was written, as after the end of the process.
    const later = createTestCloud();
    later.things.set("first", { Value: "one" });
    const again = await startTestStacks(later, stacks.dir);
    expect(await waitForStack(again.client, StackName, isSettled)).toBe("CREATE_COMPLETE");
    expect(later.things.size).toBe(2);
    await again.close();
  });
});

describe("drift", () => {
  it("names the property that someone changed besides the stack, and what is gone", async () => {
    await create();
    const detect = async () => {
      const { StackDriftDetectionId } = await stacks.client.send(new DetectStackDriftCommand({ StackName }));
      return waitFor(async () => {
        const now = await stacks.client.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }));
        return now.DetectionStatus === "DETECTION_COMPLETE" ? now : undefined;
      });
    };
    expect((await detect()).StackDriftStatus).toBe("IN_SYNC");
    cloud.things.set("first", { Name: "first", Value: "changed", Size: 3, Colour: "red" });
    expect(await detect()).toMatchObject({ StackDriftStatus: "DRIFTED", DriftedStackResourceCount: 1 });
    const { StackResourceDrifts } = await stacks.client.send(
      new DescribeStackResourceDriftsCommand({ StackName, StackResourceDriftStatusFilters: ["MODIFIED"] }),
    );
    expect(StackResourceDrifts?.[0]).toMatchObject({
      LogicalResourceId: "First",
      PropertyDifferences: [
        { PropertyPath: "/Value", ExpectedValue: "one", ActualValue: "changed", DifferenceType: "NOT_EQUAL" },
      ],
    });
    cloud.things.delete("first");
    await detect();
    const gone = await stacks.client.send(
      new DescribeStackResourceDriftsCommand({ StackName, StackResourceDriftStatusFilters: ["DELETED"] }),
    );
    expect(gone.StackResourceDrifts).toHaveLength(1);
  });
});

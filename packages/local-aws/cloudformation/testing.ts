import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
} from "@aws-sdk/client-cloudformation";
import { AwsError } from "../kernel/errors.ts";
import { listenFront } from "../kernel/server.ts";
import { createClientSettings, TEST_ACCOUNT, TEST_CREDENTIALS, TEST_REGION, waitFor } from "../kernel/testing.ts";
import { pause, type ResourceHandler } from "./handler.ts";
import { createCloudFormation } from "./index.ts";
import { integer, object, tags, text } from "./shapes.ts";
import type { Json } from "./template.ts";

/** A cloud of things by name: what handlers of tests make, and what goes wrong with them. */
export type TestCloud = {
  things: Map<string, Json>;
  /** Names whose making fails. */
  broken: Set<string>;
  /** Names whose making does not end until they are taken out. */
  slow: Set<string>;
  emitted: { detailType: string; detail: Json }[];
};

export const createTestCloud = (): TestCloud => ({
  things: new Map(),
  broken: new Set(),
  slow: new Set(),
  emitted: [],
});

const createThingHandler = (cloud: TestCloud): ResourceHandler => {
  const put = async (name: string, properties: Json, signal: AbortSignal): Promise<void> => {
    cloud.things.set(name, structuredClone(properties));
    while (cloud.slow.has(String(properties.Value))) await pause(5, signal);
    if (cloud.broken.has(String(properties.Value)))
      throw new AwsError("InvalidParameterException", `${String(properties.Value)} cannot be had`);
  };
  return {
    shape: object({ Name: text, Value: text, Size: integer, Tags: tags }, "Value"),
    createOnly: ["Name"],
    attributes: ["Arn"],
    async create(context, properties) {
      const name = String(properties.Name ?? `${context.logicalId}-${context.token.slice(0, 4)}`);
      if (cloud.things.has(name) && !context.resumed)
        throw new AwsError("ThingAlreadyExists", `${name} exists already`);
      context.announce(name);
      await put(name, properties, context.signal);
      return { physicalId: name, attributes: { Arn: `arn:thing/${name}` } };
    },
    async update(context, name, properties) {
      await put(name, properties, context.signal);
      return { physicalId: name, attributes: { Arn: `arn:thing/${name}` } };
    },
    async remove(_, name) {
      if (cloud.broken.has(`remove ${name}`)) throw new AwsError("InUse", `${name} is in use`);
      cloud.things.delete(name);
    },
    read: async (_, name) => cloud.things.get(name),
    find: async (_, properties) => (cloud.things.has(String(properties.Name)) ? String(properties.Name) : undefined),
    nameProperty: "Name",
  };
};

export type TestStacks = {
  client: CloudFormationClient;
  dir: string;
  close(): Promise<void>;
};

/** CloudFormation alone behind a front, with `Test::Thing` as its only type. */
export async function startTestStacks(cloud: TestCloud, dir?: string): Promise<TestStacks> {
  const folder = dir ?? (await mkdtemp(path.join(tmpdir(), "local-aws-stacks-")));
  const front = await listenFront({ port: 0, credentials: [TEST_CREDENTIALS] });
  const formation = createCloudFormation({
    dir: folder,
    identity: { region: TEST_REGION, accountId: TEST_ACCOUNT },
    call: async () => ({}),
    emit: ({ detailType, detail }) => cloud.emitted.push({ detailType, detail: detail as Json }),
    handlers: { "Test::Thing": createThingHandler(cloud) },
  });
  front.addService(formation.service);
  front.markReady();
  formation.resume();
  const client = new CloudFormationClient(createClientSettings(front.url));
  return {
    client,
    dir: folder,
    async close() {
      client.destroy();
      await front.close();
      await formation.service.close();
      if (dir === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Creates a change set and waits until it is worked out, well or ill. */
export async function planChange(
  client: CloudFormationClient,
  input: Partial<CreateChangeSetCommandInput> & { StackName: string },
): Promise<DescribeChangeSetCommandOutput & { ChangeSetId: string }> {
  const ChangeSetName = `c-${Math.random().toString(36).slice(2)}`;
  const { Id } = await client.send(new CreateChangeSetCommand({ ChangeSetName, ...input }));
  if (!Id) throw new Error("the change set has no id");
  const set = await waitFor(async () => {
    const now = await client.send(new DescribeChangeSetCommand({ ChangeSetName: Id, IncludePropertyValues: true }));
    return /_COMPLETE$|FAILED/.test(now.Status ?? "") ? now : undefined;
  });
  return { ...set, ChangeSetId: Id };
}

export async function waitForStack(
  client: CloudFormationClient,
  StackName: string,
  wanted: (status: string) => boolean,
  timeoutMs = 10_000,
): Promise<string> {
  return waitFor(async () => {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    const status = Stacks?.[0]?.StackStatus ?? "";
    return wanted(status) ? status : undefined;
  }, timeoutMs);
}

export const isSettled = (status: string): boolean => !status.endsWith("_IN_PROGRESS");

/** Plans, executes and waits; answers the status in which the stack comes to rest. */
export async function changeStack(
  client: CloudFormationClient,
  input: Partial<CreateChangeSetCommandInput> & { StackName: string },
  timeoutMs?: number,
): Promise<string> {
  const set = await planChange(client, input);
  if (set.Status !== "CREATE_COMPLETE") throw new Error(`the change set failed: ${set.StatusReason}`);
  await client.send(new ExecuteChangeSetCommand({ ChangeSetName: set.ChangeSetId }));
  return waitForStack(client, set.StackId ?? "", isSettled, timeoutMs);
}

/** `logical id status reason` of each event, oldest first. */
export async function readEvents(client: CloudFormationClient, StackName: string): Promise<string[]> {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
  return StackEvents.reverse().map((event) =>
    [event.LogicalResourceId, event.ResourceStatus, event.ResourceStatusReason ?? ""].join(" ").trim(),
  );
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  ObjectNotFoundException,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
  type RegisterScalableTargetCommandInput,
  ValidationException,
} from "@aws-sdk/client-application-auto-scaling";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createCloudWatch } from "../cloudwatch/index.ts";
import { listenFront } from "../kernel/server.ts";
import { createClientSettings, TEST_ACCOUNT, TEST_CREDENTIALS, TEST_REGION } from "../kernel/testing.ts";
import { createAutoScaling } from "./index.ts";

const MINUTE_MS = 60_000;
const resource = {
  ServiceNamespace: "ecs",
  ResourceId: "service/agents/answer",
  ScalableDimension: "ecs:service:DesiredCount",
} as const;

async function start() {
  const dir = await mkdtemp(path.join(tmpdir(), "local-aws-scaling-"));
  const identity = { region: TEST_REGION, accountId: TEST_ACCOUNT };
  const front = await listenFront({ port: 0, credentials: [TEST_CREDENTIALS] });
  let nowMs = Date.UTC(2026, 10, 23, 12);
  const now = () => nowMs;
  const counts = new Map([["agents/answer", 1]]);
  const cloudWatch = createCloudWatch({ dir, identity, emit: () => undefined, now });
  const scaling = createAutoScaling({
    dir,
    identity,
    metrics: cloudWatch.metrics,
    cloudWatch: cloudWatch.service,
    now,
    services: {
      desiredCount: (cluster, service) => counts.get(`${cluster}/${service}`),
      setDesiredCount: (cluster, service, count) => void counts.set(`${cluster}/${service}`, count),
    },
  });
  front.addService(cloudWatch.service);
  front.addService(scaling.service);
  front.markReady();
  const client = new ApplicationAutoScalingClient(createClientSettings(front.url));
  return {
    client,
    count: () => counts.get("agents/answer"),
    register: (more: Partial<RegisterScalableTargetCommandInput>) =>
      client.send(new RegisterScalableTargetCommand({ ...resource, ...more })),
    track: (more: object = {}) =>
      client.send(
        new PutScalingPolicyCommand({
          ...resource,
          PolicyName: "processor",
          PolicyType: "TargetTrackingScaling",
          TargetTrackingScalingPolicyConfiguration: {
            TargetValue: 50,
            PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
            ScaleOutCooldown: 60,
            ScaleInCooldown: 300,
            ...more,
          },
        }),
      ),
    /** Lets minutes pass in which the tasks use so much of their CPU. */
    pass(minutes: number, cpuPercent: number) {
      for (let i = 0; i < minutes; i++) {
        cloudWatch.metrics.put({
          namespace: "AWS/ECS",
          name: "CPUUtilization",
          dimensions: { ClusterName: "agents", ServiceName: "answer" },
          value: cpuPercent,
          unit: "Percent",
          atMs: nowMs,
        });
        nowMs += MINUTE_MS;
        cloudWatch.evaluateAlarms();
        scaling.evaluate();
      }
    },
    async activities() {
      const { ScalingActivities = [] } = await client.send(
        new DescribeScalingActivitiesCommand({ ServiceNamespace: "ecs", ResourceId: resource.ResourceId }),
      );
      return ScalingActivities.map(({ Description, Cause, StatusCode }) => ({ Description, Cause, StatusCode }));
    },
    async close() {
      await front.close();
      await scaling.service.close();
      await cloudWatch.service.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

describe("Application Auto Scaling", () => {
  let stack: Awaited<ReturnType<typeof start>>;
  beforeEach(async () => {
    stack = await start();
  });
  afterEach(() => stack.close());

  it("brings a service within its bounds when they are set, and tells why", async () => {
    await stack.register({ MinCapacity: 2, MaxCapacity: 6 });
    expect(stack.count()).toBe(2);
    await stack.register({ MinCapacity: 1, MaxCapacity: 1 });
    expect(stack.count()).toBe(1);
    expect(await stack.activities()).toEqual([
      { Description: "Setting desired count to 1.", Cause: "maximum capacity was set to 1", StatusCode: "Successful" },
      { Description: "Setting desired count to 2.", Cause: "minimum capacity was set to 2", StatusCode: "Successful" },
    ]);
  });

  it("scales out by the load after three high minutes, not beyond the maximum, and waits between", async () => {
    await stack.register({ MinCapacity: 1, MaxCapacity: 4 });
    const { Alarms = [] } = await stack.track();
    stack.pass(2, 100);
    expect(stack.count()).toBe(1);
    stack.pass(1, 100);
    expect(stack.count()).toBe(2);
    stack.pass(1, 100);
    expect(stack.count()).toBe(4);
    stack.pass(5, 100);
    expect(stack.count()).toBe(4);
    expect((await stack.activities())[0]).toEqual({
      Description: "Setting desired count to 4.",
      Cause: `monitor alarm ${Alarms[0]?.AlarmName} in state ALARM triggered policy processor`,
      StatusCode: "Successful",
    });
  });

  it("scales in after fifteen low minutes and no sooner than the cooldown allows, down to the minimum", async () => {
    await stack.register({ MinCapacity: 1, MaxCapacity: 4 });
    await stack.track();
    stack.pass(4, 100);
    expect(stack.count()).toBe(4);
    stack.pass(14, 30);
    expect(stack.count()).toBe(4);
    stack.pass(1, 30);
    expect(stack.count()).toBe(3);
    stack.pass(4, 10);
    expect(stack.count()).toBe(3);
    stack.pass(1, 10);
    expect(stack.count()).toBe(1);
    stack.pass(20, 1);
    expect(stack.count()).toBe(1);
  });

  it("leaves a suspended direction alone, and scale-in that a policy disables", async () => {
    const suspended = { DynamicScalingOutSuspended: true, DynamicScalingInSuspended: false };
    await stack.register({ MinCapacity: 1, MaxCapacity: 4, SuspendedState: suspended });
    await stack.track({ DisableScaleIn: true });
    stack.pass(6, 100);
    expect(stack.count()).toBe(1);
    await stack.register({ SuspendedState: { DynamicScalingOutSuspended: false } });
    stack.pass(1, 100);
    expect(stack.count()).toBe(2);
    stack.pass(30, 1);
    expect(stack.count()).toBe(2);
    const { ScalableTargets } = await stack.client.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: "ecs", ResourceIds: [resource.ResourceId] }),
    );
    expect(ScalableTargets?.[0]).toMatchObject({
      MinCapacity: 1,
      MaxCapacity: 4,
      SuspendedState: { DynamicScalingOutSuspended: false },
    });
  });

  it("refuses services that do not exist and bounds that contradict each other; policies go with their target", async () => {
    await expect(
      stack.register({ ResourceId: "service/agents/none", MinCapacity: 1, MaxCapacity: 2 }),
    ).rejects.toMatchObject({ name: "ValidationException", message: "ECS service doesn't exist: service/agents/none" });
    await expect(stack.register({ MinCapacity: 3, MaxCapacity: 2 })).rejects.toBeInstanceOf(ValidationException);
    await expect(stack.track()).rejects.toBeInstanceOf(ObjectNotFoundException);
    await stack.register({ MinCapacity: 1, MaxCapacity: 2 });
    await stack.track();
    await stack.client.send(new DeregisterScalableTargetCommand(resource));
    const { ScalingPolicies } = await stack.client.send(
      new DescribeScalingPoliciesCommand({ ServiceNamespace: "ecs" }),
    );
    expect(ScalingPolicies).toEqual([]);
    await expect(stack.client.send(new DeregisterScalableTargetCommand(resource))).rejects.toBeInstanceOf(
      ObjectNotFoundException,
    );
  });
});

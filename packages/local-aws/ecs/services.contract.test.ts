import {
  DeleteServiceCommand,
  UpdateServiceCommand,
  waitUntilServicesInactive,
  waitUntilServicesStable,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "../kernel/testing.ts";
import { CLUSTER, GROUP_ARN, HEALTH_CHECK, LOAD_BALANCERS, startTestEcs, type TestEcs } from "./testing.ts";

const patience = { maxWaitTime: 30, minDelay: 0.1, maxDelay: 0.2 };

describe("services", () => {
  let ecs: TestEcs;
  beforeAll(async () => {
    ecs = await startTestEcs();
  });
  afterAll(() => ecs.close());

  it("runs tasks of the image behind the balancer until told otherwise, as the SDK's waiters see it", async () => {
    await ecs.register("answer", { VERSION: "v1" }, { healthCheck: HEALTH_CHECK });
    await ecs.createService("answer", { desiredCount: 2, loadBalancers: LOAD_BALANCERS });
    const asked = { cluster: CLUSTER, services: ["answer"] };
    await waitUntilServicesStable({ client: ecs.client, ...patience }, asked);
    const service = await ecs.waitRolled("answer");
    expect(service).toMatchObject({ runningCount: 2, desiredCount: 2, pendingCount: 0, status: "ACTIVE" });
    expect(service.deployments?.[0]).toMatchObject({ rolloutState: "COMPLETED", failedTasks: 0, runningCount: 2 });
    const tasks = await ecs.listTasks("answer");
    expect(tasks.map((task) => [task.lastStatus, task.healthStatus])).toEqual([
      ["RUNNING", "HEALTHY"],
      ["RUNNING", "HEALTHY"],
    ]);
    expect(await ecs.targets.request(GROUP_ARN, "/")).toEqual({ status: 200, body: "v1" });
    const told = JSON.parse((await ecs.targets.request(GROUP_ARN, "/metadata")).body);
    expect(tasks.map(({ taskArn }) => taskArn)).toContain(told.TaskARN);

    await ecs.client.send(new UpdateServiceCommand({ cluster: CLUSTER, service: "answer", desiredCount: 0 }));
    await waitFor(async () => (await ecs.describeService("answer")).runningCount === 0);
    await ecs.client.send(new DeleteServiceCommand({ cluster: CLUSTER, service: "answer" }));
    await waitUntilServicesInactive({ client: ecs.client, ...patience }, asked);
    expect(ecs.lines("/test/answer")).toEqual(expect.arrayContaining(["listening on 8080", "draining"]));
  });

  it("rolls to a new revision without a lost request", async () => {
    // It drops what it is at when asked to stop: only the balancer's draining keeps requests whole.
    await ecs.register("rolling", { VERSION: "v1", MODE: "rude" });
    await ecs.createService("rolling", { desiredCount: 2, loadBalancers: LOAD_BALANCERS });
    await ecs.waitRolled("rolling");
    const taskDefinition = await ecs.register("rolling", { VERSION: "v2" });
    let isOver = false;
    const seen: { status: number; body: string }[] = [];
    const clients = Array.from({ length: 4 }, async () => {
      while (!isOver) seen.push(await ecs.targets.request(GROUP_ARN, "/slow"));
    });
    await ecs.client.send(new UpdateServiceCommand({ cluster: CLUSTER, service: "rolling", taskDefinition }));
    const rolled = await ecs.waitRolled("rolling");
    isOver = true;
    await Promise.all(clients);
    expect(rolled.deployments?.[0]).toMatchObject({ rolloutState: "COMPLETED", taskDefinition });
    expect(rolled.deployments).toHaveLength(1);
    expect(seen.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(seen.map(({ body }) => body))).toEqual(new Set(["v1", "v2"]));
    const stopped = await ecs.listTasks("rolling", "STOPPED");
    expect(stopped.map(({ stopCode }) => stopCode)).toEqual(["ServiceSchedulerInitiated", "ServiceSchedulerInitiated"]);
    expect(stopped[0]?.stoppedReason).toMatch(/^Scaling activity initiated by \(deployment ecs-svc\/\d{19}\)$/);
    await ecs.client.send(new DeleteServiceCommand({ cluster: CLUSTER, service: "rolling", force: true }));
  });
});

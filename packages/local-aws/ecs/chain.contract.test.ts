import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ECRClient } from "@aws-sdk/client-ecr";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestImage, pushTestImage } from "../ecr/testing-images.ts";
import { createTestBalancer } from "../elb/testing.ts";
import { type LocalAws, startLocalAws } from "../index.ts";
import { createClientSettings, TEST_ACCOUNT, TEST_CREDENTIALS, TEST_REGION, waitFor } from "../kernel/testing.ts";
import { AGENT } from "./testing-image.ts";

describe("a service from the registry behind a balancer", () => {
  let dir: string;
  let aws: LocalAws;
  let ecs: ECSClient;
  let image: string;
  let balancer: Awaited<ReturnType<typeof createTestBalancer>>;
  const seen: { status: number; body: string }[] = [];
  let isOver = false;
  let clients: Promise<void>[] = [];

  const register = async (environment: Record<string, string>): Promise<string> => {
    const { taskDefinition } = await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: "agent",
        cpu: "256",
        memory: "512",
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        containerDefinitions: [
          {
            name: "agent",
            image,
            stopTimeout: 5,
            portMappings: [{ containerPort: 8080 }],
            environment: Object.entries({ PID_FILE: path.join(dir, "pids"), ...environment }).map(([name, value]) => ({
              name,
              value,
            })),
          },
        ],
      }),
    );
    return taskDefinition?.taskDefinitionArn ?? "";
  };
  const describeService = async () =>
    (await ecs.send(new DescribeServicesCommand({ cluster: "agents", services: ["agent"] }))).services?.[0];
  const rolledTo = (taskDefinition: string) =>
    waitFor(async () => {
      const [primary] = (await describeService())?.deployments ?? [];
      return primary?.rolloutState === "COMPLETED" && primary.taskDefinition === taskDefinition;
    }, 30_000);
  const update = (taskDefinition: string) =>
    ecs.send(new UpdateServiceCommand({ cluster: "agents", service: "agent", taskDefinition }));

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "samla-chain-"));
    aws = await startLocalAws({
      dir: path.join(dir, "state"),
      port: 0,
      region: TEST_REGION,
      accountId: TEST_ACCOUNT,
      credentials: [TEST_CREDENTIALS],
      ...{ buckets: [], queues: [], tables: [], functions: [], eventSources: [], restApis: [], webSocketApis: [] },
      ...{ rules: [], schedules: [] },
      containers: { healthCheckTimeScale: 0.05 },
    });
    const settings = createClientSettings(aws.url);
    ecs = new ECSClient(settings);
    const digest = await pushTestImage(
      new ECRClient(settings),
      aws.url,
      "samla/test/agent",
      "v1",
      await createTestImage([{ "app/main.mjs": AGENT }], {
        config: { Entrypoint: [process.execPath, "/app/main.mjs"], WorkingDir: "/app" },
      }),
    );
    image = `${new URL(aws.url).host}/samla/test/agent@${digest}`;
    balancer = await createTestBalancer(new ElasticLoadBalancingV2Client(settings), "agent");
    await ecs.send(new CreateClusterCommand({ clusterName: "agents" }));
    const first = await register({ VERSION: "v1" });
    await ecs.send(
      new CreateServiceCommand({
        cluster: "agents",
        serviceName: "agent",
        taskDefinition: first,
        desiredCount: 2,
        networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } },
        loadBalancers: [{ containerName: "agent", containerPort: 8080, targetGroupArn: balancer.groupArn }],
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
      }),
    );
    await rolledTo(first);
    clients = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const answer = await fetch(`${balancer.address}/slow`).catch(() => undefined);
        seen.push({ status: answer?.status ?? 0, body: (await answer?.text().catch(() => "cut")) ?? "" });
      }
    });
  });
  afterAll(async () => {
    isOver = true;
    await Promise.all(clients);
    await aws.close();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  });

  it("loses no request when it rolls, when a bad release is taken back, and when a task is killed under load", async () => {
    const second = await register({ VERSION: "v2" });
    await update(second);
    await rolledTo(second);
    await waitFor(() => seen.some(({ body }) => body === "v2"));

    await update(await register({ VERSION: "v3", MODE: "exit" }));
    await waitFor(async () => (await describeService())?.taskDefinition !== second);
    await rolledTo(second);

    const pids = (await readFile(path.join(dir, "pids"), "utf8")).trim().split("\n").map(Number);
    const running = pids.filter((pid) => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    });
    expect(running).toHaveLength(2);
    const [victim = 0] = running;
    process.kill(victim, "SIGKILL");
    const before = seen.length;
    await waitFor(async () => {
      const service = await describeService();
      return (
        service?.runningCount === 2 && service.events?.[0]?.message?.includes("steady") && seen.length > before + 20
      );
    }, 30_000);

    expect(seen.length).toBeGreaterThan(40);
    expect(seen.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(seen.map(({ body }) => body))).toEqual(new Set(["v1", "v2"]));
  });
});

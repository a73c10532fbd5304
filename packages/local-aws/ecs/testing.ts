import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Service,
  type Task,
} from "@aws-sdk/client-ecs";
import type { EmitEvent } from "../kernel/container-ports.ts";
import { listenFront } from "../kernel/server.ts";
import { createClientSettings, TEST_ACCOUNT, TEST_CREDENTIALS, TEST_REGION, waitFor } from "../kernel/testing.ts";
import { LogStore } from "../logs/store.ts";
import { createEcs, type EcsOptions } from "./index.ts";
import { createFolderImages, makeTestImage } from "./testing-image.ts";
import { createTestDiscovery, createTestMetrics, createTestSecrets, createTestTargets } from "./testing-ports.ts";

export const CLUSTER = "test";
export const GROUP_ARN = `arn:aws:elasticloadbalancing:${TEST_REGION}:${TEST_ACCOUNT}:targetgroup/agents/1`;
export const SECRET_ARN = `arn:aws:secretsmanager:${TEST_REGION}:${TEST_ACCOUNT}:secret:held-abcdef`;

export type EmittedEvent = Parameters<EmitEvent>[0] & { detail: Record<string, unknown> };
export type TestEcs = Awaited<ReturnType<typeof startTestEcs>>;

/** ECS on a free port with everything around it in memory, and seconds of 100 ms. Without `dir`, a temporary folder. */
export async function startTestEcs(options: { dir?: string; healthPath?: string } & Partial<EcsOptions> = {}) {
  const { dir: given, healthPath, ...more } = options;
  const dir = given ?? (await mkdtemp(path.join(tmpdir(), "samla-ecs-")));
  await makeTestImage(path.join(dir, "images", "agent"));
  const front = await listenFront({ port: 0, credentials: [TEST_CREDENTIALS] });
  const logs = new LogStore(path.join(dir, "logs.sqlite"));
  const targets = createTestTargets(healthPath === undefined ? {} : { path: healthPath });
  const discovery = createTestDiscovery();
  const metrics = createTestMetrics();
  const images = createFolderImages(path.join(dir, "images"));
  const events: EmittedEvent[] = [];
  const ecs = createEcs({
    dir,
    identity: { region: TEST_REGION, accountId: TEST_ACCOUNT },
    publicUrl: front.url,
    images,
    targets,
    discovery,
    metrics,
    secrets: createTestSecrets({ [SECRET_ARN]: "held-value" }),
    logs,
    emit: (event) => void events.push(structuredClone(event) as EmittedEvent),
    credentials: TEST_CREDENTIALS,
    secondMs: 100,
    metricsSampleMs: 200,
    ...more,
  });
  front.addService(ecs.service);
  front.addDoor(ecs.door);
  front.markReady();
  const client = new ECSClient(createClientSettings(front.url));
  await client.send(new CreateClusterCommand({ clusterName: CLUSTER }));

  const describeService = async (service: string): Promise<Service> => {
    const { services } = await client.send(new DescribeServicesCommand({ cluster: CLUSTER, services: [service] }));
    const [found] = services ?? [];
    if (!found) throw new Error(`There is no service ${service}.`);
    return found;
  };
  const listTasks = async (serviceName: string, desiredStatus: "RUNNING" | "STOPPED" = "RUNNING"): Promise<Task[]> => {
    const { taskArns = [] } = await client.send(new ListTasksCommand({ cluster: CLUSTER, serviceName, desiredStatus }));
    if (taskArns.length === 0) return [];
    const { tasks } = await client.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }));
    return tasks ?? [];
  };
  return {
    dir,
    url: front.url,
    client,
    ecs,
    logs,
    targets,
    discovery,
    metrics,
    events,
    describeService,
    listTasks,
    /** Registers a revision of the tests' agent; returns its ARN. */
    async register(
      family: string,
      environment: Record<string, string> = {},
      container: Partial<NonNullable<RegisterTaskDefinitionCommandInput["containerDefinitions"]>[number]> = {},
    ): Promise<string> {
      const { taskDefinition } = await client.send(
        new RegisterTaskDefinitionCommand({
          family,
          requiresCompatibilities: ["FARGATE"],
          networkMode: "awsvpc",
          cpu: "256",
          memory: "512",
          containerDefinitions: [
            {
              name: "agent",
              image: "registry/agent:v1",
              essential: true,
              stopTimeout: 2,
              portMappings: [{ containerPort: 8080 }],
              environment: Object.entries({ PORT: "8080", ...environment }).map(([name, value]) => ({ name, value })),
              logConfiguration: {
                logDriver: "awslogs",
                options: { "awslogs-group": `/test/${family}`, "awslogs-stream-prefix": "agent" },
              },
              ...container,
            },
          ],
        }),
      );
      return taskDefinition?.taskDefinitionArn ?? "";
    },
    async createService(serviceName: string, settings: Partial<CreateServiceCommandInput> = {}): Promise<void> {
      await client.send(
        new CreateServiceCommand({
          cluster: CLUSTER,
          serviceName,
          taskDefinition: serviceName,
          launchType: "FARGATE",
          networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } },
          deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
          ...settings,
        }),
      );
    },
    /** Waits until the newest deployment has ended, and returns the service. */
    waitRolled: (service: string, timeoutMs = 20_000): Promise<Service> =>
      waitFor(async () => {
        const found = await describeService(service);
        return found.deployments?.[0]?.rolloutState === "IN_PROGRESS" ? undefined : found;
      }, timeoutMs),
    lines(group: string): string[] {
      logs.flush();
      return logs.db
        .all<{ message: string }>(
          "SELECT message FROM log_events e JOIN log_groups g ON g.id = e.group_id WHERE g.name = ? ORDER BY e.id",
          group,
        )
        .map(({ message }) => message);
    },
    async close(): Promise<void> {
      client.destroy();
      targets.close();
      await front.close();
      await ecs.service.close();
      logs.close();
      if (!given) await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export const HEALTH_CHECK = {
  command: [
    "CMD-SHELL",
    `node -e "fetch('http://127.0.0.1:8080/health').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"`,
  ],
  interval: 5,
  timeout: 5,
  retries: 2,
  startPeriod: 10,
};
export const LOAD_BALANCERS = [{ containerName: "agent", containerPort: 8080, targetGroupArn: GROUP_ARN }];

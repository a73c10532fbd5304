import { readFileSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  DetectStackDriftCommand,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { ECRClient } from "@aws-sdk/client-ecr";
import { CreateClusterCommand, DescribeServicesCommand, ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  CreatePrivateDnsNamespaceCommand,
  ListNamespacesCommand,
  ServiceDiscoveryClient,
} from "@aws-sdk/client-servicediscovery";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestImage, pushTestImage } from "../ecr/testing-images.ts";
import { AGENT } from "../ecs/testing-image.ts";
import { createTestBalancer } from "../elb/testing.ts";
import { type LocalAws, startLocalAws } from "../index.ts";
import { createClientSettings, TEST_ACCOUNT, TEST_CREDENTIALS, TEST_REGION, waitFor } from "../kernel/testing.ts";
import { changeStack, isSettled, planChange, readEvents, waitForStack } from "./testing.ts";

const StackName = "samla-test-agent-echo";
const serviceName = "samla-test-echo";
const TemplateBody = readFileSync(new URL("../../../agents/agent.template.yaml", import.meta.url), "utf8");
/** The health check of the template runs `node` of the image. */
const node = `#!/bin/sh\nexec ${process.execPath} "$@"\n`;
const releaseId = (n: number): string => `rel_${String(n).padStart(26, "0")}`;

describe("the stack of an agent, from its real template", { timeout: 60_000 }, () => {
  let dir: string;
  let aws: LocalAws;
  let stacks: CloudFormationClient;
  let ecs: ECSClient;
  let balancers: ElasticLoadBalancingV2Client;
  let logs: CloudWatchLogsClient;
  let balancer: Awaited<ReturnType<typeof createTestBalancer>>;
  const digests: Record<string, string> = {};
  let shared: Record<string, string>;

  const input = (n: number, version: string) => ({
    StackName,
    TemplateBody,
    Parameters: Object.entries({ ...shared, ReleaseId: releaseId(n), ImageDigest: digests[version] ?? "" }).map(
      ([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }),
    ),
  });
  const describeService = async () => {
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster: "agents", services: [serviceName] }));
    return services?.[0];
  };
  const resource = async (logicalId: string): Promise<string> => {
    const { StackResources } = await stacks.send(new DescribeStackResourcesCommand({ StackName }));
    return StackResources?.find((row) => row.LogicalResourceId === logicalId)?.PhysicalResourceId ?? "";
  };
  const ask = async (): Promise<string> => (await fetch(balancer.address.replace(/agents$/, "echo/version"))).text();

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "samla-stack-"));
    // Tasks run as the image's user, who must be able to read it.
    await chmod(dir, 0o755);
    aws = await startLocalAws({
      dir,
      port: 0,
      region: TEST_REGION,
      accountId: TEST_ACCOUNT,
      credentials: [TEST_CREDENTIALS],
      ...{ buckets: [], queues: [], tables: [], functions: [], eventSources: [], restApis: [], webSocketApis: [] },
      ...{ rules: [], schedules: [] },
      containers: { healthCheckTimeScale: 0.05 },
    });
    const settings = createClientSettings(aws.url);
    stacks = new CloudFormationClient(settings);
    ecs = new ECSClient(settings);
    balancers = new ElasticLoadBalancingV2Client(settings);
    logs = new CloudWatchLogsClient(settings);
    for (const [version, mode] of [
      ["one", ""],
      ["two", ""],
      ["bad", "exit"],
    ] as const)
      digests[version] = await pushTestImage(
        new ECRClient(settings),
        aws.url,
        "samla/test/echo",
        version,
        await createTestImage([{ "app/main.mjs": AGENT, "usr/local/bin/node": node }], {
          config: {
            Entrypoint: ["/usr/local/bin/node", "/app/main.mjs"],
            WorkingDir: "/app",
            Env: [`VERSION=${version}`, `MODE=${mode}`],
          },
        }),
      );
    balancer = await createTestBalancer(balancers, "agents");
    await ecs.send(new CreateClusterCommand({ clusterName: "agents" }));
    const discovery = new ServiceDiscoveryClient(settings);
    await discovery.send(new CreatePrivateDnsNamespaceCommand({ Name: "samla.test", Vpc: "vpc-0123456789abcdef0" }));
    const NamespaceId = await waitFor(
      async () => (await discovery.send(new ListNamespacesCommand({}))).Namespaces?.[0]?.Id,
    );
    const role = (name: string): string => `arn:aws:iam::${TEST_ACCOUNT}:role/${name}`;
    shared = {
      AgentName: "echo",
      Stage: "test",
      RepositoryPrefix: `${new URL(aws.url).host}/samla/test`,
      ClusterName: "agents",
      VpcId: "vpc-0123456789abcdef0",
      SubnetIds: "subnet-0123456789abcdef0,subnet-0123456789abcdef1",
      SecurityGroupId: "sg-0123456789abcdef0",
      NamespaceId,
      ListenerArn: balancer.listenerArn,
      BalancerName: balancer.balancerArn.slice(balancer.balancerArn.indexOf("app/")),
      ExecutionRoleArn: role("execution"),
      TaskRoleArn: role("task"),
      ApiUrl: "http://127.0.0.1:1/v1",
      RulePriority: "20",
      Cpu: "256",
      Memory: "512",
    };
  });
  afterAll(async () => {
    await aws.close();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  });

  it("comes up by a change set: running, healthy, balanced", async () => {
    expect(await changeStack(stacks, { ...input(1, "one"), ChangeSetType: "CREATE" }, 30_000)).toBe("CREATE_COMPLETE");
    expect(await describeService()).toMatchObject({ runningCount: 1, desiredCount: 1, status: "ACTIVE" });
    const TargetGroupArn = await resource("Targets");
    const { TargetHealthDescriptions } = await balancers.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
    const states = TargetHealthDescriptions?.map((target: TargetHealthDescription) => target.TargetHealth?.State);
    expect(states).toEqual(["healthy"]);
    expect(await ask()).toBe("one");
    const { Stacks } = await stacks.send(new DescribeStacksCommand({ StackName }));
    expect(Stacks?.[0]?.Outputs).toContainEqual({ OutputKey: "ServiceName", OutputValue: serviceName });
  });

  it("a new image replaces the task definition and rolls the service in place", async () => {
    const set = await planChange(stacks, input(2, "two"));
    const changes = set.Changes?.map(({ ResourceChange: change }) => [change?.LogicalResourceId, change?.Replacement]);
    expect(changes).toEqual(
      expect.arrayContaining([
        ["Task", "True"],
        ["Service", "False"],
      ]),
    );
    expect(await changeStack(stacks, input(2, "two"), 30_000)).toBe("UPDATE_COMPLETE");
    expect(await ask()).toBe("two");
  });

  it("a release whose task ends is taken back, and the events say why", async () => {
    const before = await resource("Task");
    expect(await changeStack(stacks, input(3, "bad"), 45_000)).toBe("UPDATE_ROLLBACK_COMPLETE");
    const events = await readEvents(stacks, StackName);
    expect(events.find((event) => event.startsWith("Service UPDATE_FAILED"))).toMatch(
      /^Service UPDATE_FAILED Resource handler returned message: "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'\." \(RequestToken: [0-9a-f-]+, HandlerErrorCode: GeneralServiceException\)$/,
    );
    expect(events).toContain(
      `${StackName} UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [Service].`,
    );
    expect(await resource("Task")).toBe(before);
    expect((await describeService())?.taskDefinition).toBe(before);
    expect(await ask()).toBe("two");
  });

  it("finds what someone changed by hand, and nothing else", async () => {
    const detect = async () => {
      const { StackDriftDetectionId } = await stacks.send(new DetectStackDriftCommand({ StackName }));
      return waitFor(async () => {
        const now = await stacks.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }));
        return now.DetectionStatus === "DETECTION_IN_PROGRESS" ? undefined : now;
      });
    };
    const clean = await detect();
    const read = async () =>
      (await stacks.send(new DescribeStackResourceDriftsCommand({ StackName }))).StackResourceDrifts;
    const differing = async () =>
      (await read())?.flatMap((row) =>
        (row.PropertyDifferences ?? []).map((one) => [
          row.LogicalResourceId,
          one.PropertyPath,
          one.ExpectedValue,
          one.ActualValue,
        ]),
      );
    expect(await differing()).toEqual([]);
    expect(clean).toMatchObject({ DetectionStatus: "DETECTION_COMPLETE", StackDriftStatus: "IN_SYNC" });
    await ecs.send(
      new UpdateServiceCommand({ cluster: "agents", service: serviceName, healthCheckGracePeriodSeconds: 61 }),
    );
    expect(await detect()).toMatchObject({ StackDriftStatus: "DRIFTED", DriftedStackResourceCount: 1 });
    expect(await differing()).toEqual([["Service", "/HealthCheckGracePeriodSeconds", "60", "61"]]);
  });

  it("goes as a whole, but for its log", async () => {
    const { Stacks } = await stacks.send(new DescribeStacksCommand({ StackName }));
    await stacks.send(new DeleteStackCommand({ StackName }));
    expect(await waitForStack(stacks, Stacks?.[0]?.StackId ?? "", isSettled, 30_000)).toBe("DELETE_COMPLETE");
    expect((await describeService())?.status).toBe("INACTIVE");
    const { logGroups } = await logs.send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: "/samla/test/agents/echo" }),
    );
    expect(logGroups).toHaveLength(1);
  });
});

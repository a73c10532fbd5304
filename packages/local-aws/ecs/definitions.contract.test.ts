import {
  ClientException,
  ClusterContainsServicesException,
  ClusterNotFoundException,
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ExecuteCommandCommand,
  InvalidParameterException,
  ListServiceDeploymentsCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  ServiceNotFoundException,
  StopServiceDeploymentCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "../kernel/testing.ts";
import { CLUSTER, HEALTH_CHECK, startTestEcs, type TestEcs } from "./testing.ts";

describe("clusters, task definitions and what is read of services", () => {
  let ecs: TestEcs;
  beforeAll(async () => {
    ecs = await startTestEcs();
  });
  afterAll(() => ecs.close());

  const registerWith = (settings: Partial<RegisterTaskDefinitionCommandInput>) =>
    ecs.client.send(
      new RegisterTaskDefinitionCommand({
        family: "checked",
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        cpu: "256",
        memory: "512",
        containerDefinitions: [{ name: "a", image: "registry/agent:v1" }],
        ...settings,
      }),
    );

  it("takes the sizes Fargate takes, in units or in words, and refuses every other pair by ECS's words", async () => {
    expect((await registerWith({ cpu: ".5 vCPU", memory: "1 GB" })).taskDefinition).toMatchObject({ cpu: ".5 vCPU" });
    for (const [cpu, memory] of [
      ["256", "4096"],
      ["512", "512"],
      ["1024", "9216"],
      ["300", "512"],
    ]) {
      const refused = registerWith({ cpu, memory });
      await expect(refused).rejects.toThrow(ClientException);
      await expect(refused).rejects.toThrow(`No Fargate configuration exists for given values: ${cpu} CPU, ${memory}`);
    }
    await expect(registerWith({ containerDefinitions: [{ name: "a", image: "x", essential: false }] })).rejects.toThrow(
      "At least one container definition must be marked as essential",
    );
  });

  it("answers options it does not hold with 501 and their names", async () => {
    const dependsOn = [{ containerName: "a", condition: "START" as const }];
    await expect(registerWith({ containerDefinitions: [{ name: "a", image: "x", dependsOn }] })).rejects.toMatchObject({
      message: expect.stringContaining("dependsOn"),
      $metadata: { httpStatusCode: 501 },
    });
    await expect(registerWith({ ipcMode: "task" })).rejects.toMatchObject({
      message: expect.stringContaining("ipcMode"),
    });
    await expect(
      ecs.client.send(new ExecuteCommandCommand({ task: "x", command: "sh", interactive: true })),
    ).rejects.toMatchObject({ message: expect.stringContaining("ExecuteCommand") });
  });

  it("numbers revisions, finds the newest active one, and does not start from one that was taken back", async () => {
    const first = await ecs.register("numbered");
    const second = await ecs.register("numbered");
    expect([first, second].map((arn) => arn.split("/")[1])).toEqual(["numbered:1", "numbered:2"]);
    await ecs.client.send(new DeregisterTaskDefinitionCommand({ taskDefinition: second }));
    const { taskDefinition } = await ecs.client.send(new DescribeTaskDefinitionCommand({ taskDefinition: "numbered" }));
    expect(taskDefinition).toMatchObject({ taskDefinitionArn: first, status: "ACTIVE", cpu: "256", memory: "512" });
    expect(taskDefinition?.registeredAt).toBeInstanceOf(Date);
    const listed = await ecs.client.send(
      new ListTaskDefinitionsCommand({ familyPrefix: "numbered", status: "INACTIVE" }),
    );
    expect(listed.taskDefinitionArns).toEqual([second]);
    await expect(ecs.createService("numbered", { taskDefinition: second })).rejects.toThrow(
      "TaskDefinition is inactive",
    );
    await expect(ecs.client.send(new DescribeTaskDefinitionCommand({ taskDefinition: "nobody" }))).rejects.toThrow(
      ClientException,
    );
  });

  it("refuses clusters and services that are not there, and keeps a cluster with services", async () => {
    await expect(ecs.client.send(new ListTasksCommand({ cluster: "none" }))).rejects.toThrow(ClusterNotFoundException);
    await expect(
      ecs.client.send(new UpdateServiceCommand({ cluster: CLUSTER, service: "none", desiredCount: 1 })),
    ).rejects.toThrow(ServiceNotFoundException);
    const { failures } = await ecs.client.send(new DescribeServicesCommand({ cluster: CLUSTER, services: ["none"] }));
    expect(failures).toMatchObject([{ reason: "MISSING" }]);
    await ecs.client.send(new CreateClusterCommand({ clusterName: "other", tags: [{ key: "a", value: "b" }] }));
    await ecs.register("held");
    await ecs.client.send(
      new CreateServiceCommand({
        cluster: "other",
        serviceName: "held",
        taskDefinition: "held",
        desiredCount: 0,
        networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } },
      }),
    );
    await expect(ecs.client.send(new DeleteClusterCommand({ cluster: "other" }))).rejects.toThrow(
      ClusterContainsServicesException,
    );
    const { clusters } = await ecs.client.send(new DescribeClustersCommand({ clusters: ["other"] }));
    expect(clusters?.[0]).toMatchObject({ activeServicesCount: 1, status: "ACTIVE", tags: [{ key: "a", value: "b" }] });
    await expect(
      ecs.createService("held", {
        loadBalancers: [
          {
            targetGroupArn: "arn:aws:elasticloadbalancing:x:1:targetgroup/a/1",
            containerName: "agent",
            containerPort: 9,
          },
        ],
      }),
    ).rejects.toThrow(InvalidParameterException);
  });

  it("tags services and hands their tags to tasks when told to", async () => {
    await ecs.register("tagged");
    await ecs.createService("tagged", {
      propagateTags: "SERVICE",
      enableECSManagedTags: true,
      tags: [{ key: "release", value: "rel_1" }],
    });
    const { serviceArn: resourceArn } = await ecs.describeService("tagged");
    const [task] = await waitFor(async () => {
      const tasks = await ecs.listTasks("tagged");
      return tasks.length > 0 ? tasks : undefined;
    });
    const { tags } = await ecs.client.send(new ListTagsForResourceCommand({ resourceArn: task?.taskArn }));
    expect(tags).toEqual(
      expect.arrayContaining([
        { key: "release", value: "rel_1" },
        { key: "aws:ecs:serviceName", value: "tagged" },
      ]),
    );
    await ecs.client.send(new TagResourceCommand({ resourceArn, tags: [{ key: "more", value: "1" }] }));
    await ecs.client.send(new UntagResourceCommand({ resourceArn, tagKeys: ["release"] }));
    expect((await ecs.client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual([
      { key: "more", value: "1" },
    ]);
  });

  it("stops a release by going back to the last completed revision, whose image digests it knows", async () => {
    const good = await ecs.register("stopped");
    await ecs.createService("stopped", { desiredCount: 1 });
    await ecs.waitRolled("stopped");
    const slow = await ecs.register("stopped", { START_MS: "60000" }, { healthCheck: HEALTH_CHECK });
    const { service } = await ecs.client.send(
      new UpdateServiceCommand({ cluster: CLUSTER, service: "stopped", taskDefinition: slow }),
    );
    const serviceDeploymentArn = service?.currentServiceDeployment;
    await ecs.client.send(new StopServiceDeploymentCommand({ serviceDeploymentArn }));
    const rolled = await waitFor(async () => {
      const found = await ecs.describeService("stopped");
      return found.deployments?.[0]?.rolloutState === "COMPLETED" ? found : undefined;
    });
    expect(rolled.taskDefinition).toBe(good);
    const { serviceDeployments } = await ecs.client.send(
      new ListServiceDeploymentsCommand({ cluster: CLUSTER, service: "stopped" }),
    );
    expect(serviceDeployments?.map(({ status }) => status)).toEqual(["ROLLBACK_SUCCESSFUL", "SUCCESSFUL"]);
    const { serviceRevisions } = await ecs.client.send(
      new DescribeServiceRevisionsCommand({
        serviceRevisionArns: [serviceDeployments?.[1]?.targetServiceRevisionArn ?? ""],
      }),
    );
    expect(serviceRevisions?.[0]).toMatchObject({
      taskDefinition: good,
      containerImages: [{ containerName: "agent", imageDigest: `sha256:${"a".repeat(64)}` }],
    });
    await expect(ecs.client.send(new StopServiceDeploymentCommand({ serviceDeploymentArn }))).rejects.toThrow();
  });
});

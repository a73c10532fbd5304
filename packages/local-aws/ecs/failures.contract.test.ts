import {
  type CreateServiceCommandInput,
  DeleteServiceCommand,
  DescribeServiceDeploymentsCommand,
  ListServiceDeploymentsCommand,
  type Task,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "../kernel/testing.ts";
import { CLUSTER, GROUP_ARN, HEALTH_CHECK, LOAD_BALANCERS, startTestEcs, type TestEcs } from "./testing.ts";

describe("releases that go wrong", () => {
  let ecs: TestEcs;
  beforeAll(async () => {
    ecs = await startTestEcs();
  });
  afterAll(() => ecs.close());

  const update = (service: string, taskDefinition: string) =>
    ecs.client.send(new UpdateServiceCommand({ cluster: CLUSTER, service, taskDefinition }));
  const remove = (service: string) =>
    ecs.client.send(new DeleteServiceCommand({ cluster: CLUSTER, service, force: true }));
  const newestDeployment = async (service: string) => {
    const { serviceDeployments } = await ecs.client.send(
      new ListServiceDeploymentsCommand({ cluster: CLUSTER, service }),
    );
    const serviceDeploymentArns = [serviceDeployments?.[0]?.serviceDeploymentArn ?? ""];
    const found = await ecs.client.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }));
    return found.serviceDeployments?.[0];
  };
  /** A first release that never works; returns its first stopped task. */
  const failFirst = async (
    name: string,
    environment: Record<string, string>,
    container: Parameters<TestEcs["register"]>[2],
    settings: Partial<CreateServiceCommandInput> = {},
  ): Promise<Task | undefined> => {
    await ecs.register(name, environment, container);
    await ecs.createService(name, { desiredCount: 1, ...settings });
    const stopped = await waitFor(async () => {
      const tasks = (await ecs.listTasks(name, "STOPPED")).filter(({ lastStatus }) => lastStatus === "STOPPED");
      return tasks.length > 0 ? tasks : undefined;
    }, 20_000);
    await remove(name);
    return stopped[0];
  };

  it("takes a release back by the breaker when its tasks exit, and the old tasks serve all the while", async () => {
    const good = await ecs.register("breaker", { VERSION: "v1" });
    await ecs.createService("breaker", { desiredCount: 2, loadBalancers: LOAD_BALANCERS });
    const before = (await ecs.waitRolled("breaker")) && (await ecs.listTasks("breaker"));
    const bad = await ecs.register("breaker", { MODE: "exit" });
    await update("breaker", bad);
    const failing = await waitFor(async () => {
      const [primary, ...older] = (await ecs.describeService("breaker")).deployments ?? [];
      return primary?.taskDefinition === good && older.length >= 0 ? primary : undefined;
    }, 20_000);
    expect(failing.rolloutStateReason).toMatch(
      /^ECS deployment circuit breaker: rolling back to deploymentId ecs-svc\/\d{19}\.$|completed\.$/,
    );
    const rolled = await ecs.waitRolled("breaker");
    expect(rolled).toMatchObject({ taskDefinition: good, runningCount: 2 });
    expect(rolled.deployments).toHaveLength(1);
    expect((await ecs.listTasks("breaker")).map(({ taskArn }) => taskArn).sort()).toEqual(
      before.map(({ taskArn }) => taskArn).sort(),
    );
    expect(await newestDeployment("breaker")).toMatchObject({
      status: "ROLLBACK_SUCCESSFUL",
      statusReason: "Service deployment rolled back because the circuit breaker threshold was exceeded.",
      deploymentCircuitBreaker: { status: "TRIGGERED", failureCount: 3, threshold: 3 },
      rollback: { serviceRevisionArn: expect.stringContaining(":service-revision/test/breaker/") },
    });
    const [failed] = (await ecs.listTasks("breaker", "STOPPED")).filter((one) => one.taskDefinitionArn === bad);
    expect(failed).toMatchObject({
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      containers: [{ exitCode: 64, lastStatus: "STOPPED" }],
    });
    expect(rolled.events?.map(({ message }) => message).join("\n")).toContain(
      "deployment failed: tasks failed to start",
    );
    expect(ecs.lines("/test/breaker")).toContain("fatal: cannot go on");
    await remove("breaker");
  });

  it("says so when there is nothing to roll back to", async () => {
    await ecs.register("first", { MODE: "exit", EXIT_CODE: "3" });
    await ecs.createService("first", { desiredCount: 1 });
    const service = await ecs.waitRolled("first");
    expect(service.deployments?.[0]).toMatchObject({
      rolloutState: "FAILED",
      rolloutStateReason: "ECS deployment circuit breaker: tasks failed to start.",
      failedTasks: 3,
    });
    const found = await newestDeployment("first");
    expect(found?.status).toBe("ROLLBACK_FAILED");
    expect(found?.statusReason).toContain("No rollback candidate was found");
    await remove("first");
  });

  it("names a missing image, a missing secret and a missing program as ECS does", async () => {
    const image = await failFirst("no-image", {}, { image: "registry/nothing@sha256:00" });
    expect(image).toMatchObject({
      stopCode: "TaskFailedToStart",
      stoppedReason: expect.stringMatching(/^CannotPullContainerError: .*registry\/nothing@sha256:00: not found$/),
    });
    const valueFrom = "arn:aws:secretsmanager:eu-north-1:000000000000:secret:absent-abcdef";
    const secret = await failFirst("no-secret", {}, { secrets: [{ name: "CLIENT_SECRET", valueFrom }] });
    expect(secret?.stopCode).toBe("TaskFailedToStart");
    expect(secret?.stoppedReason).toMatch(
      /^ResourceInitializationError: unable to pull secrets or registry auth: .*absent-abcdef.*ResourceNotFoundException/,
    );
    const program = await failFirst("no-program", {}, { entryPoint: ["/app/none"] });
    expect(program?.stoppedReason).toMatch(
      /^CannotStartContainerError: .*exec: "\/app\/none": stat \/app\/none: no such/,
    );
  });

  it("fails a task that listens on another port, and one whose balancer gets errors", async () => {
    const port = await failFirst("port", { PORT: "9999" }, { healthCheck: HEALTH_CHECK });
    expect(port).toMatchObject({
      stopCode: "ServiceSchedulerInitiated",
      stoppedReason: "Task failed container health checks",
      healthStatus: "UNHEALTHY",
    });
    expect(ecs.lines("/test/port")).toContain("listening on 9999");
    const unwell = await failFirst("unwell", { MODE: "unwell" }, {}, { loadBalancers: LOAD_BALANCERS });
    expect(unwell?.stoppedReason).toBe(`Task failed ELB health checks in (target-group ${GROUP_ARN})`);
  });

  it("replaces a running task that turned unhealthy", async () => {
    await ecs.register("sick", { VERSION: "v1" });
    await ecs.createService("sick", { desiredCount: 1, loadBalancers: LOAD_BALANCERS });
    await ecs.waitRolled("sick");
    const [before] = await ecs.listTasks("sick");
    await ecs.targets.request(GROUP_ARN, "/sicken");
    const after = await waitFor(async () => {
      const [task] = await ecs.listTasks("sick");
      return task && task.taskArn !== before?.taskArn && task.lastStatus === "RUNNING" ? task : undefined;
    });
    expect(after.startedBy).toBe(before?.startedBy);
    const { events } = await ecs.describeService("sick");
    expect(events?.map(({ message }) => message).join("\n")).toMatch(
      /\(task \w+\) \(port 8080\) is unhealthy in \(target-group .*\) due to \(reason Health checks failed with these codes: \[500\]\)/,
    );
    await remove("sick");
  });

  it("rolls back when an alarm goes off during the release, not for one that was on before", async () => {
    ecs.metrics.alarms.set("was-on", "ALARM");
    const good = await ecs.register("alarmed", { VERSION: "v1" });
    const alarms = { alarmNames: ["was-on", "faults"], enable: true, rollback: true };
    await ecs.createService("alarmed", { desiredCount: 1, deploymentConfiguration: { alarms } });
    await ecs.waitRolled("alarmed");
    await update(
      "alarmed",
      await ecs.register("alarmed", { VERSION: "v2", START_MS: "60000" }, { healthCheck: HEALTH_CHECK }),
    );
    ecs.metrics.alarms.set("faults", "ALARM");
    const rolled = await waitFor(async () => {
      const service = await ecs.describeService("alarmed");
      return service.taskDefinition === good && service.deployments?.[0]?.rolloutState === "COMPLETED"
        ? service
        : undefined;
    });
    expect(rolled.runningCount).toBeGreaterThanOrEqual(1);
    expect(await newestDeployment("alarmed")).toMatchObject({
      status: "ROLLBACK_SUCCESSFUL",
      alarms: { status: "TRIGGERED", triggeredAlarmNames: ["faults"] },
    });
    await remove("alarmed");
  });

  it("tells EventBridge of tasks, deployments and services in AWS's shapes", async () => {
    const of = (detailType: string) => ecs.events.filter((event) => event.detailType === detailType);
    const deployments = of("ECS Deployment State Change").map(({ detail }) => detail.eventName);
    expect(new Set(deployments)).toEqual(
      new Set(["SERVICE_DEPLOYMENT_IN_PROGRESS", "SERVICE_DEPLOYMENT_COMPLETED", "SERVICE_DEPLOYMENT_FAILED"]),
    );
    expect(of("ECS Service Action").map(({ detail }) => detail.eventName)).toEqual(
      expect.arrayContaining(["SERVICE_STEADY_STATE", "SERVICE_TASK_START_IMPAIRED"]),
    );
    const stopped = of("ECS Task State Change").find(
      ({ detail }) => detail.stopCode === "EssentialContainerExited" && detail.lastStatus === "STOPPED",
    );
    expect(stopped).toMatchObject({
      source: "aws.ecs",
      resources: [stopped?.detail.taskArn],
      detail: {
        clusterArn: expect.stringContaining(":cluster/test"),
        desiredStatus: "STOPPED",
        launchType: "FARGATE",
        stoppedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        containers: [expect.objectContaining({ name: "agent", exitCode: 64 })],
        version: expect.any(Number),
      },
    });
    const states = of("ECS Task State Change")
      .filter(({ detail }) => detail.taskArn === stopped?.detail.taskArn)
      .map(({ detail }) => detail.lastStatus);
    expect(states).toEqual(expect.arrayContaining(["PROVISIONING", "PENDING", "RUNNING", "DEPROVISIONING", "STOPPED"]));
    const versions = of("ECS Task State Change").map(({ detail }) => `${detail.taskArn}${detail.version}`);
    expect(new Set(versions).size).toBe(versions.length);
  });
});

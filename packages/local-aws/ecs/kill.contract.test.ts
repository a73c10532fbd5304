import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClientSettings, waitFor } from "../kernel/testing.ts";
import { CLUSTER } from "./testing.ts";

const script = path.join(import.meta.dirname, "testing-kill.ts");

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe.skipIf(process.platform === "win32")("kill -9 of the stand-in while a release rolls", () => {
  let dir: string;
  let child: ChildProcess | undefined;
  let ecs: ECSClient;

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "samla-ecs-kill-"));
  });
  afterAll(async () => {
    child?.kill("SIGKILL");
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  });

  const start = async (): Promise<void> => {
    const started = spawn(process.execPath, [script, dir], { stdio: ["ignore", "pipe", "inherit"] });
    child = started;
    let output = "";
    for await (const chunk of started.stdout) {
      output += String(chunk);
      const url = /ready (\S+)/.exec(output)?.[1];
      if (!url) continue;
      ecs = new ECSClient(createClientSettings(url));
      return;
    }
    throw new Error(`The child ended before it was ready: ${output}`);
  };
  const kill = async (): Promise<void> => {
    const gone = child && once(child, "exit");
    child?.kill("SIGKILL");
    await gone;
  };
  const pidFile = (): string => path.join(dir, "pids");
  const readPids = async (): Promise<number[]> =>
    (await readFile(pidFile(), "utf8").catch(() => "")).split("\n").filter(Boolean).map(Number);
  const register = async (environment: Record<string, string>): Promise<string> => {
    const { taskDefinition } = await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: "kept",
        cpu: "256",
        memory: "512",
        networkMode: "awsvpc",
        containerDefinitions: [
          {
            name: "agent",
            image: "registry/agent:v1",
            stopTimeout: 1,
            portMappings: [{ containerPort: 8080 }],
            environment: Object.entries({ PID_FILE: pidFile(), ...environment }).map(([name, value]) => ({
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
    (await ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: ["kept"] }))).services?.[0];
  const rolledTo = (taskDefinition: string) =>
    waitFor(async () => {
      const service = await describeService();
      const [primary] = service?.deployments ?? [];
      return primary?.taskDefinition === taskDefinition && primary.rolloutState === "COMPLETED" ? service : undefined;
    }, 30_000);
  const newestStatus = async () =>
    (await ecs.send(new ListServiceDeploymentsCommand({ cluster: CLUSTER, service: "kept" }))).serviceDeployments?.[0]
      ?.status;

  it("leaves no process behind, goes on with the release and ends it truthfully, good or bad", async () => {
    await start();
    const first = await register({ VERSION: "v1", MODE: "fork" });
    await ecs.send(
      new CreateServiceCommand({
        cluster: CLUSTER,
        serviceName: "kept",
        taskDefinition: first,
        desiredCount: 2,
        networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } },
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
      }),
    );
    await rolledTo(first);
    const second = await register({ VERSION: "v2" });
    await ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: "kept", taskDefinition: second }));
    // Six processes of the first revision: two tasks, each with the two it forked.
    await waitFor(async () => (await readPids()).length > 6);
    expect((await describeService())?.deployments?.[0]?.rolloutState).toBe("IN_PROGRESS");
    await kill();
    // Nobody is there to look for them: they end by themselves, those in sessions of their own too.
    for (const pid of await readPids()) await waitFor(() => !isAlive(pid));

    await start();
    const service = await rolledTo(second);
    expect(service).toMatchObject({ runningCount: 2 });
    expect(await newestStatus()).toBe("SUCCESSFUL");
    const { taskArns = [] } = await ecs.send(
      new ListTasksCommand({ cluster: CLUSTER, serviceName: "kept", desiredStatus: "STOPPED" }),
    );
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }));
    expect(new Set(tasks?.map(({ lastStatus }) => lastStatus))).toEqual(new Set(["STOPPED"]));
    expect(tasks?.map(({ stopCode }) => stopCode)).toContain("TerminationNotice");

    const bad = await register({ MODE: "exit" });
    await ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: "kept", taskDefinition: bad }));
    await waitFor(async () => ((await describeService())?.deployments?.[0]?.failedTasks ?? 0) > 0);
    await kill();
    await start();
    expect(await rolledTo(second)).toMatchObject({ runningCount: 2 });
    expect(await newestStatus()).toBe("ROLLBACK_SUCCESSFUL");
    const last = await readPids();
    await kill();
    for (const pid of last) await waitFor(() => !isAlive(pid));
  });
});

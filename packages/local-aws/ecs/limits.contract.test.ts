import { readFile } from "node:fs/promises";
import path from "node:path";
import {
  DescribeTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "../kernel/testing.ts";
import { CLUSTER, SECRET_ARN, startTestEcs, type TestEcs } from "./testing.ts";

const patience = { maxWaitTime: 30, minDelay: 0.1, maxDelay: 0.2 };

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe("single tasks and their limits", () => {
  let ecs: TestEcs;
  beforeAll(async () => {
    ecs = await startTestEcs({ storageLimitBytes: 4 << 20 });
  });
  afterAll(() => ecs.close());

  const run = async (taskDefinition: string): Promise<string> => {
    const { tasks } = await ecs.client.send(
      new RunTaskCommand({
        cluster: CLUSTER,
        taskDefinition,
        startedBy: "a test",
        networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } },
      }),
    );
    return tasks?.[0]?.taskArn ?? "";
  };
  const describeTask = async (task: string): Promise<Task | undefined> =>
    (await ecs.client.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: [task] }))).tasks?.[0];
  const waitStopped = async (task: string): Promise<Task | undefined> => {
    await waitUntilTasksStopped({ client: ecs.client, ...patience }, { cluster: CLUSTER, tasks: [task] });
    return describeTask(task);
  };
  const waitRunning = (task: string) =>
    waitUntilTasksRunning({ client: ecs.client, ...patience }, { cluster: CLUSTER, tasks: [task] });
  const stop = (task: string, reason?: string) =>
    ecs.client.send(new StopTaskCommand({ cluster: CLUSTER, task, reason }));
  const readPids = async (file: string): Promise<number[]> =>
    (await readFile(file, "utf8").catch(() => "")).split("\n").filter(Boolean).map(Number);

  it("ends a task that takes more memory than it has, and says so", async () => {
    const task = await waitStopped(await run(await ecs.register("leak", { MODE: "leak" }, { memory: 200 })));
    expect(task).toMatchObject({
      stopCode: "EssentialContainerExited",
      containers: [{ exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" }],
    });
  });

  it("ends a task that fills its disk", async () => {
    const task = await waitStopped(await run(await ecs.register("fill", { MODE: "fill" })));
    const [container] = task?.containers ?? [];
    // The write itself fails where one file alone is too large; the folder's size is watched for many small ones.
    expect(container?.exitCode).not.toBe(0);
    expect(`${container?.reason ?? ""}${ecs.lines("/test/fill").join("\n")}`).toMatch(
      /OutOfStorageError|EFBIG|File too large/,
    );
  });

  it("kills a task that ignores SIGTERM after its stop timeout", async () => {
    const arn = await run(await ecs.register("deaf", { MODE: "deaf" }, { stopTimeout: 0 }));
    await waitRunning(arn);
    await waitFor(() => ecs.lines("/test/deaf").includes("listening on 8080"));
    await stop(arn, "no more");
    expect(await waitStopped(arn)).toMatchObject({
      stopCode: "UserInitiated",
      stoppedReason: "no more",
      containers: [{ exitCode: 137 }],
    });
  });

  it("leaves nothing of a task that forks, in its group or in sessions of their own", async () => {
    const file = path.join(ecs.dir, "forked");
    const arn = await run(await ecs.register("fork", { MODE: "fork", PID_FILE: file }));
    const pids = await waitFor(async () => {
      const found = await readPids(file);
      return found.length === 3 ? found : undefined;
    });
    expect(pids.map(isAlive)).toEqual([true, true, true]);
    await stop(arn);
    expect(await waitStopped(arn)).toMatchObject({ containers: [{ exitCode: 0 }] });
    for (const pid of pids) await waitFor(() => !isAlive(pid));
  });

  it("drops what a flood of output has too much, keeps its newest lines, and goes on answering", async () => {
    const arn = await run(
      await ecs.register(
        "flood",
        { MODE: "flood" },
        {
          logConfiguration: {
            logDriver: "awslogs",
            options: {
              "awslogs-group": "/test/flood",
              "awslogs-stream-prefix": "agent",
              mode: "non-blocking",
              "max-buffer-size": "256k",
            },
          },
        },
      ),
    );
    await waitFor(() => ecs.lines("/test/flood").some((line) => /lines were dropped/.test(line)), 20_000);
    const lines = ecs.lines("/test/flood");
    expect(lines[0]).toContain('"message":"start"');
    await stop(arn);
    expect((await waitStopped(arn))?.lastStatus).toBe("STOPPED");
    expect(ecs.lines("/test/flood")).toContain("draining");
  });

  it("gives a task its secret, its region, the stand-in's address and credentials, and nothing else of this machine", async () => {
    process.env.HOST_ONLY = "1";
    const definition = await ecs.register("env", {}, { secrets: [{ name: "CLIENT_SECRET", valueFrom: SECRET_ARN }] });
    const arn = await run(definition);
    await waitRunning(arn);
    const hostPort = (await describeTask(arn))?.containers?.[0]?.networkBindings?.[0]?.hostPort;
    const env = await waitFor(() =>
      fetch(`http://127.0.0.1:${hostPort}/env`).then(
        (answer) => answer.json() as Promise<Record<string, string>>,
        () => undefined,
      ),
    );
    expect(env).toMatchObject({
      CLIENT_SECRET: "held-value",
      AWS_REGION: "eu-north-1",
      AWS_ENDPOINT_URL: ecs.url,
      AWS_ACCESS_KEY_ID: "local",
    });
    expect(env.HOST_ONLY).toBeUndefined();
    delete process.env.HOST_ONLY;
    await waitFor(() =>
      ecs.metrics.data.some(({ name, dimensions }) => name === "CpuUtilized" && arn.endsWith(dimensions.TaskId ?? "-")),
    );
    await stop(arn);
    await waitStopped(arn);
  });
});

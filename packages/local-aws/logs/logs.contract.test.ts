import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  StartLiveTailCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestStack, type TestStack, waitFor } from "../lambda/test-stack.ts";

describe("CloudWatch Logs", () => {
  let stack: TestStack;
  let logs: CloudWatchLogsClient;
  const group = { logGroupName: "/samla/test" };
  const now = Date.now();
  const config = {
    functions: [
      { name: "talk", code: `export const handler = async () => { console.log("said"); console.error("failed"); };` },
    ],
  };

  beforeAll(async () => {
    stack = await startTestStack(config);
    logs = new CloudWatchLogsClient(stack.client);
    await logs.send(new CreateLogGroupCommand(group));
    for (const logStreamName of ["one", "two"])
      await logs.send(new CreateLogStreamCommand({ ...group, logStreamName }));
    await logs.send(
      new PutLogEventsCommand({
        ...group,
        logStreamName: "one",
        logEvents: Array.from({ length: 25 }, (_, i) => ({ timestamp: now + i, message: `line ${i}` })),
      }),
    );
    await logs.send(
      new PutLogEventsCommand({
        ...group,
        logStreamName: "two",
        logEvents: [
          { timestamp: now + 5, message: '{"level":"error","status":500,"path":"/a"}' },
          { timestamp: now + 6, message: '{"level":"info","status":200,"path":"/b"}' },
        ],
      }),
    );
  });
  afterAll(() => stack?.close());

  const filter = async (filterPattern: string) =>
    (await logs.send(new FilterLogEventsCommand({ ...group, filterPattern }))).events?.map(({ message }) => message);

  it("pages through a stream forwards until the token stays the same", async () => {
    const messages: (string | undefined)[] = [];
    let nextToken: string | undefined;
    for (;;) {
      const page = await logs.send(
        new GetLogEventsCommand({ ...group, logStreamName: "one", limit: 10, startFromHead: true, nextToken }),
      );
      messages.push(...(page.events ?? []).map(({ message }) => message));
      if (page.nextForwardToken === nextToken) break;
      nextToken = page.nextForwardToken;
    }
    expect(messages).toEqual(Array.from({ length: 25 }, (_, i) => `line ${i}`));
  });

  it("gives the newest lines first asked for, and older ones backwards", async () => {
    const newest = await logs.send(new GetLogEventsCommand({ ...group, logStreamName: "one", limit: 10 }));
    expect(newest.events?.map(({ message }) => message)).toEqual(
      Array.from({ length: 10 }, (_, i) => `line ${i + 15}`),
    );
    const older = await logs.send(
      new GetLogEventsCommand({ ...group, logStreamName: "one", limit: 10, nextToken: newest.nextBackwardToken }),
    );
    expect(older.events?.at(-1)?.message).toBe("line 14");
    const newer = await logs.send(
      new GetLogEventsCommand({ ...group, logStreamName: "one", limit: 10, nextToken: newest.nextForwardToken }),
    );
    expect(newer.events).toEqual([]);
  });

  it("filters across streams by terms, JSON selectors and time, with pages", async () => {
    expect(await filter('"line 7"')).toEqual(["line 7"]);
    expect(await filter("line -1")).not.toContain("line 1");
    expect(await filter("%line 1[0-2]$%")).toEqual(["line 10", "line 11", "line 12"]);
    expect(await filter('{ $.level = "error" && $.status >= 500 }')).toHaveLength(1);
    expect(await filter('{ $.path = "/*" || $.status = 1 }')).toHaveLength(2);
    await expect(filter("{ nonsense }")).rejects.toMatchObject({ name: "InvalidParameterException" });
    const page = await logs.send(
      new FilterLogEventsCommand({ ...group, limit: 20, startTime: now + 1, endTime: now + 24 }),
    );
    const rest = await logs.send(
      new FilterLogEventsCommand({
        ...group,
        limit: 20,
        startTime: now + 1,
        endTime: now + 24,
        nextToken: page.nextToken,
      }),
    );
    expect((page.events?.length ?? 0) + (rest.events?.length ?? 0)).toBe(26);
    expect(rest.nextToken).toBeUndefined();
  });

  it("tails a group live, filtered", async () => {
    const tail = new CloudWatchLogsClient({ ...stack.client, disableHostPrefix: true });
    const { responseStream } = await tail.send(
      new StartLiveTailCommand({ logGroupIdentifiers: ["/samla/test"], logEventFilterPattern: "live" }),
    );
    const seen: string[] = [];
    for await (const event of responseStream ?? []) {
      if (event.sessionStart)
        for (const message of ["quiet", "live one"])
          await logs.send(
            new PutLogEventsCommand({ ...group, logStreamName: "two", logEvents: [{ timestamp: now + 7, message }] }),
          );
      seen.push(...(event.sessionUpdate?.sessionResults ?? []).map(({ message }) => message ?? ""));
      if (seen.length > 0) break;
    }
    tail.destroy();
    expect(seen).toEqual(["live one"]);
  });

  it("describes groups and streams", async () => {
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "/samla/" }));
    expect(logGroups).toMatchObject([{ logGroupName: "/samla/test" }]);
    const { logStreams } = await logs.send(
      new DescribeLogStreamsCommand({ ...group, orderBy: "LastEventTime", descending: true }),
    );
    expect(logStreams?.map(({ logStreamName }) => logStreamName)).toEqual(["one", "two"]);
    expect(logStreams?.[0]?.lastEventTimestamp).toBe(now + 24);
  });

  it("answers unknown and doubled names with AWS's errors", async () => {
    await expect(logs.send(new CreateLogGroupCommand(group))).rejects.toBeInstanceOf(ResourceAlreadyExistsException);
    await expect(
      logs.send(new GetLogEventsCommand({ logGroupName: "/none", logStreamName: "x" })),
    ).rejects.toBeInstanceOf(ResourceNotFoundException);
  });

  it("sweeps what is older than the retention", async () => {
    const old = { logGroupName: "/samla/old" };
    await logs.send(new CreateLogGroupCommand(old));
    await logs.send(new CreateLogStreamCommand({ ...old, logStreamName: "s" }));
    const logEvents = [
      { timestamp: now - 3 * 86_400_000, message: "ancient" },
      { timestamp: now, message: "fresh" },
    ];
    await logs.send(new PutLogEventsCommand({ ...old, logStreamName: "s", logEvents }));
    await logs.send(new PutRetentionPolicyCommand({ ...old, retentionInDays: 1 }));
    stack.compute.logs.sweep();
    const { events } = await logs.send(new FilterLogEventsCommand(old));
    expect(events?.map(({ message }) => message)).toEqual(["fresh"]);
    await logs.send(new DeleteLogGroupCommand(old));
    await expect(logs.send(new FilterLogEventsCommand(old))).rejects.toBeInstanceOf(ResourceNotFoundException);
  });

  it("holds a function's lines with START, END and REPORT, and keeps them over a restart", async () => {
    await new LambdaClient(stack.client).send(new InvokeCommand({ FunctionName: "talk" }));
    await waitFor(async () => {
      const found = await logs.send(new FilterLogEventsCommand({ logGroupName: "/aws/lambda/talk" }));
      return found.events?.some(({ message }) => message?.startsWith("REPORT")) ? true : undefined;
    });
    await stack.close({ keep: true });
    stack = await startTestStack({ ...config, dir: stack.dir });
    logs = new CloudWatchLogsClient(stack.client);
    const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName: "/aws/lambda/talk" }));
    const words = events?.map(({ message }) => /START|END|REPORT|said|failed/.exec(message ?? "")?.[0]);
    expect(words?.filter((word) => word !== undefined).sort()).toEqual(["END", "REPORT", "START", "failed", "said"]);
  });
});

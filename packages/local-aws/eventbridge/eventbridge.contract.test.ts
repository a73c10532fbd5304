import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  TagResourceCommand,
} from "@aws-sdk/client-eventbridge";
import { ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestStack, type TestStack, waitFor } from "../lambda/test-stack.ts";

const code = `
import { appendFileSync } from "node:fs";
export const handler = async (event) => appendFileSync(process.env.OUT, JSON.stringify(event) + "\\n");`;

describe("EventBridge", () => {
  let stack: TestStack;
  let events: EventBridgeClient;
  let out: string;
  let config: Parameters<typeof startTestStack>[0];

  beforeAll(async () => {
    out = path.join(await mkdtemp(path.join(tmpdir(), "local-aws-events-")), "out");
    config = {
      queues: [{ name: "copies", fifo: false, visibilityTimeoutSeconds: 30 }],
      functions: [{ name: "follow", code, environment: { OUT: out } }],
      rules: [
        {
          name: "ready",
          eventPattern: { source: ["samla.documents"], detail: { status: ["ready"] } },
          targets: [{ function: "follow" }, { queue: "copies" }],
        },
      ],
      schedules: [{ name: "sweep", expression: "rate(1 day)", target: { function: "follow" } }],
    };
    stack = await startTestStack(config);
    events = new EventBridgeClient(stack.client);
  });
  afterAll(() => stack?.close());

  const put = (detail: object) =>
    events.send(
      new PutEventsCommand({
        Entries: [{ Source: "samla.documents", DetailType: "changed", Detail: JSON.stringify(detail) }],
      }),
    );
  const received = async (): Promise<{ detail?: { n: number } }[]> =>
    (await readFile(out, "utf8").catch(() => ""))
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  const receiveCopies = async () =>
    (await stack.queues.receive("copies", { maxMessages: 10, waitMs: 100, signal: new AbortController().signal })).map(
      ({ body }) => JSON.parse(body),
    );

  it("delivers matching events to functions and queues, and no others", async () => {
    await put({ status: "failed", n: 1 });
    const { FailedEntryCount, Entries } = await put({ status: "ready", n: 2 });
    expect(FailedEntryCount).toBe(0);
    await waitFor(async () => ((await received()).length > 0 ? true : undefined));
    expect(await received()).toMatchObject([
      { id: Entries?.[0]?.EventId, source: "samla.documents", "detail-type": "changed", detail: { n: 2 } },
    ]);
    expect(await receiveCopies()).toMatchObject([{ detail: { n: 2 } }]);
  });

  it("answers malformed entries one by one", async () => {
    const { FailedEntryCount, Entries } = await events.send(
      new PutEventsCommand({
        Entries: [
          { Source: "s", DetailType: "t", Detail: "{" },
          { Source: "s", DetailType: "t", Detail: "{}" },
        ],
      }),
    );
    expect(FailedEntryCount).toBe(1);
    expect(Entries?.[0]?.ErrorCode).toBe("MalformedDetail");
    expect(Entries?.[1]?.EventId).toBeTruthy();
  });

  it("keeps disabled rules and rules made through the API over a restart", async () => {
    await events.send(new DisableRuleCommand({ Name: "ready" }));
    await events.send(
      new PutRuleCommand({ Name: "own", EventPattern: JSON.stringify({ source: [{ prefix: "samla." }] }) }),
    );
    await events.send(
      new PutTargetsCommand({
        Rule: "own",
        Targets: [{ Id: "q", Arn: "arn:aws:sqs:eu-north-1:000000000000:copies", InputPath: "$.detail" }],
      }),
    );
    await stack.close({ keep: true });
    stack = await startTestStack({ ...config, dir: stack.dir });
    events = new EventBridgeClient(stack.client);
    expect((await events.send(new ListRulesCommand({}))).Rules?.map(({ Name }) => Name)).toEqual(["own", "ready"]);
    expect((await events.send(new DescribeRuleCommand({ Name: "ready" }))).State).toBe("DISABLED");
    const before = (await received()).length;
    await put({ status: "ready", n: 3 });
    expect(await receiveCopies()).toEqual([{ status: "ready", n: 3 }]);
    await events.send(new EnableRuleCommand({ Name: "ready" }));
    await put({ status: "ready", n: 4 });
    await waitFor(async () => ((await received()).length > before ? true : undefined));
    expect((await received()).at(-1)?.detail?.n).toBe(4);
  });

  it("names what it lacks", async () => {
    await expect(
      events.send(new TagResourceCommand({ ResourceARN: "arn:aws:events:x", Tags: [] })),
    ).rejects.toMatchObject({
      $metadata: { httpStatusCode: 501 },
      message: expect.stringContaining("TagResource"),
    });
  });

  it("lists its schedules", async () => {
    const { Schedules } = await new SchedulerClient(stack.client).send(new ListSchedulesCommand({}));
    expect(Schedules?.map(({ Name }) => Name)).toEqual(["sweep"]);
  });

  it("refuses to start with a target that does not exist", async () => {
    await expect(
      startTestStack({ rules: [{ name: "lost", eventPattern: { source: ["x"] }, targets: [{ function: "nobody" }] }] }),
    ).rejects.toThrow(/rule lost names the function nobody/);
  });
});

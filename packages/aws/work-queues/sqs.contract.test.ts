import { type Message, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { isFailure, type WorkQueues } from "@samla/core/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, needs, startTestAws } from "../testing.ts";
import type { TestResources } from "../testing-resources.ts";
import { createSqsWorkQueues } from "./sqs.ts";

let aws: TestResources;
let queues: WorkQueues;
let url: (name: string) => string;
beforeAll(async () => {
  aws = await startTestAws("queues");
  url = aws.queueUrl;
  const address = (name: string, suffix = "") => ({
    url: url(name + suffix),
    deadLetterUrl: url(`${name}-dead${suffix}`),
  });
  queues = createSqsWorkQueues({
    stored: address("stored"),
    process: address("process"),
    index: address("index", ".fifo"),
    embed: address("embed"),
    fill: address("fill"),
    evaluate: address("evaluate"),
  });
});
afterAll(() => aws?.close());

const receive = async (name: string, VisibilityTimeout = 30) =>
  (
    await new SQSClient({}).send(
      new ReceiveMessageCommand({
        QueueUrl: url(name),
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ["All"],
        VisibilityTimeout,
      }),
    )
  ).Messages ?? [];

describe("work queues on SQS", () => {
  it("keeps repeated messages about one document, in the group of their build", async () => {
    const message = { index: "a", buildId: "bld_1", documentId: "doc_1" };
    await queues.sendIndex([message, message]);
    await queues.sendIndex([message]);
    const received: Message[] = [];
    await expect.poll(async () => received.push(...(await receive("index.fifo"))), eventually).toBe(3);
    expect(new Set(received.map((one) => one.Attributes?.MessageGroupId))).toEqual(new Set(["bld_1"]));
  });

  it("shows dead letters and sends them round again", async ({ skip }) => {
    await queues.sendProcess({ documentId: "doc_1", versionId: "ver_1" });
    await expect.poll(async () => (await receive("process", 0)).length, eventually).toBe(1);
    const stateOf = async () => (await queues.states()).find((state) => state.name === "process");
    // The receive after the last allowed one moves it, and gives nothing.
    await expect
      .poll(async () => [await receive("process", 0), await stateOf()], eventually)
      .toMatchObject([[], { waiting: 0, deadLetters: 1 }]);
    needs(aws, "message move tasks", skip);
    expect(await queues.redrive("process")).toBe(1);
    await expect.poll(async () => (await stateOf())?.waiting, eventually).toBe(1);
    await expect.poll(() => queues.redrive("process"), eventually).toBe(0);
  }, 300_000);

  it("knows no queue but its own", async () => {
    for (const name of ["nope", "constructor", "__proto__"]) {
      const error: unknown = await queues.redrive(name).catch((caught: unknown) => caught);
      expect(isFailure(error) && error.code).toBe("not_found");
    }
  });
});

import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { isFailure, type WorkQueues } from "@samla/core/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestAws } from "../testing.ts";
import { createSqsWorkQueues } from "./sqs.ts";

let close: () => Promise<void>;
let queues: WorkQueues;
let url: (name: string) => string;
beforeAll(async () => {
  const test = await startTestAws("queues");
  close = test.close;
  url = test.queueUrl;
  const address = (name: string, suffix = "") => ({
    url: url(name + suffix),
    deadLetterUrl: url(`${name}-dead${suffix}`),
  });
  queues = createSqsWorkQueues({
    stored: address("stored"),
    process: address("process"),
    index: address("index", ".fifo"),
    embed: address("embed"),
  });
});
afterAll(() => close());

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
    const received = await receive("index.fifo");
    expect(received.length).toBe(3);
    expect(new Set(received.map((one) => one.Attributes?.MessageGroupId))).toEqual(new Set(["bld_1"]));
  });

  it("shows dead letters and sends them round again", async () => {
    await queues.sendProcess({ documentId: "doc_1", versionId: "ver_1" });
    expect((await receive("process", 0)).length).toBe(1);
    expect(await receive("process", 0)).toEqual([]);
    const stateOf = async () => (await queues.states()).find((state) => state.name === "process");
    expect(await stateOf()).toMatchObject({ waiting: 0, deadLetters: 1 });
    expect(await queues.redrive("process")).toBe(1);
    await expect.poll(async () => (await stateOf())?.waiting, { timeout: 10_000 }).toBe(1);
    expect(await queues.redrive("process")).toBe(0);
  });

  it("knows no queue but its own", async () => {
    for (const name of ["nope", "constructor", "__proto__"]) {
      const error: unknown = await queues.redrive(name).catch((caught: unknown) => caught);
      expect(isFailure(error) && error.code).toBe("not_found");
    }
  });
});

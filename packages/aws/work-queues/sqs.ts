import { createHash } from "node:crypto";
import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { notFound, type QueueName, type QueueState, type WorkQueues } from "@samla/core/kernel";
import { clientConfig } from "../client-config.ts";
import { translate } from "../failures.ts";

export type QueueAddresses = Record<QueueName, { url: string; deadLetterUrl: string }>;

const purposes: Record<keyof QueueAddresses, string> = {
  stored: "Notices of files that have arrived",
  process: "Files that wait to be read",
  index: "Documents that wait to be written to their index",
  embed: "Documents whose vectors wait to be made",
  fill: "Documents that candidate builds wait for",
  evaluate: "Evaluations that go on asking their questions",
};

/** Work queues on SQS. `index` is FIFO with the build as its group, so a build has one writer at a time. */
export const createSqsWorkQueues = (addresses: QueueAddresses): WorkQueues => {
  const client = new SQSClient(clientConfig);
  const send = (queue: keyof QueueAddresses, message: object): Promise<void> =>
    translate(async () => {
      await client.send(
        new SendMessageCommand({ QueueUrl: addresses[queue].url, MessageBody: JSON.stringify(message) }),
      );
    });
  const attributesOf = async (url: string): Promise<Record<string, string>> =>
    (
      await client.send(
        new GetQueueAttributesCommand({
          QueueUrl: url,
          AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "QueueArn"],
        }),
      )
    ).Attributes ?? {};
  return {
    sendProcess: (message) => send("process", message),
    sendEmbed: (message) => send("embed", message),
    sendEvaluate: (message) => send("evaluate", message),
    sendFill: (messages, delaySeconds = 0) =>
      translate(async () => {
        for (let i = 0; i < messages.length; i += 10) {
          const Entries = messages.slice(i, i + 10).map((message, n) => ({
            Id: String(n),
            MessageBody: JSON.stringify(message),
            DelaySeconds: delaySeconds,
          }));
          const { Failed } = await client.send(new SendMessageBatchCommand({ QueueUrl: addresses.fill.url, Entries }));
          if (Failed?.length) throw new Error(`SQS refused ${Failed.length} messages: ${Failed[0]?.Message}`);
        }
      }),
    sendIndex: (messages) =>
      translate(async () => {
        for (let i = 0; i < messages.length; i += 10) {
          const Entries = messages.slice(i, i + 10).map((message, n) => ({
            Id: String(n),
            MessageBody: JSON.stringify(message),
            MessageGroupId: message.buildId,
            // Each message asks for the row as it is when it is read: none may be taken for a repetition.
            MessageDeduplicationId: createHash("sha256")
              .update(`${message.documentId}${process.hrtime.bigint()}${n}${Math.random()}`)
              .digest("hex"),
          }));
          const { Failed } = await client.send(new SendMessageBatchCommand({ QueueUrl: addresses.index.url, Entries }));
          if (Failed?.length) throw new Error(`SQS refused ${Failed.length} messages: ${Failed[0]?.Message}`);
        }
      }),
    retryLater: (queue, ReceiptHandle, VisibilityTimeout) =>
      translate(async () => {
        await client.send(
          new ChangeMessageVisibilityCommand({ QueueUrl: addresses[queue].url, ReceiptHandle, VisibilityTimeout }),
        );
      }),
    states: () =>
      translate(() =>
        Promise.all(
          (Object.keys(addresses) as (keyof QueueAddresses)[]).map(async (name): Promise<QueueState> => {
            const [own, dead] = await Promise.all([
              attributesOf(addresses[name].url),
              attributesOf(addresses[name].deadLetterUrl),
            ]);
            return {
              name,
              purpose: purposes[name],
              waiting: Number(own.ApproximateNumberOfMessages ?? 0),
              inFlight: Number(own.ApproximateNumberOfMessagesNotVisible ?? 0),
              deadLetters: Number(dead.ApproximateNumberOfMessages ?? 0),
            };
          }),
        ),
      ),
    redrive: (queue) =>
      translate(async () => {
        const address = addresses[queue as keyof QueueAddresses];
        if (!address || !Object.hasOwn(addresses, queue)) throw notFound("queue", queue);
        const dead = await attributesOf(address.deadLetterUrl);
        const waiting = Number(dead.ApproximateNumberOfMessages ?? 0);
        if (waiting === 0) return 0;
        const running = await client.send(new ListMessageMoveTasksCommand({ SourceArn: dead.QueueArn }));
        if (!running.Results?.some((task) => task.Status === "RUNNING"))
          await client.send(new StartMessageMoveTaskCommand({ SourceArn: dead.QueueArn }));
        return waiting;
      }),
  };
};

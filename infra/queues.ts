import { type QueueName, type QueueResource, queues } from "./resources.ts";
import { pascalCase } from "./stage.ts";
import { documents } from "./storage.ts";

const encrypted = { sqsManagedSseEnabled: true };

const makeQueue = (name: string, resource: QueueResource): { queue: sst.aws.Queue; dead: sst.aws.Queue } => {
  const component = pascalCase(name);
  const dead = new sst.aws.Queue(`${component}DeadLetters`, {
    fifo: resource.fifo,
    transform: { queue: { ...encrypted, messageRetentionSeconds: 14 * 86_400 } },
  });
  const queue = new sst.aws.Queue(`${component}Queue`, {
    fifo: resource.fifo,
    visibilityTimeout: `${resource.visibilityTimeoutSeconds} seconds`,
    dlq: { queue: dead.arn, retry: resource.maxReceiveCount },
    transform: { queue: encrypted },
  });
  new aws.sqs.RedriveAllowPolicy(`${component}RedriveFrom`, {
    queueUrl: dead.url,
    redriveAllowPolicy: $jsonStringify({ redrivePermission: "byQueue", sourceQueueArns: [queue.arn] }),
  });
  return { queue, dead };
};

export const workQueues = Object.fromEntries(
  Object.entries(queues).map(([name, resource]) => [name, makeQueue(name, resource)]),
) as Record<QueueName, { queue: sst.aws.Queue; dead: sst.aws.Queue }>;

/** Only this bucket, over TLS, may say that a file has arrived. */
for (const [name, { queue, dead }] of Object.entries(workQueues))
  for (const [part, one] of [
    ["", queue],
    ["Dead", dead],
  ] as const)
    new aws.sqs.QueuePolicy(`${pascalCase(name)}${part}QueuePolicy`, {
      queueUrl: one.url,
      policy: $jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*",
            Action: "sqs:*",
            Resource: one.arn,
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
          ...(name === "stored" && part === ""
            ? [
                {
                  Sid: "ObjectEvents",
                  Effect: "Allow",
                  Principal: { Service: "s3.amazonaws.com" },
                  Action: "sqs:SendMessage",
                  Resource: one.arn,
                  Condition: { ArnEquals: { "aws:SourceArn": documents.arn } },
                },
              ]
            : []),
        ],
      }),
    });

new aws.s3.BucketNotification("ObjectEvents", {
  bucket: documents.name,
  eventbridge: true,
  queues: [
    {
      queueArn: workQueues.stored.queue.arn,
      events: ["s3:ObjectCreated:*"],
      filterPrefix: "documents/",
      filterSuffix: "/source",
    },
  ],
});

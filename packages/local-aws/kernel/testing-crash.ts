/** Child process of the crash tests: storage in the folder and on the port given, until it is killed. */
import { createBucketConfig, createQueueConfig, startStorage } from "./testing.ts";

const [dir, port] = process.argv.slice(2);
const { url } = await startStorage({
  dir,
  port: Number(port),
  buckets: [
    createBucketConfig("docs", {
      versioned: true,
      notifications: [{ events: ["s3:ObjectCreated:*"], prefix: "in/", queue: "events" }],
    }),
  ],
  queues: [createQueueConfig("events"), createQueueConfig("work", { visibilityTimeoutSeconds: 600 })],
});
process.stdout.write(`ready ${url}\n`);

import path from "node:path";
import type { BucketConfig } from "../config.ts";
import { AwsError } from "../kernel/errors.ts";
import { type Credentials, verifySignature } from "../kernel/sigv4.ts";
import type { AwsCall, Identity, QueuePort, Service } from "../kernel/types.ts";
import { assertNotificationRule, updateSettings } from "./bucket-settings.ts";
import { insertBucket } from "./buckets.ts";
import { answerPreflight, describeCors } from "./cors.ts";
import { answerS3Error, createS3Error } from "./errors.ts";
import { createOutboxPump } from "./events.ts";
import { createFileStore } from "./file-store.ts";
import { abortStaleUploads } from "./lifecycle.ts";
import { findOperation } from "./operations.ts";
import { postObject } from "./post-form.ts";
import { readS3Request, type S3Request } from "./request.ts";
import { findBucket, openS3Database, type S3Context } from "./store.ts";

const SWEEP_INTERVAL_MS = 10 * 60 * 1000;
/** A connection on which nothing moves for so long is cut. */
const IDLE_MS = 5 * 60 * 1000;

/** Makes the configured buckets, or brings them to their configuration; objects stay. */
function applyConfig(ctx: S3Context, buckets: readonly BucketConfig[]): void {
  for (const config of buckets) {
    if (!findBucket(ctx.db, config.name)) insertBucket(ctx, config.name);
    const notifications = config.notifications.map((rule, index) => ({
      id: `config-${index + 1}`,
      events: rule.events,
      prefix: rule.prefix ?? "",
      suffix: rule.suffix ?? "",
      queueArn: `arn:aws:sqs:${ctx.identity.region}:${ctx.identity.accountId}:${rule.queue}`,
    }));
    for (const rule of notifications) assertNotificationRule(ctx, rule);
    updateSettings(ctx, config.name, (settings) => {
      if (config.versioned) settings.versioning = "Enabled";
      else if (settings.versioning) settings.versioning = "Suspended";
      settings.cors = config.cors.length > 0 ? config.cors : undefined;
      settings.notifications = notifications;
      settings.lifecycle =
        config.abortMultipartAfterDays === undefined
          ? undefined
          : [{ id: "config", isEnabled: true, prefix: "", abortMultipartAfterDays: config.abortMultipartAfterDays }];
    });
  }
}

function isFormPost(request: S3Request): boolean {
  const isForm = request.headers["content-type"]?.startsWith("multipart/form-data") ?? false;
  return request.method === "POST" && !request.key && isForm && request.params.size === 0;
}

async function answer(ctx: S3Context, call: AwsCall): Promise<void> {
  const request = readS3Request(call);
  const bucket = findBucket(ctx.db, request.bucketName);
  if (request.method === "OPTIONS") return answerPreflight(bucket, request);
  // Before anything can fail: without them a browser may not read the error.
  for (const [name, value] of Object.entries(describeCors(bucket, request))) call.res.setHeader(name, value);
  if (isFormPost(request)) return postObject(ctx, request);
  const signed = { method: request.method, rawUrl: call.req.url ?? "/", headers: call.req.headers };
  try {
    request.verified = verifySignature(signed, ctx.credentials);
  } catch (error) {
    if (error instanceof AwsError && error.code === "MissingAuthenticationToken")
      throw createS3Error("AccessDenied", "Access Denied: the request is not signed.");
    throw error;
  }
  await findOperation(request)(ctx, request);
}

/**
 * S3 on files and one SQLite file. What an answer acknowledged survives kill -9; object events go to queues through an
 * outbox in the same transaction as the change.
 * @throws AwsError when the configuration names a queue or an event that does not exist
 */
export async function createS3(deps: {
  dir: string;
  identity: Identity;
  publicUrl: string;
  credentials: readonly Credentials[];
  buckets: readonly BucketConfig[];
  queues: QueuePort;
}): Promise<{ service: Service }> {
  const dir = path.join(deps.dir, "s3");
  const files = createFileStore(dir);
  const db = openS3Database(path.join(dir, "s3.db"));
  const outbox = createOutboxPump(db, deps.queues);
  const ctx: S3Context = {
    db,
    files,
    identity: deps.identity,
    publicUrl: deps.publicUrl,
    credentials: deps.credentials,
    pumpEvents: outbox.pump,
    hasQueue(arn) {
      try {
        deps.queues.visibilityTimeoutSeconds(arn.slice(arn.lastIndexOf(":") + 1));
        return true;
      } catch {
        return false;
      }
    },
  };
  applyConfig(ctx, deps.buckets);
  abortStaleUploads(ctx);
  const sweeper = setInterval(() => abortStaleUploads(ctx), SWEEP_INTERVAL_MS);
  sweeper.unref();
  const named = new Set(
    db
      .all<{ file: string }>(
        "SELECT json_each.value AS file FROM object, json_each(object.files) UNION SELECT file FROM part",
      )
      .map((row) => row.file),
  );
  files.removeOrphans((file) => named.has(file)).catch((error: unknown) => console.error(error));
  outbox.pump();
  return {
    service: {
      scopes: ["s3"],
      async handle(call) {
        try {
          // Bodies may take hours, but not stand still.
          call.req.setTimeout(IDLE_MS);
          await answer(ctx, call);
        } catch (error) {
          answerS3Error(call, error);
        }
      },
      async close() {
        clearInterval(sweeper);
        await outbox.close();
        db.close();
      },
    },
  };
}

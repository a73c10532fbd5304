import { AwsError } from "../kernel/errors.ts";
import { encodeRfc3986 } from "../kernel/sigv4.ts";
import type { Database } from "../kernel/sqlite.ts";
import type { Identity, QueuePort } from "../kernel/types.ts";
import type { Bucket, NotificationRule } from "./store.ts";

/** What happened to one object. `sizeBytes` and `etag` are absent when it was removed. */
export type ObjectEvent = {
  /** Such as `ObjectCreated:Put`. */
  name: string;
  key: string;
  version: string;
  sizeBytes?: number;
  etag?: string;
  requestId: string;
};

const RETRY_MS = 500;
let lastSequence = 0n;

/** Grows with every event, so that events of one key can be put in order by comparing text. */
function nextSequencer(): string {
  const now = BigInt(Date.now()) << 12n;
  lastSequence = now > lastSequence ? now : lastSequence + 1n;
  return lastSequence.toString(16).toUpperCase().padStart(18, "0");
}

/** Keys in events are URL-encoded as in forms: a blank is `+`, a slash stays. */
export const encodeEventKey = (key: string): string =>
  encodeRfc3986(key).replaceAll("%20", "+").replaceAll("%2F", "/").replaceAll("%2A", "*");

function matches(rule: NotificationRule, event: ObjectEvent): boolean {
  const name = `s3:${event.name}`;
  const isWanted = rule.events.some(
    (want) => want === name || (want.endsWith("*") && name.startsWith(want.slice(0, -1))),
  );
  return isWanted && event.key.startsWith(rule.prefix) && event.key.endsWith(rule.suffix);
}

/**
 * Writes the notifications of an event into the outbox. Call it in the transaction of the change itself.
 * Format: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function recordEvent(db: Database, identity: Identity, bucket: Bucket, event: ObjectEvent): void {
  for (const rule of bucket.settings.notifications ?? []) {
    if (!matches(rule, event)) continue;
    const record = {
      eventVersion: "2.1",
      eventSource: "aws:s3",
      awsRegion: identity.region,
      eventTime: new Date().toISOString(),
      eventName: event.name,
      userIdentity: { principalId: `AWS:${identity.accountId}` },
      requestParameters: { sourceIPAddress: "127.0.0.1" },
      responseElements: { "x-amz-request-id": event.requestId, "x-amz-id-2": event.requestId },
      s3: {
        s3SchemaVersion: "1.0",
        configurationId: rule.id,
        bucket: {
          name: bucket.name,
          ownerIdentity: { principalId: identity.accountId },
          arn: `arn:aws:s3:::${bucket.name}`,
        },
        object: {
          key: encodeEventKey(event.key),
          ...(event.sizeBytes !== undefined && { size: event.sizeBytes }),
          ...(event.etag !== undefined && { eTag: event.etag }),
          ...(event.version !== "null" && { versionId: event.version }),
          sequencer: nextSequencer(),
        },
      },
    };
    addToOutbox(db, rule.queueArn, JSON.stringify({ Records: [record] }));
  }
}

export function addToOutbox(db: Database, queueArn: string, body: string): void {
  db.run("INSERT INTO outbox(queueArn,body) VALUES(?,?)", queueArn, body);
}

/** Delivers the outbox in order, at least once: a row goes only after its queue took it. */
export function createOutboxPump(db: Database, queues: QueuePort): { pump(): void; close(): Promise<void> } {
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  async function deliver(): Promise<void> {
    for (;;) {
      const row = db.get<{ id: number; queueArn: string; body: string }>("SELECT * FROM outbox ORDER BY id LIMIT 1");
      if (!row || isClosed) return;
      try {
        await queues.send(row.queueArn.slice(row.queueArn.lastIndexOf(":") + 1), row.body);
      } catch (error) {
        // What a queue refuses now (it is gone, say) it refuses for ever, and would hold up all other events.
        if (!(error instanceof AwsError) || error.statusCode >= 500) throw error;
        console.error(`S3 event dropped, its queue ${row.queueArn} refused it: ${error.message}`);
      }
      db.run("DELETE FROM outbox WHERE id=?", row.id);
    }
  }

  function pump(): void {
    if (running || isClosed) return;
    running = deliver()
      .catch((error: unknown) => {
        console.error(error);
        if (!isClosed) timer = setTimeout(pump, RETRY_MS);
      })
      .finally(() => {
        running = undefined;
        // A row that came while the last look was under way.
        if (!isClosed && !timer && db.get("SELECT 1 FROM outbox LIMIT 1")) pump();
      });
    timer = undefined;
  }

  return {
    pump,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await running;
    },
  };
}

import { dropUpload } from "./multipart.ts";
import { findBucket, type S3Context } from "./store.ts";

const DAY_MS = 24 * 3600 * 1000;
/** How long after its start a completed upload still answers a repeated Complete. */
const COMPLETED_KEPT_MS = 7 * DAY_MS;

/** Removes multipart uploads older than their bucket's rules allow, and completed ones past their memory. */
export function abortStaleUploads(ctx: S3Context, nowMs = Date.now()): number {
  const uploads = ctx.db.all<{ id: string; bucket: string; key: string; createdAt: number }>(
    "SELECT id,bucket,key,createdAt FROM upload WHERE completed IS NULL",
  );
  let aborted = 0;
  for (const upload of uploads) {
    const rules = findBucket(ctx.db, upload.bucket)?.settings.lifecycle ?? [];
    const isStale = rules.some(
      (rule) =>
        rule.isEnabled &&
        upload.key.startsWith(rule.prefix) &&
        nowMs - upload.createdAt > rule.abortMultipartAfterDays * DAY_MS,
    );
    if (!isStale) continue;
    ctx.files.remove(dropUpload(ctx, upload.id));
    aborted += 1;
  }
  ctx.db.run("DELETE FROM upload WHERE completed IS NOT NULL AND createdAt<?", nowMs - COMPLETED_KEPT_MS);
  return aborted;
}

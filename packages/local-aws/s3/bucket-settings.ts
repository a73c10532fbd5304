import { readVersioning } from "./buckets.ts";
import { createLackingError, createS3Error } from "./errors.ts";
import { addToOutbox } from "./events.ts";
import { readText } from "./receive-body.ts";
import { answerEmpty, answerXml, type S3Request } from "./request.ts";
import {
  type Bucket,
  type BucketSettings,
  type CorsRule,
  getBucket,
  type LifecycleRule,
  type NotificationRule,
  type S3Context,
  saveBucketSettings,
} from "./store.ts";
import { describeTags, readTagging } from "./tagging.ts";
import { getXml, getXmlList, getXmlNames, getXmlText, getXmlTexts, type ParsedXml, parseXml } from "./xml.ts";

/** Changes a bucket's settings in one transaction, on what they are now. */
export function updateSettings(ctx: S3Context, name: string, change: (settings: BucketSettings) => void): Bucket {
  return ctx.db.transaction(() => {
    const bucket = getBucket(ctx.db, name);
    change(bucket.settings);
    saveBucketSettings(ctx.db, bucket);
    return bucket;
  });
}

export async function putBucketVersioning(ctx: S3Context, request: S3Request): Promise<void> {
  const versioning = await readVersioning(request);
  updateSettings(ctx, request.bucketName, (settings) => {
    settings.versioning = versioning;
  });
  answerEmpty(request, 200);
}

function readCorsRule(rule: ParsedXml): CorsRule {
  const maxAge = getXmlText(rule, "MaxAgeSeconds");
  const parsed: CorsRule = {
    id: getXmlText(rule, "ID"),
    allowedOrigins: getXmlTexts(rule, "AllowedOrigin"),
    allowedMethods: getXmlTexts(rule, "AllowedMethod"),
    allowedHeaders: getXmlTexts(rule, "AllowedHeader"),
    exposeHeaders: getXmlTexts(rule, "ExposeHeader"),
    ...(maxAge !== undefined && { maxAgeSeconds: Number(maxAge) }),
  };
  if (parsed.allowedOrigins.length === 0 || parsed.allowedMethods.length === 0)
    throw createS3Error("MalformedXML", "A CORSRule has at least one AllowedOrigin and one AllowedMethod.");
  const odd = parsed.allowedMethods.find((method) => !["GET", "PUT", "POST", "DELETE", "HEAD"].includes(method));
  if (odd)
    throw createS3Error("InvalidRequest", `Found unsupported HTTP method in CORS config. Unsupported method is ${odd}`);
  return parsed;
}

export async function putBucketCors(ctx: S3Context, request: S3Request): Promise<void> {
  const rules = getXmlList(parseXml(await readText(request), "CORSConfiguration"), "CORSRule").map(readCorsRule);
  if (rules.length === 0) throw createS3Error("MalformedXML", "A CORSConfiguration has at least one CORSRule.");
  updateSettings(ctx, request.bucketName, (settings) => {
    settings.cors = rules;
  });
  answerEmpty(request, 200);
}

export function getBucketCors(ctx: S3Context, request: S3Request): void {
  const rules = getBucket(ctx.db, request.bucketName).settings.cors;
  if (!rules) throw createS3Error("NoSuchCORSConfiguration", "The CORS configuration does not exist");
  answerXml(request, "CORSConfiguration", {
    CORSRule: rules.map((rule) => ({
      ID: rule.id,
      AllowedMethod: rule.allowedMethods,
      AllowedOrigin: rule.allowedOrigins,
      AllowedHeader: rule.allowedHeaders,
      ExposeHeader: rule.exposeHeaders,
      MaxAgeSeconds: rule.maxAgeSeconds,
    })),
  });
}

const EVENT_NAME =
  /^s3:(ObjectCreated:(\*|Put|Post|Copy|CompleteMultipartUpload)|ObjectRemoved:(\*|Delete|DeleteMarkerCreated))$/;

/** @throws AwsError for events this stand-in does not emit and for queues that do not exist */
export function assertNotificationRule(ctx: S3Context, rule: NotificationRule): void {
  const lacking = rule.events.find((event) => !EVENT_NAME.test(event));
  if (lacking !== undefined) throw createLackingError(`event ${lacking}`);
  if (rule.queueArn.endsWith(".fifo"))
    throw createS3Error("InvalidArgument", `S3 does not send events to FIFO queues: ${rule.queueArn}`);
  if (!ctx.hasQueue(rule.queueArn))
    throw createS3Error(
      "InvalidArgument",
      `Unable to validate the following destination configurations: ${rule.queueArn} does not exist`,
    );
}

function readNotificationRule(ctx: S3Context, element: ParsedXml, index: number): NotificationRule {
  const filters = getXmlList(getXml(getXml(element, "Filter"), "S3Key"), "FilterRule");
  const findFilter = (name: string) => {
    const found = filters.find((filter) => getXmlText(filter, "Name")?.toLowerCase() === name);
    return getXmlText(found, "Value") ?? "";
  };
  const rule: NotificationRule = {
    id: getXmlText(element, "Id") || `rule-${index + 1}`,
    events: getXmlTexts(element, "Event"),
    prefix: findFilter("prefix"),
    suffix: findFilter("suffix"),
    queueArn: getXmlText(element, "Queue") ?? "",
  };
  assertNotificationRule(ctx, rule);
  return rule;
}

/** PutBucketNotificationConfiguration; queues get a test event unless the caller skips it, as in S3. */
export async function putBucketNotification(ctx: S3Context, request: S3Request): Promise<void> {
  const root = parseXml(await readText(request), "NotificationConfiguration");
  const lacking = getXmlNames(root).find((name) => name !== "QueueConfiguration");
  if (lacking) throw createLackingError(lacking);
  const rules = getXmlList(root, "QueueConfiguration").map((element, index) =>
    readNotificationRule(ctx, element, index),
  );
  const isSkipped = request.headers["x-amz-skip-destination-validation"] === "true";
  ctx.db.transaction(() => {
    updateSettings(ctx, request.bucketName, (settings) => {
      settings.notifications = rules;
    });
    if (isSkipped) return;
    for (const arn of new Set(rules.map((rule) => rule.queueArn)))
      addToOutbox(
        ctx.db,
        arn,
        JSON.stringify({
          Service: "Amazon S3",
          Event: "s3:TestEvent",
          Time: new Date().toISOString(),
          Bucket: request.bucketName,
          RequestId: request.call.requestId,
          HostId: request.call.requestId,
        }),
      );
  });
  ctx.pumpEvents();
  answerEmpty(request, 200);
}

export function getBucketNotification(ctx: S3Context, request: S3Request): void {
  const rules = getBucket(ctx.db, request.bucketName).settings.notifications ?? [];
  answerXml(request, "NotificationConfiguration", {
    QueueConfiguration: rules.map((rule) => {
      const filters = [
        { Name: "Prefix", Value: rule.prefix },
        { Name: "Suffix", Value: rule.suffix },
      ].filter((filter) => filter.Value);
      return {
        Id: rule.id,
        Queue: rule.queueArn,
        Event: rule.events,
        Filter: filters.length > 0 ? { S3Key: { FilterRule: filters } } : undefined,
      };
    }),
  });
}

const LIFECYCLE_ELEMENTS = ["ID", "Status", "Filter", "Prefix", "AbortIncompleteMultipartUpload"];

function readLifecycleRule(rule: ParsedXml, index: number): LifecycleRule {
  const lacking =
    getXmlNames(rule).find((name) => !LIFECYCLE_ELEMENTS.includes(name)) ??
    getXmlNames(getXml(rule, "Filter")).find((name) => name !== "Prefix");
  if (lacking) throw createLackingError(`lifecycle ${lacking}`);
  const days = Number(getXmlText(getXml(rule, "AbortIncompleteMultipartUpload"), "DaysAfterInitiation"));
  const status = getXmlText(rule, "Status");
  if (!Number.isInteger(days) || days < 1 || (status !== "Enabled" && status !== "Disabled"))
    throw createS3Error("MalformedXML", "A lifecycle Rule has a Status and a positive DaysAfterInitiation.");
  return {
    id: getXmlText(rule, "ID") || `rule-${index + 1}`,
    isEnabled: status === "Enabled",
    prefix: getXmlText(getXml(rule, "Filter"), "Prefix") ?? getXmlText(rule, "Prefix") ?? "",
    abortMultipartAfterDays: days,
  };
}

export async function putBucketLifecycle(ctx: S3Context, request: S3Request): Promise<void> {
  const root = parseXml(await readText(request), "LifecycleConfiguration");
  const rules = getXmlList(root, "Rule").map(readLifecycleRule);
  if (rules.length === 0) throw createS3Error("MalformedXML", "A LifecycleConfiguration has at least one Rule.");
  updateSettings(ctx, request.bucketName, (settings) => {
    settings.lifecycle = rules;
  });
  answerEmpty(request, 200);
}

export function getBucketLifecycle(ctx: S3Context, request: S3Request): void {
  const rules = getBucket(ctx.db, request.bucketName).settings.lifecycle;
  if (!rules) throw createS3Error("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist");
  answerXml(request, "LifecycleConfiguration", {
    Rule: rules.map((rule) => ({
      ID: rule.id,
      Filter: { Prefix: rule.prefix },
      Status: rule.isEnabled ? "Enabled" : "Disabled",
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: rule.abortMultipartAfterDays },
    })),
  });
}

export async function putBucketTagging(ctx: S3Context, request: S3Request): Promise<void> {
  const tags = readTagging(await readText(request));
  updateSettings(ctx, request.bucketName, (settings) => {
    settings.tags = tags;
  });
  answerEmpty(request, 204);
}

export function getBucketTagging(ctx: S3Context, request: S3Request): void {
  const { tags } = getBucket(ctx.db, request.bucketName).settings;
  if (!tags) throw createS3Error("NoSuchTagSet", "The TagSet does not exist");
  answerXml(request, "Tagging", describeTags(tags));
}

/** Deletes one of the settings that S3 lets one delete. */
export const createSettingRemover =
  (name: "cors" | "lifecycle" | "tags") =>
  (ctx: S3Context, request: S3Request): void => {
    updateSettings(ctx, request.bucketName, (settings) => {
      delete settings[name];
    });
    answerEmpty(request, 204);
  };

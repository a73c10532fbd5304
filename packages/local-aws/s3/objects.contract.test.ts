import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBucketConfig, createClientSettings, startStorage, type TestStorage } from "../kernel/testing.ts";

const Bucket = "objects";
let aws: TestStorage;
let s3: S3Client;
beforeAll(async () => {
  aws = await startStorage({ buckets: [createBucketConfig(Bucket)] });
  s3 = new S3Client(createClientSettings(aws.url));
});
afterAll(() => aws.close());

const put = (Key: string, Body: string, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const read = async (Key: string, more: object = {}) => {
  const answer = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...answer, text: await answer.Body?.transformToString() };
};
const status = (statusCode: number, name?: string) => ({
  ...(name && { name }),
  $metadata: { httpStatusCode: statusCode },
});

describe("objects", () => {
  it("keeps bytes, type, metadata and UTF-8 keys", async () => {
    await put("år/ä b+c (1)'!*.txt", "hej", {
      ContentType: "text/plain",
      Metadata: { a: "1" },
      CacheControl: "no-store",
    });
    const object = await read("år/ä b+c (1)'!*.txt");
    expect(object).toMatchObject({
      text: "hej",
      ContentType: "text/plain",
      Metadata: { a: "1" },
      CacheControl: "no-store",
    });
    expect(object.ETag).toBe(`"${createHash("md5").update("hej").digest("hex")}"`);
  });

  it("keeps keys with dots and slashes as keys, never as paths", async () => {
    for (const key of ["../up", "a/../../b", "dir/", "a//b", ".", "dir"]) await put(key, key);
    for (const key of ["../up", "a/../../b", "dir/", "a//b", ".", "dir"]) expect((await read(key)).text).toBe(key);
  });

  it("refuses keys longer than 1024 bytes and takes those as long", async () => {
    await put("k".repeat(1024), "x");
    await expect(put("k".repeat(1025), "x")).rejects.toMatchObject(status(400, "KeyTooLongError"));
  });

  it("stores a stream without its aws-chunked framing", async () => {
    const bytes = randomBytes(300_000);
    const Body = Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]);
    const stored = await s3.send(new PutObjectCommand({ Bucket, Key: "stream", Body, ContentLength: bytes.length }));
    const object = await s3.send(new GetObjectCommand({ Bucket, Key: "stream" }));
    expect(Buffer.from((await object.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
    expect(stored.ChecksumCRC32).toBeTruthy();
  });

  it("refuses a body that does not match its checksum or MD5, and keeps what was there", async () => {
    await put("sum", "first");
    const wrongSha256 = createHash("sha256").update("other").digest("base64");
    const wrongMd5 = createHash("md5").update("other").digest("base64");
    await expect(put("sum", "second", { ChecksumSHA256: wrongSha256 })).rejects.toMatchObject(status(400, "BadDigest"));
    await expect(put("sum", "second", { ContentMD5: wrongMd5 })).rejects.toMatchObject(status(400, "BadDigest"));
    expect((await read("sum")).text).toBe("first");
  });

  it.each(["CRC32", "CRC32C", "SHA1", "SHA256"] as const)("computes %s and answers it when asked", async (name) => {
    const field = `Checksum${name}` as const;
    const stored = await put(`sum-${name}`, "123456789", { ChecksumAlgorithm: name });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: `sum-${name}`, ChecksumMode: "ENABLED" }));
    expect(head[field]).toBe(stored[field]);
    expect(stored[field]).toBeTruthy();
  });

  it("answers ranges exactly, and 416 outside", async () => {
    await put("range", "0123456789");
    expect(await read("range", { Range: "bytes=2-5" })).toMatchObject({ text: "2345", ContentRange: "bytes 2-5/10" });
    expect((await read("range", { Range: "bytes=7-" })).text).toBe("789");
    expect((await read("range", { Range: "bytes=-3" })).text).toBe("789");
    expect((await read("range", { Range: "bytes=8-99" })).text).toBe("89");
    await expect(read("range", { Range: "bytes=10-12" })).rejects.toMatchObject(status(416, "InvalidRange"));
  });

  it("answers HEAD like GET without a body, and an empty object", async () => {
    await put("empty", "");
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: "empty" }))).toMatchObject({ ContentLength: 0 });
    expect((await read("empty")).text).toBe("");
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: "nope" }))).rejects.toMatchObject(status(404));
    await expect(read("nope")).rejects.toBeInstanceOf(NoSuchKey);
  });

  it("answers 304 and 412 to conditional reads", async () => {
    const { ETag } = await put("cond", "x");
    await expect(read("cond", { IfNoneMatch: ETag })).rejects.toMatchObject(status(304));
    await expect(read("cond", { IfMatch: '"other"' })).rejects.toMatchObject(status(412));
    const later = new Date(Date.now() + 60_000);
    await expect(read("cond", { IfModifiedSince: later })).rejects.toMatchObject(status(304));
    expect((await read("cond", { IfMatch: ETag, IfModifiedSince: new Date(0) })).text).toBe("x");
  });

  it("lets one of twenty racing creators win", async () => {
    const racers = Array.from({ length: 20 }, (_, index) => put("race", `v${index}`, { IfNoneMatch: "*" }));
    const outcomes = await Promise.allSettled(racers);
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject(status(412, "PreconditionFailed"));
  });

  it("replaces by If-Match only what the caller has seen", async () => {
    const first = await put("swap", "1");
    await put("swap", "2", { IfMatch: first.ETag });
    await expect(put("swap", "3", { IfMatch: first.ETag })).rejects.toMatchObject(status(412));
    await expect(put("absent", "3", { IfMatch: first.ETag })).rejects.toMatchObject(status(404));
    expect((await read("swap")).text).toBe("2");
  });

  it("copies bytes with metadata and tags, or with the request's own", async () => {
    await put("from ö", "copied", { Metadata: { a: "1" }, Tagging: "t=1" });
    const CopySource = `${Bucket}/${encodeURIComponent("from ö")}`;
    await s3.send(new CopyObjectCommand({ Bucket, Key: "to", CopySource }));
    expect(await read("to")).toMatchObject({ text: "copied", Metadata: { a: "1" }, TagCount: 1 });
    const replace = { MetadataDirective: "REPLACE", Metadata: { b: "2" } } as const;
    await s3.send(new CopyObjectCommand({ Bucket, Key: "to", CopySource, ...replace }));
    expect((await read("to")).Metadata).toEqual({ b: "2" });
    const self = new CopyObjectCommand({ Bucket, Key: "to", CopySource: `${Bucket}/to` });
    await expect(s3.send(self)).rejects.toMatchObject(status(400, "InvalidRequest"));
  });

  it("keeps tags beside the object, not in its place", async () => {
    await put("tagged", "body");
    const TagSet = [{ Key: "kind", Value: "a & b" }];
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key: "tagged", Tagging: { TagSet } }));
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "tagged" }))).TagSet).toEqual(TagSet);
    expect((await read("tagged")).text).toBe("body");
  });

  it("deletes one and many, and takes an absent key for deleted", async () => {
    for (const key of ["d1", "d2", "d<3>&"]) await put(key, "x");
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "d1" }));
    const Objects = [{ Key: "d2" }, { Key: "d<3>&" }, { Key: "never" }];
    const answer = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(answer.Deleted).toHaveLength(3);
    for (const key of ["d1", "d2", "d<3>&"]) await expect(read(key)).rejects.toBeInstanceOf(NoSuchKey);
  });

  it("goes on answering a reader whose object is overwritten meanwhile", async () => {
    const bytes = randomBytes(8 * 1024 * 1024);
    await s3.send(new PutObjectCommand({ Bucket, Key: "busy", Body: bytes }));
    const object = await s3.send(new GetObjectCommand({ Bucket, Key: "busy" }));
    await put("busy", "new");
    expect(Buffer.from((await object.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
    expect((await read("busy")).text).toBe("new");
  });

  it("refuses what it does not hold instead of ignoring it", async () => {
    await expect(put("acl", "x", { ACL: "public-read" })).rejects.toMatchObject(status(501, "NotImplemented"));
    await expect(put("class", "x", { StorageClass: "GLACIER" })).rejects.toMatchObject(status(501, "NotImplemented"));
    await expect(put("lock", "x", { ObjectLockLegalHoldStatus: "ON" })).rejects.toMatchObject(status(501));
  });
});

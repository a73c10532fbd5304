import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBucketConfig, createClientSettings, startStorage, type TestStorage } from "../kernel/testing.ts";

const Bucket = "presigned";
let aws: TestStorage;
let s3: S3Client;
beforeAll(async () => {
  aws = await startStorage({ buckets: [createBucketConfig(Bucket)] });
  s3 = new S3Client({ ...createClientSettings(aws.url), requestChecksumCalculation: "WHEN_REQUIRED" });
});
afterAll(() => aws.close());

const read = async (Key: string) => {
  const object = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return { ...object, text: await object.Body?.transformToString() };
};

describe("presigned URLs", () => {
  it("put and get without other credentials", async () => {
    const put = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: "å/1", Metadata: { who: "me" } }), {
      expiresIn: 60,
    });
    const stored = await fetch(put, { method: "PUT", body: "presigned", headers: { "content-type": "text/plain" } });
    expect(stored.status).toBe(200);
    expect(await read("å/1")).toMatchObject({ text: "presigned", ContentType: "text/plain", Metadata: { who: "me" } });
    const command = new GetObjectCommand({ Bucket, Key: "å/1", ResponseContentDisposition: "attachment" });
    const answer = await fetch(await getSignedUrl(s3, command, { expiresIn: 60 }));
    expect(await answer.text()).toBe("presigned");
    expect(answer.headers.get("content-disposition")).toBe("attachment");
  });

  it("put parts and show their ETag", async () => {
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "part" }));
    const command = new UploadPartCommand({ Bucket, Key: "part", UploadId, PartNumber: 1 });
    const answer = await fetch(await getSignedUrl(s3, command, { expiresIn: 60 }), { method: "PUT", body: "part" });
    expect(answer.headers.get("etag")).toMatch(/^"[0-9a-f]{32}"$/);
  });

  it("are refused when tampered with, used for another method or key, or expired", async () => {
    const signingDate = new Date(Date.now() - 120_000);
    const command = new PutObjectCommand({ Bucket, Key: "no" });
    const fresh = await getSignedUrl(s3, command, { expiresIn: 60 });
    const expired = await getSignedUrl(s3, command, { expiresIn: 60, signingDate });
    const attempts: [string, string][] = [
      [fresh.replace(/Signature=..../, "Signature=0000"), "PUT"],
      [fresh.replace("/no?", "/other?"), "PUT"],
      [fresh.replace("Expires=60", "Expires=600"), "PUT"],
      [fresh, "DELETE"],
      [expired, "PUT"],
    ];
    for (const [url, method] of attempts) expect((await fetch(url, { method })).status).toBe(403);
    expect((await fetch(expired, { method: "PUT", body: "x" })).status).toBe(403);
    await expect(read("no")).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  it("are refused with x-amz- headers they were not signed for", async () => {
    const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: "no" }), { expiresIn: 60 });
    const answer = await fetch(url, { method: "PUT", body: "x", headers: { "x-amz-meta-role": "admin" } });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("<HeadersNotSigned>x-amz-meta-role</HeadersNotSigned>");
  });

  it("answer an upload that is refused even while its body is still coming", async () => {
    const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: "no" }), { expiresIn: 60 });
    const body = new Uint8Array(8 * 1024 * 1024);
    const answer = await fetch(url.replace(/Signature=..../, "Signature=0000"), { method: "PUT", body });
    expect(answer.status).toBe(403);
  });

  it("take a body even when the SDK signed the checksum of an empty one into the URL", async () => {
    const withDefaults = new S3Client(createClientSettings(aws.url));
    const url = await getSignedUrl(withDefaults, new PutObjectCommand({ Bucket, Key: "default" }), { expiresIn: 60 });
    expect(url).toContain("x-amz-checksum-crc32=AAAAAA");
    expect((await fetch(url, { method: "PUT", body: "not empty" })).status).toBe(200);
  });
});

describe("signed forms", () => {
  const post = async (
    body: string,
    options: { min?: number; max?: number; key?: string; change?: Record<string, string>; expires?: number } = {},
  ) => {
    const { url, fields } = await createPresignedPost(s3, {
      Bucket,
      Key: options.key ?? "form/a.txt",
      Conditions: [
        ["content-length-range", options.min ?? 1, options.max ?? 100],
        ["starts-with", "$Content-Type", "text/"],
      ],
      Fields: { "Content-Type": "text/plain" },
      Expires: options.expires ?? 60,
    });
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...fields, ...options.change })) form.append(name, value);
    form.append("file", new Blob([body]), "picked.txt");
    return fetch(url, { method: "POST", body: form });
  };

  it("store what their policy allows", async () => {
    expect((await post("posted")).status).toBe(204);
    expect(await read("form/a.txt")).toMatchObject({ text: "posted", ContentType: "text/plain" });
  });

  it("refuse another size, type, key, an extra field, a foreign signature, an expired policy", async () => {
    const refused = await Promise.all([
      post("x".repeat(101)),
      post("x", { min: 2 }),
      post("x", { change: { "Content-Type": "image/png" } }),
      post("x", { change: { key: "elsewhere" } }),
      post("x", { change: { "x-amz-meta-extra": "1" } }),
      post("x", { change: { "X-Amz-Signature": "0".repeat(64) } }),
      post("x", { expires: -60 }),
    ]);
    expect(refused.map((answer) => answer.status)).toEqual([400, 400, 403, 403, 403, 403, 403]);
    await expect(read("elsewhere")).rejects.toMatchObject({ name: "NoSuchKey" });
  });
});

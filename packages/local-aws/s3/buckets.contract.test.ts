import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBucketConfig, createClientSettings, startStorage, type TestStorage } from "../kernel/testing.ts";

let aws: TestStorage;
let s3: S3Client;
beforeAll(async () => {
  aws = await startStorage({
    buckets: [
      createBucketConfig("listed"),
      createBucketConfig("versioned", { versioned: true }),
      createBucketConfig("configured", {
        abortMultipartAfterDays: 3,
        cors: [
          {
            allowedOrigins: ["http://127.0.0.1:3000"],
            allowedMethods: ["PUT"],
            allowedHeaders: ["*"],
            exposeHeaders: ["ETag"],
            maxAgeSeconds: 60,
          },
        ],
      }),
    ],
  });
  s3 = new S3Client(createClientSettings(aws.url));
});
afterAll(() => aws.close());

const put = (Bucket: string, Key: string, Body = "x") => s3.send(new PutObjectCommand({ Bucket, Key, Body }));

describe("buckets", () => {
  it("are made once, found, and deleted only when empty", async () => {
    await s3.send(new CreateBucketCommand({ Bucket: "fresh" }));
    await expect(s3.send(new CreateBucketCommand({ Bucket: "fresh" }))).rejects.toMatchObject({
      name: "BucketAlreadyOwnedByYou",
    });
    await expect(s3.send(new CreateBucketCommand({ Bucket: "Bad_Name" }))).rejects.toMatchObject({
      name: "InvalidBucketName",
    });
    await put("fresh", "k");
    await expect(s3.send(new DeleteBucketCommand({ Bucket: "fresh" }))).rejects.toMatchObject({
      name: "BucketNotEmpty",
    });
    await s3.send(new DeleteObjectCommand({ Bucket: "fresh", Key: "k" }));
    await s3.send(new DeleteBucketCommand({ Bucket: "fresh" }));
    await expect(s3.send(new HeadBucketCommand({ Bucket: "fresh" }))).rejects.toMatchObject({ name: "NotFound" });
    await expect(put("fresh", "k")).rejects.toMatchObject({ name: "NoSuchBucket" });
  });

  it("answer 501 for a subresource they do not hold", async () => {
    await expect(s3.send(new GetBucketAclCommand({ Bucket: "listed" }))).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("?acl"),
    });
  });

  it("come with the configuration they were started with", async () => {
    const Bucket = "configured";
    const { CORSRules } = await s3.send(new GetBucketCorsCommand({ Bucket }));
    expect(CORSRules).toMatchObject([{ AllowedMethods: ["PUT"], ExposeHeaders: ["ETag"], MaxAgeSeconds: 60 }]);
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(Rules?.[0]?.AbortIncompleteMultipartUpload?.DaysAfterInitiation).toBe(3);
    expect(await s3.send(new GetBucketVersioningCommand({ Bucket: "versioned" }))).toMatchObject({ Status: "Enabled" });
  });

  it("refuse lifecycle rules that nobody would carry out", async () => {
    const Rules = [{ ID: "a", Status: "Enabled" as const, Filter: { Prefix: "" }, Expiration: { Days: 1 } }];
    const command = new PutBucketLifecycleConfigurationCommand({ Bucket: "listed", LifecycleConfiguration: { Rules } });
    await expect(s3.send(command)).rejects.toMatchObject({ name: "NotImplemented" });
  });
});

describe("listing", () => {
  const keys = ["a", "a/1", "a/2", "a/b/3", "b", "ä/1", "ö", "z z", "å&<>"];
  beforeAll(async () => {
    for (const key of keys) await put("listed", key);
  });
  const inUtf8Order = keys.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));

  it("gives all keys in UTF-8 order, page by page", async () => {
    const found: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(new ListObjectsV2Command({ Bucket: "listed", MaxKeys: 2, ContinuationToken }));
      expect(page.KeyCount).toBeLessThanOrEqual(2);
      found.push(...(page.Contents ?? []).map((object) => object.Key ?? ""));
      ContinuationToken = page.NextContinuationToken;
      expect(page.IsTruncated).toBe(ContinuationToken !== undefined);
    } while (ContinuationToken);
    expect(found).toEqual(inUtf8Order);
  });

  it("rolls keys up at the delimiter, each prefix once, over pages", async () => {
    const found: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: "listed", Delimiter: "/", MaxKeys: 1, ContinuationToken }),
      );
      found.push(...(page.Contents ?? []).map((object) => object.Key ?? ""));
      found.push(...(page.CommonPrefixes ?? []).map((prefix) => prefix.Prefix ?? ""));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(found).toEqual(
      ["a", "a/", "b", "z z", "ä/", "å&<>", "ö"].toSorted((one, other) =>
        Buffer.compare(Buffer.from(one), Buffer.from(other)),
      ),
    );
  });

  it("keeps to prefix, start and encoding", async () => {
    const within = await s3.send(new ListObjectsV2Command({ Bucket: "listed", Prefix: "a/", Delimiter: "/" }));
    expect(within.Contents?.map((object) => object.Key)).toEqual(["a/1", "a/2"]);
    expect(within.CommonPrefixes).toEqual([{ Prefix: "a/b/" }]);
    const after = await s3.send(new ListObjectsV2Command({ Bucket: "listed", StartAfter: "a/2", MaxKeys: 1 }));
    expect(after.Contents?.[0]?.Key).toBe("a/b/3");
    const encoded = await s3.send(new ListObjectsV2Command({ Bucket: "listed", Prefix: "å", EncodingType: "url" }));
    expect(encoded.Contents?.[0]?.Key).toBe("%C3%A5%26%3C%3E");
    expect(await s3.send(new ListObjectsV2Command({ Bucket: "listed", MaxKeys: 0 }))).toMatchObject({
      KeyCount: 0,
      IsTruncated: false,
    });
  });

  it("continues version 1 listings by marker", async () => {
    const first = await s3.send(new ListObjectsCommand({ Bucket: "listed", Delimiter: "/", MaxKeys: 2 }));
    expect(first.NextMarker).toBe("a/");
    const second = await s3.send(
      new ListObjectsCommand({ Bucket: "listed", Delimiter: "/", Marker: first.NextMarker, MaxKeys: 1 }),
    );
    expect(second.Contents?.[0]?.Key).toBe("b");
  });
});

describe("versions", () => {
  const Bucket = "versioned";
  it("keeps each, hides the object behind a delete marker, brings it back without", async () => {
    const one = await put(Bucket, "k", "1");
    const two = await put(Bucket, "k", "2");
    const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    expect(marker.DeleteMarker).toBe(true);
    await expect(s3.send(new GetObjectCommand({ Bucket, Key: "k" }))).rejects.toMatchObject({ name: "NoSuchKey" });
    const old = await s3.send(new GetObjectCommand({ Bucket, Key: "k", VersionId: one.VersionId }));
    expect(await old.Body?.transformToString()).toBe("1");
    const list = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: "k" }));
    expect(list.Versions?.map((version) => version.VersionId)).toEqual([two.VersionId, one.VersionId]);
    expect(list.DeleteMarkers?.[0]).toMatchObject({ IsLatest: true, VersionId: marker.VersionId });
    expect((await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "k" }))).KeyCount).toBe(0);

    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId: marker.VersionId }));
    const back = await s3.send(new GetObjectCommand({ Bucket, Key: "k" }));
    expect(await back.Body?.transformToString()).toBe("2");
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId: two.VersionId }));
    expect((await s3.send(new GetObjectCommand({ Bucket, Key: "k" }))).VersionId).toBe(one.VersionId);
  });

  it("lists versions page by page without gaps or repeats", async () => {
    for (const key of ["p1", "p2"]) for (const body of ["1", "2", "3"]) await put(Bucket, key, body);
    const found: string[] = [];
    let markers: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
    while (markers) {
      const page: Awaited<ReturnType<typeof list>> = await list(markers);
      found.push(...(page.Versions ?? []).map((version) => `${version.Key} ${version.VersionId}`));
      markers = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
        : undefined;
    }
    expect(new Set(found).size).toBe(6);
    expect(found).toHaveLength(6);
  });
  const list = (markers: { KeyMarker?: string; VersionIdMarker?: string }) =>
    s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: "p", MaxKeys: 2, ...markers }));

  it("writes the version named null while versioning is suspended", async () => {
    await s3.send(new CreateBucketCommand({ Bucket: "suspended" }));
    const target = { Bucket: "suspended" };
    await put(target.Bucket, "k", "plain");
    await s3.send(new PutBucketVersioningCommand({ ...target, VersioningConfiguration: { Status: "Enabled" } }));
    await put(target.Bucket, "k", "kept");
    await s3.send(new PutBucketVersioningCommand({ ...target, VersioningConfiguration: { Status: "Suspended" } }));
    expect((await put(target.Bucket, "k", "null again")).VersionId).toBe("null");
    const { Versions } = await s3.send(new ListObjectVersionsCommand(target));
    expect(Versions).toHaveLength(2);
    expect(Versions?.[0]).toMatchObject({ VersionId: "null", IsLatest: true });
  });
});

describe("CORS", () => {
  it("answers preflights by the bucket's rules and lets the browser read errors too", async () => {
    const url = `${aws.url}/configured/some/key`;
    const headers = {
      origin: "http://127.0.0.1:3000",
      "access-control-request-method": "PUT",
      "access-control-request-headers": "content-type",
    };
    const allowed = await fetch(url, { method: "OPTIONS", headers });
    expect(allowed.status).toBe(200);
    expect(allowed.headers.get("access-control-allow-origin")).toBe("http://127.0.0.1:3000");
    expect(allowed.headers.get("access-control-allow-headers")).toBe("content-type");
    expect(allowed.headers.get("access-control-max-age")).toBe("60");
    const foreign = await fetch(url, { method: "OPTIONS", headers: { ...headers, origin: "http://evil.example" } });
    expect(foreign.status).toBe(403);
    expect(foreign.headers.get("access-control-allow-origin")).toBeNull();
    const unsigned = await fetch(url, { method: "PUT", body: "x", headers: { origin: headers.origin } });
    expect(unsigned.status).toBe(403);
    expect(unsigned.headers.get("access-control-expose-headers")).toBe("ETag");
  });

  it("is changed by PutBucketCors", async () => {
    const CORSRules = [{ AllowedOrigins: ["https://*.example"], AllowedMethods: ["GET"] }];
    await s3.send(new PutBucketCorsCommand({ Bucket: "versioned", CORSConfiguration: { CORSRules } }));
    const headers = { origin: "https://a.example", "access-control-request-method": "GET" };
    expect((await fetch(`${aws.url}/versioned/k`, { method: "OPTIONS", headers })).status).toBe(200);
  });
});

import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createBucketConfig,
  createClientSettings,
  startStorage,
  type TestStorage,
  waitFor,
} from "../kernel/testing.ts";

const Bucket = "multipart";
let aws: TestStorage;
let s3: S3Client;
beforeAll(async () => {
  aws = await startStorage({ buckets: [createBucketConfig(Bucket)] });
  s3 = new S3Client(createClientSettings(aws.url));
});
afterAll(() => aws.close());

const part = randomBytes(5 * 1024 * 1024);
const tail = randomBytes(1000);

async function begin(Key: string, more: object = {}) {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  const target = { Bucket, Key, UploadId };
  return {
    target,
    upload: (PartNumber: number, Body: Buffer) => s3.send(new UploadPartCommand({ ...target, PartNumber, Body })),
    complete: (Parts: { PartNumber: number; ETag?: string }[], conditions: object = {}) =>
      s3.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts }, ...conditions })),
  };
}
const readBytes = async (Key: string, more: object = {}) => {
  const object = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return Buffer.from((await object.Body?.transformToByteArray()) ?? []);
};

describe("multipart uploads", () => {
  it("joins parts in order, keeps metadata, answers ranges over part borders", async () => {
    const { upload, complete } = await begin("joined", { ContentType: "application/pdf", Metadata: { m: "x" } });
    const second = await upload(2, tail);
    const first = await upload(1, part);
    const done = await complete([
      { PartNumber: 1, ETag: first.ETag },
      { PartNumber: 2, ETag: second.ETag },
    ]);
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    expect((await readBytes("joined")).equals(Buffer.concat([part, tail]))).toBe(true);
    const border = await readBytes("joined", { Range: `bytes=${part.length - 2}-${part.length + 1}` });
    expect(border.equals(Buffer.concat([part.subarray(-2), tail.subarray(0, 2)]))).toBe(true);
    expect((await readBytes("joined", { PartNumber: 2 })).equals(tail)).toBe(true);
    const head = await s3.send(new GetObjectCommand({ Bucket, Key: "joined" }));
    expect(head).toMatchObject({ ContentType: "application/pdf", Metadata: { m: "x" } });
    head.Body?.transformToByteArray();
  });

  it("lets a page that was closed find its upload and its parts again", async () => {
    const { target, upload } = await begin("resumed");
    for (const number of [1, 2, 3]) await upload(number, tail);
    const uploads = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: "resu" }));
    expect(uploads.Uploads?.map((each) => each.UploadId)).toEqual([target.UploadId]);
    const page = await s3.send(new ListPartsCommand({ ...target, MaxParts: 2 }));
    expect(page).toMatchObject({ IsTruncated: true, NextPartNumberMarker: "2" });
    const rest = await s3.send(new ListPartsCommand({ ...target, PartNumberMarker: page.NextPartNumberMarker }));
    expect(rest.Parts?.map((each) => each.PartNumber)).toEqual([3]);
  });

  it("refuses wrong parts: absent, wrong ETag, out of order, too small", async () => {
    const { upload, complete } = await begin("wrong");
    const first = await upload(1, tail);
    const second = await upload(2, tail);
    await expect(complete([{ PartNumber: 3, ETag: first.ETag }])).rejects.toMatchObject({ name: "InvalidPart" });
    await expect(complete([{ PartNumber: 1, ETag: '"00"' }])).rejects.toMatchObject({ name: "InvalidPart" });
    const swapped = [
      { PartNumber: 2, ETag: second.ETag },
      { PartNumber: 1, ETag: first.ETag },
    ];
    await expect(complete(swapped)).rejects.toMatchObject({ name: "InvalidPartOrder" });
    await expect(complete(swapped.toReversed())).rejects.toMatchObject({ name: "EntityTooSmall" });
  });

  it("gives a repeated Complete the first one's answer", async () => {
    const { upload, complete } = await begin("twice");
    const { ETag } = await upload(1, tail);
    const first = await complete([{ PartNumber: 1, ETag }]);
    expect((await complete([{ PartNumber: 1, ETag }])).ETag).toBe(first.ETag);
  });

  it("keeps the conditions of a write at Complete", async () => {
    const one = await begin("only-once");
    const two = await begin("only-once");
    const parts = await Promise.all([one, two].map(({ upload }) => upload(1, tail)));
    const outcomes = await Promise.allSettled(
      [one, two].map(({ complete }, index) =>
        complete([{ PartNumber: 1, ETag: parts[index]?.ETag }], { IfNoneMatch: "*" }),
      ),
    );
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("leaves nothing on the disk after an abort", async () => {
    const { target, upload } = await begin("aborted");
    const countFiles = async () => (await readdir(path.join(aws.dir, "s3", "objects"), { recursive: true })).length;
    const before = await countFiles();
    await upload(1, tail);
    await s3.send(new AbortMultipartUploadCommand(target));
    await waitFor(async () => (await countFiles()) <= before + 1);
    await expect(upload(2, tail)).rejects.toMatchObject({ name: "NoSuchUpload" });
  });

  it("takes the SDK's uploader with a stream of unknown length and its checksums", async () => {
    const bytes = randomBytes(12 * 1024 * 1024);
    const Body = Readable.from([bytes.subarray(0, 7e6), bytes.subarray(7e6)]);
    await new Upload({ client: s3, params: { Bucket, Key: "lib", Body, ChecksumAlgorithm: "CRC32" } }).done();
    expect((await readBytes("lib")).equals(bytes)).toBe(true);
  });

  it("makes parts from ranges of other objects", async () => {
    const { target, complete } = await begin("part-copy");
    const { CopyPartResult } = await s3.send(
      new UploadPartCopyCommand({
        ...target,
        PartNumber: 1,
        CopySource: `${Bucket}/lib`,
        CopySourceRange: "bytes=5-9",
      }),
    );
    await complete([{ PartNumber: 1, ETag: CopyPartResult?.ETag }]);
    expect((await readBytes("part-copy")).equals((await readBytes("lib")).subarray(5, 10))).toBe(true);
  });
});

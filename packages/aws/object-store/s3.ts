import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { notFound, type ObjectStore } from "@samla/core/kernel";
import { clientConfig } from "../client-config.ts";
import { errorName, translate } from "../failures.ts";

const isMissing = (error: unknown): boolean => ["NoSuchKey", "NotFound", "NoSuchVersion"].includes(errorName(error));

/** Signed content-length binds a URL to exactly the announced size, signed if-none-match to the first bytes sent. */
const signedHeaders = { signableHeaders: new Set(["content-length", "host", "if-none-match"]) };
/** A presigned address lives on after its upload: without this it could replace bytes that were read already. */
const onlyOnce = { "if-none-match": "*" };

/** Objects in an S3 bucket. */
export const createS3ObjectStore = (options: { bucket: string }): ObjectStore => {
  const client = new S3Client(clientConfig);
  // Without this a presigned URL carries the checksum of an empty body.
  const presigner = new S3Client({ ...clientConfig, requestChecksumCalculation: "WHEN_REQUIRED" });
  const Bucket = options.bucket;
  return {
    presignPut: async (Key, sizeBytes, expiresIn) => ({
      url: await getSignedUrl(
        presigner,
        new PutObjectCommand({ Bucket, Key, ContentLength: sizeBytes, IfNoneMatch: "*" }),
        {
          expiresIn,
          ...signedHeaders,
        },
      ),
      headers: onlyOnce,
    }),
    createMultipart: (Key) =>
      translate(async () => {
        const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
        if (!UploadId) throw new Error("S3 gave no upload id");
        return UploadId;
      }),
    presignPart: (Key, UploadId, PartNumber, sizeBytes, expiresIn) =>
      getSignedUrl(presigner, new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, ContentLength: sizeBytes }), {
        expiresIn,
        ...signedHeaders,
      }),
    listParts: (Key, UploadId) =>
      translate(async () => {
        const parts: { number: number; etag: string; sizeBytes: number }[] = [];
        let marker: string | undefined;
        do {
          const page = await client.send(
            new ListPartsCommand({ Bucket, Key, UploadId, ...(marker ? { PartNumberMarker: marker } : {}) }),
          );
          for (const part of page.Parts ?? [])
            parts.push({ number: part.PartNumber ?? 0, etag: part.ETag ?? "", sizeBytes: part.Size ?? 0 });
          marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
        } while (marker);
        return parts;
      }),
    completeMultipart: (Key, UploadId, parts) =>
      translate(async () => {
        await client.send(
          new CompleteMultipartUploadCommand({
            Bucket,
            Key,
            UploadId,
            MultipartUpload: { Parts: parts.map((part) => ({ PartNumber: part.number, ETag: part.etag })) },
          }),
        );
      }),
    abortMultipart: async (Key, UploadId) => {
      try {
        await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
      } catch (error) {
        if (errorName(error) !== "NoSuchUpload") throw error;
      }
    },
    presignGet: (Key, get) =>
      getSignedUrl(
        presigner,
        new GetObjectCommand({
          Bucket,
          Key,
          ResponseContentType: get.contentType,
          ResponseContentDisposition: get.downloadName
            ? `attachment; filename*=UTF-8''${encodeRfc5987(get.downloadName)}`
            : "inline",
        }),
        { expiresIn: get.ttlSeconds },
      ),
    head: async (Key) => {
      try {
        const found = await client.send(new HeadObjectCommand({ Bucket, Key }));
        return { sizeBytes: found.ContentLength ?? 0, etag: found.ETag ?? "", contentType: found.ContentType };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    download: (Key, filePath, { signal, sizeMaxBytes = Number.POSITIVE_INFINITY } = {}) =>
      translate(async () => {
        try {
          const { Body, ContentLength = 0 } = await client.send(
            new GetObjectCommand({ Bucket, Key }),
            signal ? { abortSignal: signal } : {},
          );
          if (!(Body instanceof Readable)) throw new Error("S3 gave no stream");
          if (ContentLength > sizeMaxBytes) {
            Body.destroy();
            return { sizeBytes: ContentLength, sha256: undefined };
          }
          const hash = createHash("sha256");
          let sizeBytes = 0;
          const meter = new Transform({
            transform(chunk: Buffer, _, done) {
              hash.update(chunk);
              sizeBytes += chunk.length;
              done(null, chunk);
            },
          });
          await pipeline(Body, meter, createWriteStream(filePath), signal ? { signal } : {});
          return { sizeBytes, sha256: hash.digest("hex") };
        } catch (error) {
          if (isMissing(error)) throw notFound("object", Key);
          throw error;
        }
      }),
    getBytes: async (Key) => {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    put: (Key, Body, ContentType) =>
      translate(async () => {
        await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType }));
      }),
    copy: (fromKey, Key) =>
      translate(async () => {
        await client.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${fromKey}` }));
      }),
    list: (Prefix, StartAfter) =>
      translate(async () => {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket, Prefix, ...(StartAfter ? { StartAfter } : {}) }),
        );
        return (page.Contents ?? []).map(({ Key = "", Size = 0, LastModified }) => ({
          key: Key,
          sizeBytes: Size,
          modifiedAt: LastModified?.getTime() ?? 0,
        }));
      }),
    deletePrefix: (Prefix) =>
      translate(async () => {
        let removed = 0;
        for (;;) {
          const page = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix, MaxKeys: 1000 }));
          const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
            Key,
            VersionId,
          }));
          if (Objects.length === 0) return removed;
          const { Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
          if (Errors?.length) throw new Error(`S3 kept ${Errors.length} objects below ${Prefix}: ${Errors[0]?.Code}`);
          removed += Objects.length;
        }
      }),
    ping: async () => {
      await client.send(new HeadBucketCommand({ Bucket }));
      return true;
    },
  };
};

const encodeRfc5987 = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

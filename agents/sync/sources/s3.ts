import type { Readable } from "node:stream";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { type Found, type Read, type Source, SourceError } from "./source.ts";
import { spool, tooLarge } from "./spool.ts";

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : String(error));
const reasons: Record<string, string> = {
  AccessDenied: "the agent's role may not read it",
  NoSuchBucket: "there is no such bucket",
  InvalidObjectState: "it is archived and must be restored first",
};
const reasonOf = (error: unknown): string =>
  reasons[nameOf(error)] ?? `S3 answered ${nameOf(error)}${error instanceof Error ? `: ${error.message}` : ""}`;

/** Objects below a prefix, with the credentials and the endpoint of the environment. */
export const createS3Source = (options: { bucket: string; prefix: string; hidden: boolean }): Source => {
  const client = new S3Client({
    maxAttempts: 4,
    // Endpoints other than AWS have no host name for each bucket.
    forcePathStyle: Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL),
  });
  return {
    async *list(signal): AsyncGenerator<Found> {
      let token: string | undefined;
      do {
        const page = await client
          .send(
            new ListObjectsV2Command({
              Bucket: options.bucket,
              Prefix: options.prefix,
              ...(token ? { ContinuationToken: token } : {}),
            }),
            { abortSignal: signal },
          )
          .catch((error: unknown) => {
            signal.throwIfAborted();
            return reasonOf(error);
          });
        if (typeof page === "string") {
          yield { kind: "unknown", key: "", segments: [], reason: `s3://${options.bucket}/${options.prefix}: ${page}` };
          return;
        }
        for (const { Key: key = "", ETag = "", Size = 0, LastModified } of page.Contents ?? []) {
          // Consoles make empty objects to show folders.
          if (key.endsWith("/")) continue;
          const segments = key.slice(folderOf(options.prefix).length).split("/");
          if (!options.hidden && segments.some((segment) => segment.startsWith("."))) continue;
          const stamp = `${ETag}-${Size}-${LastModified?.getTime() ?? 0}`;
          yield { kind: "entry", entry: { key, segments, stamp, sizeBytes: Size } };
        }
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (token);
    },
    read: async ({ key, stamp, sizeBytes = 0 }, { file, maxBytes, signal }): Promise<Read> => {
      if (sizeBytes > maxBytes) throw tooLarge(sizeBytes, maxBytes);
      try {
        const {
          Body,
          ETag = "",
          ContentLength = 0,
          LastModified,
        } = await client.send(new GetObjectCommand({ Bucket: options.bucket, Key: key }), { abortSignal: signal });
        const spooled = await spool(Body as Readable, file, maxBytes, signal);
        return {
          kind: "content",
          ...spooled,
          file,
          // Of what was read, which may be newer than what was listed.
          stamp: ETag ? `${ETag}-${ContentLength}-${LastModified?.getTime() ?? 0}` : stamp,
        };
      } catch (error) {
        if (error instanceof SourceError || signal.aborted) throw error;
        if (nameOf(error) === "NoSuchKey") return { kind: "gone", reason: "it vanished during the run" };
        throw new SourceError(reasonOf(error));
      }
    },
  };
};

/** The part of a prefix that is folders: `a/b/c` begins names with `c` in `a/b/`. */
const folderOf = (prefix: string): string => prefix.slice(0, prefix.lastIndexOf("/") + 1);

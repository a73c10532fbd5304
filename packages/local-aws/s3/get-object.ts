import { pipeline } from "node:stream/promises";
import { toChecksumHeaders } from "./checksums.ts";
import { isVersioned } from "./commit.ts";
import { isNotModified } from "./conditions.ts";
import { createS3Error } from "./errors.ts";
import { describeMeta } from "./object-headers.ts";
import { answerEmpty, readIntegerParam, type S3Request, versionHeader } from "./request.ts";
import { getBucket, getObjectVersion, type ObjectVersion, type S3Context } from "./store.ts";

/** Bytes `from`..`to`, inclusive; a header S3 does not understand is as if it were absent. */
type ByteRange = { from: number; to: number; isPartial: boolean };

function readRange(header: string | undefined, sizeBytes: number): ByteRange {
  const whole = { from: 0, to: sizeBytes - 1, isPartial: false };
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  if (!match || (!match[1] && !match[2])) return whole;
  const [first, last] = [match[1] ?? "", match[2] ?? ""];
  if (first && last && Number(last) < Number(first)) return whole;
  const from = first ? Number(first) : Math.max(0, sizeBytes - Number(last));
  const to = first && last ? Math.min(sizeBytes - 1, Number(last)) : sizeBytes - 1;
  if (from >= sizeBytes || (!first && Number(last) === 0))
    throw createS3Error("InvalidRange", "The requested range is not satisfiable", {
      RangeRequested: header,
      ActualObjectSize: sizeBytes,
      headers: { "content-range": `bytes */${sizeBytes}` },
    });
  return { from, to, isPartial: true };
}

function readPartRange(object: ObjectVersion, partNumber: number): ByteRange {
  const sizes = object.partSizes ?? [object.sizeBytes];
  const size = sizes[partNumber - 1];
  if (size === undefined)
    throw createS3Error("InvalidPartNumber", "The requested partnumber is not satisfiable", {
      PartNumberRequested: partNumber,
      ActualPartCount: sizes.length,
    });
  const from = sizes.slice(0, partNumber - 1).reduce((sum, part) => sum + part, 0);
  return { from, to: from + size - 1, isPartial: true };
}

/** `response-content-type` and its kin, which only signed requests may send. */
function readOverrides(params: URLSearchParams): Record<string, string> {
  const overrides: Record<string, string> = {};
  for (const [name, value] of params)
    if (/^response-(content-(type|language|disposition|encoding)|cache-control|expires)$/.test(name))
      overrides[name.slice("response-".length)] = value;
  return overrides;
}

/** GetObject and HeadObject: conditions, ranges, parts, versions, checksums on demand. */
export async function getObject(ctx: S3Context, request: S3Request): Promise<void> {
  const { headers, params, key } = request;
  const bucket = getBucket(ctx.db, request.bucketName);
  const object = getObjectVersion(ctx.db, bucket.name, key, params.get("versionId"));
  const common = {
    etag: `"${object.etag}"`,
    "last-modified": new Date(object.modifiedAt).toUTCString(),
    ...versionHeader(object.version, isVersioned(bucket)),
  };
  if (isNotModified(headers, object)) return answerEmpty(request, 304, common);
  const partNumber = readIntegerParam(params, "partNumber", { min: 1, max: 10_000, fallback: 0 });
  const range = partNumber ? readPartRange(object, partNumber) : readRange(headers.range, object.sizeBytes);
  const isWhole = range.from === 0 && range.to === object.sizeBytes - 1;
  const isComposite = object.partSizes !== undefined;
  const hasChecksums =
    headers["x-amz-checksum-mode"] === "ENABLED" && isWhole && Object.keys(object.checksums).length > 0;
  const tagCount = Object.keys(object.tags).length;
  const { res } = request.call;
  res.writeHead(range.isPartial ? 206 : 200, {
    "accept-ranges": "bytes",
    ...describeMeta(object.meta),
    ...readOverrides(params),
    ...common,
    "content-length": String(Math.max(0, range.to - range.from + 1)),
    ...(range.isPartial && { "content-range": `bytes ${range.from}-${range.to}/${object.sizeBytes}` }),
    ...(hasChecksums && {
      ...toChecksumHeaders(object.checksums),
      "x-amz-checksum-type": isComposite ? "COMPOSITE" : "FULL_OBJECT",
    }),
    ...(isComposite && partNumber > 0 && { "x-amz-mp-parts-count": String(object.partSizes?.length ?? 1) }),
    ...(tagCount > 0 && { "x-amz-tagging-count": String(tagCount) }),
  });
  if (request.method === "HEAD" || range.to < range.from) {
    res.end();
    return;
  }
  const source = ctx.files.read(object.files, object.partSizes ?? [object.sizeBytes], range.from, range.to);
  // A reader that leaves early is no error; a file that cannot be read cuts the connection.
  await pipeline(source, res).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ERR_STREAM_PREMATURE_CLOSE") console.error(error);
    res.destroy();
  });
}

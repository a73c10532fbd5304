import { AwsError, toAwsError } from "../kernel/errors.ts";
import type { AwsCall } from "../kernel/types.ts";
import { renderXml, type XmlObject } from "./xml.ts";

/** Status codes of S3's errors (S3 API reference, "List of error codes"); what is not listed is 400. */
const STATUS_CODES: Record<string, number> = {
  AccessDenied: 403,
  AccessForbidden: 403,
  BucketAlreadyOwnedByYou: 409,
  BucketNotEmpty: 409,
  InvalidRange: 416,
  MethodNotAllowed: 405,
  MissingContentLength: 411,
  NoSuchBucket: 404,
  NoSuchCORSConfiguration: 404,
  NoSuchKey: 404,
  NoSuchLifecycleConfiguration: 404,
  NoSuchTagSet: 404,
  NoSuchUpload: 404,
  NoSuchVersion: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
  SignatureDoesNotMatch: 403,
};

/** `headers` of an error answer travel in `fields.headers`; other fields become elements of the document. */
export function createS3Error(code: string, message: string, fields: Record<string, unknown> = {}): AwsError {
  return new AwsError(code, message, { statusCode: STATUS_CODES[code] ?? 400, fields });
}

/** 501 for a subresource, header or option S3 has and this stand-in lacks. */
export const createLackingError = (what: string): AwsError =>
  createS3Error("NotImplemented", `The local stand-in does not implement S3 ${what}.`);

/** Answers an error as S3's XML document; HEAD has no body, and an unread request body is drained. */
export function answerS3Error(call: AwsCall, error: unknown): void {
  const { req, res } = call;
  const known = toAwsError(error);
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const { headers, ...fields } = known.fields;
  // The rest of an unread body is drained, so that the client, still sending, gets to read the answer.
  req.resume();
  const xml = renderXml("Error", {
    Code: known.code,
    Message: known.message,
    ...(fields as XmlObject),
    Resource: call.url.pathname,
    RequestId: call.requestId,
  });
  res.writeHead(known.statusCode, { "content-type": "application/xml", ...(headers as Record<string, string>) });
  res.end(req.method === "HEAD" ? undefined : xml);
}

import busboy from "busboy";
import { AwsError } from "../kernel/errors.ts";
import { deriveSigningKey, encodeRfc3986, equalsSignature, hmacSha256, parseCredential } from "../kernel/sigv4.ts";
import { commitObject } from "./commit.ts";
import { createS3Error } from "./errors.ts";
import { readObjectMeta, readTagsHeader } from "./object-headers.ts";
import { type StoredBody, storeStream } from "./receive-body.ts";
import { answerEmpty, type S3Request, versionHeader } from "./request.ts";
import { getBucket, type S3Context } from "./store.ts";
import { readTagging } from "./tagging.ts";
import { renderXml } from "./xml.ts";

type Fields = Record<string, string>;
type Policy = { minBytes: number; maxBytes: number };

const MAX_FIELD_BYTES = 20 * 1024;
const MAX_POST_BYTES = 5 * 1024 ** 3;
/** Stands in a form's key for the name of the file the person picked. */
const FILENAME_PLACEHOLDER = "$" + "{filename}";
/** Fields a policy need not name. */
const FREE_FIELDS = ["x-amz-signature", "policy", "file", "awsaccesskeyid", "signature"];

const createPolicyError = (reason: string) => createS3Error("AccessDenied", `Invalid according to Policy: ${reason}`);

function assertPolicySignature(ctx: S3Context, fields: Fields): void {
  const scope = parseCredential(fields["x-amz-credential"] ?? "");
  const secret = ctx.credentials.find((pair) => pair.accessKeyId === scope?.accessKeyId)?.secretAccessKey;
  if (!scope || secret === undefined || !fields.policy)
    throw createS3Error("AccessDenied", "The form has no policy signed by a key this stand-in knows.");
  const expected = hmacSha256(deriveSigningKey(secret, scope), fields.policy).toString("hex");
  if (!equalsSignature(expected, fields["x-amz-signature"] ?? ""))
    throw createS3Error(
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided.",
    );
}

/** One condition as `[operator, field, value]`; `{ "acl": "private" }` is short for `eq`. */
function readCondition(condition: unknown): [string, string, unknown, unknown] {
  if (Array.isArray(condition))
    return [String(condition[0]).toLowerCase(), String(condition[1]), condition[1], condition[2]];
  const [name, value] = Object.entries((condition ?? {}) as Record<string, unknown>)[0] ?? ["", ""];
  return ["eq", `$${name}`, undefined, value];
}

/**
 * Checks every condition of the policy and that it names every field of the form
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html).
 */
function assertPolicy(fields: Fields, bucketName: string): Policy {
  let policy: { expiration?: string; conditions?: unknown[] };
  try {
    policy = JSON.parse(Buffer.from(fields.policy ?? "", "base64").toString("utf8"));
  } catch {
    throw createS3Error("InvalidPolicyDocument", "Invalid Policy: Invalid JSON.");
  }
  const expiresAtMs = Date.parse(policy.expiration ?? "");
  if (!(expiresAtMs > Date.now())) throw createPolicyError("Policy expired.");
  let range: Policy = { minBytes: 0, maxBytes: MAX_POST_BYTES };
  const named = new Set(FREE_FIELDS);
  for (const condition of policy.conditions ?? []) {
    const [operator, field, first, second] = readCondition(condition);
    if (operator === "content-length-range") {
      range = { minBytes: Number(first), maxBytes: Math.min(Number(second), MAX_POST_BYTES) };
      continue;
    }
    const name = field.replace(/^\$/, "").toLowerCase();
    named.add(name);
    const value = name === "bucket" ? bucketName : (fields[name] ?? "");
    const wanted = String(second);
    const holds = operator === "eq" ? value === wanted : operator === "starts-with" && value.startsWith(wanted);
    if (!holds) throw createPolicyError(`Policy Condition failed: ${JSON.stringify(condition)}`);
  }
  const extra = Object.keys(fields).find((name) => !named.has(name) && !name.startsWith("x-ignore-"));
  if (extra) throw createPolicyError(`Extra input fields: ${extra}`);
  return range;
}

type Form = { fields: Fields; body: StoredBody; key: string };

/** Reads the form's fields, checks them, and only then lets the file, which comes last, onto the disk. */
function receiveForm(ctx: S3Context, request: S3Request): Promise<Form> {
  const { req } = request.call;
  const fields: Fields = {};
  return new Promise((resolve, reject) => {
    const parser = busboy({ headers: req.headers, limits: { files: 1, fields: 100, fieldSize: MAX_FIELD_BYTES } });
    let stored: Promise<Form> | undefined;
    parser.on("field", (name, value, info) => {
      if (info.valueTruncated)
        reject(createS3Error("MaxPostPreDataLengthExceeded", "Your POST request fields are too large."));
      // Fields after the file are ignored, as in S3.
      if (!stored) fields[name.toLowerCase()] = value;
    });
    parser.on("file", (_name, file, info) => {
      stored = (async () => {
        assertPolicySignature(ctx, fields);
        const { minBytes, maxBytes } = assertPolicy(fields, request.bucketName);
        const key = (fields.key ?? "").replaceAll(FILENAME_PLACEHOLDER, info.filename ?? "");
        if (!key) throw createS3Error("InvalidArgument", "Bucket POST must contain a field named 'key'.");
        if (Buffer.byteLength(key) > 1024) throw createS3Error("KeyTooLongError", "Your key is too long.");
        const body = await storeStream(ctx.files, file, { maxBytes });
        if (body.sizeBytes >= minBytes) return { fields, body, key };
        ctx.files.remove([body.file]);
        throw createS3Error("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
      })();
      stored.catch((error: unknown) => {
        file.resume();
        reject(error);
      });
    });
    parser.on("error", reject);
    parser.on("close", () => {
      if (stored) stored.then(resolve, reject);
      else reject(createS3Error("InvalidArgument", "POST requires exactly one file upload per request."));
    });
    req.once("close", () => {
      if (!req.complete)
        reject(createS3Error("IncompleteBody", "The connection ended before the whole form had arrived."));
    });
    req.pipe(parser);
  });
}

/** Browser upload by a signed form (PostObject). */
export async function postObject(ctx: S3Context, request: S3Request): Promise<void> {
  getBucket(ctx.db, request.bucketName);
  let form: Form;
  try {
    form = await receiveForm(ctx, request);
  } catch (error) {
    throw error instanceof AwsError
      ? error
      : createS3Error("MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.");
  }
  const { fields, body, key } = form;
  let committed: ReturnType<typeof commitObject>;
  try {
    const tags = fields.tagging ? readTagging(fields.tagging) : readTagsHeader(fields);
    const meta = readObjectMeta(fields);
    committed = commitObject(
      ctx,
      request.bucketName,
      { ...body, key, files: [body.file], meta, tags },
      { headers: {}, event: "ObjectCreated:Post", requestId: request.call.requestId },
    );
  } catch (error) {
    ctx.files.remove([body.file]);
    throw error;
  }
  const location = `${ctx.publicUrl}/${request.bucketName}/${key.split("/").map(encodeRfc3986).join("/")}`;
  const headers = { etag: `"${body.etag}"`, location, ...versionHeader(committed.version, committed.isVersioned) };
  const redirect = fields.success_action_redirect;
  if (redirect && /^https?:\/\//.test(redirect)) {
    const target = new URL(redirect);
    for (const [name, value] of Object.entries({ bucket: request.bucketName, key, etag: `"${body.etag}"` }))
      target.searchParams.set(name, value);
    return answerEmpty(request, 303, { location: target.href });
  }
  if (fields.success_action_status !== "201")
    return answerEmpty(request, fields.success_action_status === "200" ? 200 : 204, headers);
  request.call.res
    .writeHead(201, { ...headers, "content-type": "application/xml" })
    .end(
      renderXml("PostResponse", { Location: location, Bucket: request.bucketName, Key: key, ETag: `"${body.etag}"` }),
    );
}

// Lambda's streaming runtime around the console's server function: answers the calls of its standard input, one a line.

import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { pathToFileURL } from "node:url";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

const streaming = Symbol.for("aws.lambda.runtime.handler.streaming");
const separator = Buffer.alloc(8);

globalThis.awslambda = {
  streamifyResponse: (handler) => Object.assign(handler, { [streaming]: "response" }),
  HttpResponseStream: {
    from: (stream, prelude) => {
      stream.setContentType("application/vnd.awslambda.http-integration-response");
      stream.write(JSON.stringify(prelude));
      stream.write(separator);
      return stream;
    },
  },
};

/** The event of a function URL (payload version 2.0), as CloudFront's requests arrive. */
const eventOf = ({ method = "GET", path, headers = {}, cookies, body, host }) => {
  const url = new URL(path, `https://${host}`);
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    queryStringParameters: Object.fromEntries(url.searchParams),
    cookies,
    headers: { host, "x-forwarded-host": host, "x-forwarded-proto": "https", "user-agent": "test", ...headers },
    requestContext: {
      requestId: "r",
      stage: "$default",
      domainName: host,
      timeEpoch: Date.now(),
      http: { method, path: url.pathname, protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "test" },
    },
    ...(body === undefined ? {} : { body, isBase64Encoded: false }),
  };
};

const call = async (handler, request) => {
  const stream = new PassThrough();
  stream.setContentType = () => undefined;
  const chunks = [];
  stream.on("data", (chunk) => chunks.push(chunk));
  const ended = new Promise((resolve, reject) => stream.on("end", resolve).on("error", reject));
  await handler(eventOf(request), stream, { awsRequestId: "r", getRemainingTimeInMillis: () => 20_000 });
  await ended;
  const all = Buffer.concat(chunks);
  const end = all.indexOf(separator);
  const { statusCode, headers, cookies } = JSON.parse(all.subarray(0, end).toString());
  const raw = all.subarray(end + separator.length);
  const encoding = headers["content-encoding"];
  const text = (encoding === "br" ? brotliDecompressSync(raw) : encoding === "gzip" ? gunzipSync(raw) : raw).toString();
  return {
    statusCode,
    headers,
    cookies: cookies ?? [],
    text: text.slice(0, 20_000),
    sizeBytes: raw.length,
    chunks: chunks.length - 2,
  };
};

const startedAt = performance.now();
const { handler } = await import(pathToFileURL(`${process.cwd()}/index.mjs`).href);
const importMs = Math.round(performance.now() - startedAt);
if (handler[streaming] !== "response") throw new Error("the handler does not stream");
for await (const line of createInterface({ input: process.stdin })) {
  const calledAt = performance.now();
  const answer = await call(handler, JSON.parse(line)).catch((error) => ({ error: String(error?.stack ?? error) }));
  process.stdout.write(
    `\u001e${JSON.stringify({ ...answer, importMs, callMs: Math.round(performance.now() - calledAt) })}\u001f\n`,
  );
}
process.exit(0);

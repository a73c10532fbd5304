import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createLanceEngine } from "../packages/engine/lance/index.ts";
import { createPassage, createQuery } from "../packages/engine/testing/passages.ts";
import { type LocalAws, startLocalAws } from "../packages/local-aws/index.ts";
import { deriveGrants } from "./testing/derive-grants.ts";

const credentials = { accessKeyId: "AKIAENGINEGRANTS0000", secretAccessKey: "secret-of-this-test" };
const table = "manual/bld_grants";
let folder: string;
let aws: LocalAws;
let proxy: Server;
let seen = new Set<string>();

/** The action that S3 checks for a request. AWS: Actions, resources, and condition keys for Amazon S3. */
const actionOf = (method: string, url: string): string => {
  const { pathname, searchParams } = new URL(url, "http://s3");
  const isObject = pathname.split("/").filter(Boolean).length > 1;
  if (method === "GET" || method === "HEAD") return isObject ? "s3:GetObject" : "s3:ListBucket";
  if (method === "DELETE") return searchParams.has("uploadId") ? "s3:AbortMultipartUpload" : "s3:DeleteObject";
  return searchParams.has("delete") ? "s3:DeleteObject" : "s3:PutObject";
};

const open = () =>
  createLanceEngine({
    uri: "s3://engine/indexes",
    storageOptions: {
      region: "eu-north-1",
      endpoint: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      allow_http: "true",
      aws_access_key_id: credentials.accessKeyId,
      aws_secret_access_key: credentials.secretAccessKey,
    },
    log: () => undefined,
    readConsistencyMs: 0,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "samla-engine-grants-"));
  aws = await startLocalAws({
    ...{ dir: folder, port: 0, region: "eu-north-1", accountId: "000000000000", credentials: [credentials] },
    buckets: [{ name: "engine", versioned: false, cors: [], notifications: [] }],
    ...{
      queues: [],
      tables: [],
      functions: [],
      eventSources: [],
      restApis: [],
      webSocketApis: [],
      rules: [],
      schedules: [],
    },
  });
  const target = new URL(aws.url);
  proxy = createServer((incoming, answer) => {
    seen.add(actionOf(incoming.method ?? "", incoming.url ?? ""));
    const onward = request(
      {
        host: target.hostname,
        port: target.port,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      (back) => {
        answer.writeHead(back.statusCode ?? 502, back.headers);
        back.pipe(answer);
      },
    );
    onward.on("error", () => answer.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((ready) => proxy.listen(0, "127.0.0.1", ready));
});

afterAll(async () => {
  proxy?.close();
  await aws?.close();
  await rm(folder, { recursive: true, force: true });
});

it("the search engine asks S3 for what its functions are granted: reading for search, the rest for writers", async () => {
  const grants = await deriveGrants();
  const writer = await open();
  await writer.createTable({
    table,
    dimensions: 2,
    language: "en",
    fusion: { kind: "weighted", vectorWeight: 0 },
  });
  for (const round of [0, 1, 2])
    await writer.replaceDocuments(table, [
      {
        documentId: "doc_a",
        passages: Array.from({ length: 400 }, (_, n) =>
          createPassage("doc_a", n, { text: `herring round ${round} part ${n}`, vector: Float32Array.of(1, n) }),
        ),
      },
    ]);
  await writer.maintain(table);
  expect([...seen].filter((one) => !grants["write-index"]?.engine?.includes(one))).toEqual([]);
  expect([...seen]).toEqual(expect.arrayContaining(["s3:PutObject", "s3:GetObject", "s3:ListBucket"]));

  seen = new Set();
  const reader = await open();
  const { hits } = await reader.search(
    table,
    createQuery("herring", {
      mode: "hybrid",
      vector: Float32Array.of(1, 0),
      fusion: { kind: "weighted", vectorWeight: 0 },
    }),
  );
  expect(hits.length).toBeGreaterThan(0);
  console.log(`figure: a search asks S3 for ${[...seen].sort().join(", ")}`);
  expect([...seen].filter((one) => !grants["http-search"]?.engine?.includes(one))).toEqual([]);

  seen = new Set();
  await writer.dropTable(table);
  expect([...seen].filter((one) => !grants.maintain?.engine?.includes(one))).toEqual([]);
  expect([...seen]).toContain("s3:DeleteObject");
  await writer.close();
  await reader.close();
});

import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ObjectStore } from "@samla/core/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needs, startTestAws } from "../testing.ts";
import type { TestResources } from "../testing-resources.ts";
import { createS3ObjectStore } from "./s3.ts";

let aws: TestResources;
let store: ObjectStore;
beforeAll(async () => {
  aws = await startTestAws("bucket");
  store = createS3ObjectStore({ bucket: aws.bucket });
});
afterAll(() => aws?.close());

const putTo = (url: string, body: Uint8Array, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: "PUT", body: new Uint8Array(body), headers });

describe("objects on S3", () => {
  it("refuses another number of bytes than announced, and a body without the signed headers", async ({ skip }) => {
    needs(aws, "signatures", skip);
    const { url, headers } = await store.presignPut("documents/refused/source", 5000, 60);
    expect((await putTo(url, randomBytes(4999), headers)).status).toBe(403);
    expect((await putTo(url, randomBytes(5000))).status).toBe(403);
    expect(await store.head("documents/refused/source")).toBeUndefined();
  });

  it("takes exactly the announced number of bytes through a presigned URL, once", async () => {
    const bytes = randomBytes(5000);
    const { url, headers } = await store.presignPut("documents/a/source", bytes.length, 60);
    expect((await putTo(url, bytes, headers)).status).toBe(200);
    expect((await store.head("documents/a/source"))?.sizeBytes).toBe(5000);
    expect((await putTo(url, randomBytes(5000), headers)).status).toBe(412);
    expect(Buffer.from((await store.getBytes("documents/a/source")) ?? [])).toEqual(bytes);
  });

  it("joins parts that arrived in any order, and says which have arrived", async () => {
    const part = 5 * 1024 * 1024;
    const bytes = randomBytes(part + 1000);
    const key = "documents/b/source";
    const id = await store.createMultipart(key);
    const etags: { number: number; etag: string }[] = [];
    for (const number of [2, 1]) {
      const slice = number === 1 ? bytes.subarray(0, part) : bytes.subarray(part);
      const response = await putTo(await store.presignPart(key, id, number, slice.length, 60), slice);
      expect(response.status).toBe(200);
      etags.push({ number, etag: response.headers.get("etag") ?? "" });
      expect((await store.listParts(key, id)).length).toBe(etags.length);
    }
    await store.completeMultipart(
      key,
      id,
      etags.sort((a, b) => a.number - b.number),
    );
    const dir = await mkdtemp(join(tmpdir(), "samla-s3-"));
    const { sha256, sizeBytes } = await store.download(key, join(dir, "x"));
    expect(sizeBytes).toBe(bytes.length);
    expect(sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect((await readFile(join(dir, "x"))).equals(bytes)).toBe(true);
    await rm(dir, { recursive: true });
    await store.abortMultipart(key, id);
  });

  it("gives the content type and the download name that the URL was signed with", async () => {
    await store.put("documents/c/source", "<script>alert(1)</script>", "text/html");
    const plain = await fetch(
      await store.presignGet("documents/c/source", { ttlSeconds: 60, contentType: "text/plain; charset=utf-8" }),
    );
    expect(plain.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    const named = await fetch(
      await store.presignGet("documents/c/source", {
        ttlSeconds: 60,
        contentType: "text/plain",
        downloadName: 'ü "x".html',
      }),
    );
    expect(named.headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''%C3%BC%20%22x%22.html");
  });

  it("copies, reads and removes everything below a prefix, versions included", async () => {
    await store.put("documents/d/1/source", "one", "text/plain");
    await store.put("documents/d/1/source", "two", "text/plain");
    await store.copy("documents/d/1/source", "documents/d/2/source");
    expect(new TextDecoder().decode(await store.getBytes("documents/d/2/source"))).toBe("two");
    expect(await store.getBytes("documents/d/3/source")).toBeUndefined();
    expect(await store.deletePrefix("documents/d/")).toBe(3);
    expect(await store.getBytes("documents/d/1/source")).toBeUndefined();
    expect(await store.deletePrefix("documents/d/")).toBe(0);
  });
});

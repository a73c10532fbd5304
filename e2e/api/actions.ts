import { createHash } from "node:crypto";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { expect } from "vitest";
import { ApiError, type Client, type CreateUploadResult, type Document } from "../../packages/contracts/index.ts";
import type { Settings } from "../../scripts/laptop/settings.ts";
import { uploadBytes } from "../../scripts/laptop/upload.ts";
import { library, patient } from "./backend.ts";

/** Has a scheduled function run now, and waits until it has. */
export const runTask = async ({ awsUrl, region, credentials }: Settings, name: string): Promise<void> => {
  await new LambdaClient({ endpoint: awsUrl, region, credentials }).send(new InvokeCommand({ FunctionName: name }));
};

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Uploads one file as the console does and returns its ids. */
export const put = (
  client: Client,
  name: string,
  bytes: string | Buffer,
  more: { index?: string; path?: string; tags?: string[] } = {},
): Promise<{ documentId: string; versionId: string; stored: boolean }> =>
  uploadBytes(client, more.index ?? library, {
    name,
    bytes: Buffer.from(bytes),
    onDuplicate: "separate",
    ...(more.path ? { path: more.path } : {}),
    ...(more.tags ? { tags: more.tags } : {}),
  });

/** Announces a file without sending it. */
export const announce = (
  client: Client,
  name: string,
  bytes: Buffer,
  more: { onDuplicate?: "ask" | "skip" | "version" | "separate"; documentId?: string; idempotencyKey?: string } = {},
): Promise<CreateUploadResult> => {
  const { idempotencyKey, ...body } = more;
  return client.call("uploads.create", {
    ...(idempotencyKey ? { idempotencyKey } : {}),
    body: { index: library, name, sizeBytes: bytes.length, sha256: sha256Of(bytes), ...(body as object) },
  });
};

/** Sends the parts an announcement asks for; returns what `uploads.complete` takes. */
export const sendParts = async (
  upload: { parts: { number: number; start: number; end: number; url: string }[]; headers: Record<string, string> },
  bytes: Buffer,
): Promise<{ number: number; etag: string }[]> => {
  const sent: { number: number; etag: string }[] = [];
  for (const part of upload.parts) {
    const response = await fetch(part.url, {
      method: "PUT",
      body: new Uint8Array(bytes.subarray(part.start, part.end)),
      headers: upload.headers,
    });
    expect(response.status, `part ${part.number}`).toBe(200);
    sent.push({ number: part.number, etag: response.headers.get("etag") ?? "" });
  }
  return sent;
};

export const getDocument = (client: Client, documentId: string): Promise<Document> =>
  client.call("documents.get", { params: { documentId: documentId as Document["id"] } });

/** Waits until nothing more happens to the document by itself; returns it. */
export const settled = async (client: Client, documentId: string): Promise<Document> => {
  await expect
    .poll(async () => (await getDocument(client, documentId)).status, patient)
    .toMatch(/^(ready|failed|cancelled)$/);
  return getDocument(client, documentId);
};

/** The ids of documents a search by words finds. */
export const find = async (client: Client, q: string, index = library): Promise<string[]> =>
  (await client.call("search.query", { query: { q, index: [index], mode: "lexical" } })).hits.map(
    (hit) => hit.documentId,
  );

/** The refusal of a call; fails when it was not refused. */
export const refusal = async (call: Promise<unknown>): Promise<ApiError> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("the call was not refused");
};

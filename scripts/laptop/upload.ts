import { createHash } from "node:crypto";
import { type Client, CreateUploadResult, type IndexSlug, type Principal } from "../../packages/contracts/index.ts";

/** Sends one file as the browser does: announce, put the parts where the answer says, complete. Returns the ids, or undefined when it was known. */
export const uploadBytes = async (
  client: Client,
  index: string,
  file: {
    name: string;
    path?: string;
    bytes: Buffer;
    tags?: string[];
    readers?: Principal[];
    onDuplicate?: "skip" | "version" | "separate";
  },
): Promise<{ documentId: string; versionId: string; stored: boolean }> => {
  const sha256 = createHash("sha256").update(file.bytes).digest("hex");
  const created = CreateUploadResult.parse(
    await client.call("uploads.create", {
      body: {
        index: index as IndexSlug,
        name: file.name,
        path: file.path ?? "",
        sizeBytes: file.bytes.length,
        sha256,
        tags: file.tags ?? [],
        ...(file.readers ? { readers: file.readers } : {}),
        onDuplicate: file.onDuplicate ?? "skip",
      },
    }),
  );
  if (created.outcome === "duplicate")
    throw new Error(`${file.name}: ${created.matches.length} documents look the same`);
  if (created.outcome === "stored") return { ...created, stored: true };
  const parts: { number: number; etag: string }[] = [];
  for (const part of created.parts) {
    const response = await fetch(part.url, {
      method: "PUT",
      body: new Uint8Array(file.bytes.subarray(part.start, part.end)),
      headers: created.headers,
      signal: AbortSignal.timeout(120_000),
    });
    if (!response.ok)
      throw new Error(`part ${part.number} of ${file.name} was refused: ${response.status} ${await response.text()}`);
    parts.push({ number: part.number, etag: response.headers.get("etag") ?? "" });
  }
  if (created.multipart)
    await client.call("uploads.complete", { params: { versionId: created.versionId }, body: { parts } });
  return { documentId: created.documentId, versionId: created.versionId, stored: false };
};

import { open } from "node:fs/promises";
import { type Client, type CreateUploadResult, type Document, type IndexSlug, limits } from "@samla/contracts";
import { placeOf } from "../names.ts";

const putTimeoutMs = 300_000;
type Ids = { documentId: Document["id"]; versionId: Document["headVersionId"] };
type Parts = Extract<CreateUploadResult, { outcome: "upload" }>["parts"];

/** The documents that carry the source's own tag, by folder and name. Of two at one place the older is the document. */
export const listOwnDocuments = async (
  client: Client,
  index: IndexSlug,
  ownTag: string,
): Promise<{ byPlace: Map<string, Document>; surplus: Document[] }> => {
  const byPlace = new Map<string, Document>();
  const surplus: Document[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.call("documents.list", {
      query: {
        index,
        tag: ownTag,
        sort: "name",
        order: "asc",
        limit: limits.pageSizeMax,
        ...(cursor ? { cursor } : {}),
      },
    });
    for (const document of page.items) {
      const there = byPlace.get(placeOf(document));
      if (!there) byPlace.set(placeOf(document), document);
      else if (there.id !== document.id) {
        const [older, newer] = there.id < document.id ? [there, document] : [document, there];
        byPlace.set(placeOf(document), older);
        surplus.push(newer);
      }
    }
    cursor = page.nextCursor;
  } while (cursor);
  return { byPlace, surplus };
};

const putPart = async (
  part: Parts[number],
  file: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<{ number: number; etag: string }> => {
  const handle = await open(file, "r");
  const bytes = new Uint8Array(part.end - part.start);
  try {
    await handle.read(bytes, 0, bytes.length, part.start);
  } finally {
    await handle.close();
  }
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(part.url, {
      method: "PUT",
      body: bytes,
      headers,
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(putTimeoutMs)]),
    }).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
    signal.throwIfAborted();
    if (!(answer instanceof Error)) {
      await answer.arrayBuffer();
      if (answer.ok) return { number: part.number, etag: answer.headers.get("etag") ?? "" };
    }
    if (tries >= 3)
      throw new Error(`its bytes could not be sent (${answer instanceof Error ? answer.message : answer.status})`);
  }
};

const sendParts = async (
  client: Client,
  upload: { versionId: Ids["versionId"]; multipart: boolean; parts: Parts; headers: Record<string, string> },
  have: { number: number; etag: string }[],
  file: string,
  signal: AbortSignal,
): Promise<void> => {
  const parts = [...have];
  for (const part of upload.parts) parts.push(await putPart(part, file, upload.headers, signal));
  if (upload.multipart)
    await client.call("uploads.complete", {
      params: { versionId: upload.versionId },
      body: { parts: parts.sort((a, b) => a.number - b.number) },
    });
};

/** Goes on with an upload that was announced for these bytes and did not arrive. False: it is no longer under way. */
export const resumeUpload = async (
  client: Client,
  versionId: Ids["versionId"],
  file: string,
  signal: AbortSignal,
): Promise<boolean> => {
  const state = await client.call("uploads.get", { params: { versionId } });
  if (state.status !== "uploading") return false;
  const have = state.uploadedParts.map(({ number, etag }) => ({ number, etag }));
  await sendParts(client, state, have, file, signal);
  return true;
};

/**
 * Puts a file into the index: as a new version of `existing`, or as a new document. A document of the source that is at
 * the place already, and that the list did not know of yet, gets the version. Throws `ApiError`.
 */
export const putDocument = async (
  client: Client,
  input: {
    index: IndexSlug;
    place: { path: string; name: string };
    tags: string[];
    ownTag: string;
    sha256: string;
    sizeBytes: number;
    file: string;
    existing?: Document["id"] | undefined;
  },
  signal: AbortSignal,
): Promise<Ids> => {
  const announce = (more: { documentId?: Document["id"]; onDuplicate: "ask" | "separate" }) =>
    client.call("uploads.create", {
      body: {
        index: input.index,
        ...input.place,
        sha256: input.sha256,
        sizeBytes: input.sizeBytes,
        tags: [input.ownTag, ...input.tags],
        ...more,
      },
    });
  let created = await announce(
    input.existing ? { documentId: input.existing, onDuplicate: "separate" } : { onDuplicate: "ask" },
  );
  if (created.outcome === "duplicate") {
    const documentId = await findOwn(client, created.matches, input);
    created = await announce({ onDuplicate: "separate", ...(documentId ? { documentId } : {}) });
  }
  if (created.outcome === "duplicate") throw new Error("the API asked twice about the same duplicate");
  if (created.outcome === "upload") await sendParts(client, created, [], input.file, signal);
  return { documentId: created.documentId, versionId: created.versionId };
};

const findOwn = async (
  client: Client,
  matches: { documentId: Document["id"]; path: string; name: string }[],
  input: { place: { path: string; name: string }; ownTag: string },
): Promise<Document["id"] | undefined> => {
  for (const match of matches) {
    if (placeOf(match) !== placeOf(input.place)) continue;
    const document = await client.call("documents.get", { params: { documentId: match.documentId } });
    if (document.tags.includes(input.ownTag) && !document.deletedAt) return document.id;
  }
  return undefined;
};

/** Deletes documents; they can be restored for 30 days. Gives the cause for each that stayed. */
export const deleteDocuments = async (client: Client, ids: Document["id"][]): Promise<Map<string, string>> => {
  const stayed = new Map<string, string>();
  for (let i = 0; i < ids.length; i += limits.batchSizeMax) {
    const { results } = await client.call("documents.batch", {
      body: { action: "delete", documentIds: ids.slice(i, i + limits.batchSizeMax) },
    });
    for (const { documentId, ok, code, detail } of results)
      if (!ok && code !== "not_found") stayed.set(documentId, detail ?? code ?? "it could not be deleted");
  }
  return stayed;
};

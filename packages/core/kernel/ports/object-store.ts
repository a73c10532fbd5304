export type ListedObject = { key: string; sizeBytes: number; modifiedAt: number };

export type StoredObject = { sizeBytes: number; etag: string; contentType: string | undefined };

/** Bytes by key. Keys are made of ids only, never of names people gave. */
export interface ObjectStore {
  /** A URL that accepts one PUT of exactly this many bytes. */
  presignPut(
    key: string,
    sizeBytes: number,
    ttlSeconds: number,
  ): Promise<{ url: string; headers: Record<string, string> }>;
  createMultipart(key: string): Promise<string>;
  presignPart(
    key: string,
    uploadId: string,
    partNumber: number,
    sizeBytes: number,
    ttlSeconds: number,
  ): Promise<string>;
  listParts(key: string, uploadId: string): Promise<{ number: number; etag: string; sizeBytes: number }[]>;
  completeMultipart(key: string, uploadId: string, parts: { number: number; etag: string }[]): Promise<void>;
  abortMultipart(key: string, uploadId: string): Promise<void>;
  /** A URL that gives the object; the browser keeps `downloadName` for the file when it is set. */
  presignGet(key: string, options: { ttlSeconds: number; contentType: string; downloadName?: string }): Promise<string>;
  head(key: string): Promise<StoredObject | undefined>;
  /**
   * Streams the object into a file; returns its size and SHA-256 in hex. Throws `not_found`. One of more than
   * `sizeMaxBytes` is not read; the size alone is returned.
   */
  download(
    key: string,
    filePath: string,
    options?: { signal?: AbortSignal; sizeMaxBytes?: number },
  ): Promise<{ sizeBytes: number; sha256: string | undefined }>;
  /** Undefined when there is none. */
  getBytes(key: string): Promise<Uint8Array | undefined>;
  put(key: string, body: string | Uint8Array, contentType: string): Promise<void>;
  copy(fromKey: string, toKey: string): Promise<void>;
  /** At most 1,000 objects below the prefix whose keys come after `after`, in the order of their keys (UTF-8 bytes). */
  list(prefix: string, after: string | undefined): Promise<ListedObject[]>;
  /** Removes every object and version below the prefix; returns how many. */
  deletePrefix(prefix: string): Promise<number>;
  /** True when the bucket answers. */
  ping(): Promise<boolean>;
}

const versionOf = (documentId: string, versionId: string): string => `documents/${documentId}/${versionId}`;

/** Keys of everything below `documents/`. A variant names the options that something was made with; empty: the usual ones. */
export const objectKeys = {
  source: (documentId: string, versionId: string) => `${versionOf(documentId, versionId)}/source`,
  extracted: (documentId: string, versionId: string, variant = "") =>
    `${versionOf(documentId, versionId)}/${variant ? `made/extracted.${variant}` : "extracted"}.json`,
  passages: (documentId: string, versionId: string, variant = "") =>
    `${versionOf(documentId, versionId)}/${variant ? `made/passages.${variant}` : "passages"}.jsonl`,
  /** `passagesId`: fingerprint of the passages that the vectors belong to. */
  vectors: (documentId: string, versionId: string, embedderId: string, passagesId: string) =>
    `${versionOf(documentId, versionId)}/vectors.${embedderId}.${passagesId}.bin`,
  /** Begins every key of a version's vectors. */
  vectorsPrefix: (documentId: string, versionId: string) => `${versionOf(documentId, versionId)}/vectors.`,
  /** Begins every key of what was made with other options than the usual ones. */
  variantsPrefix: (documentId: string, versionId: string) => `${versionOf(documentId, versionId)}/made/`,
  document: (documentId: string) => `documents/${documentId}/`,
};

/** The ids in a source's key; undefined for any other key. */
export const parseSourceKey = (key: string): { documentId: string; versionId: string } | undefined => {
  const match = /^documents\/(doc_[0-9A-Z]{26})\/(ver_[0-9A-Z]{26})\/source$/.exec(key);
  return match?.[1] && match[2] ? { documentId: match[1], versionId: match[2] } : undefined;
};

/** The ids in the key of vectors; undefined for any other key. */
export const parseVectorsKey = (
  key: string,
): { documentId: string; versionId: string; embedderId: string } | undefined => {
  const [, documentId, versionId, embedderId] =
    /^documents\/(doc_[0-9A-Z]{26})\/(ver_[0-9A-Z]{26})\/vectors\.(.+)\.[0-9a-f]{16}\.bin$/.exec(key) ?? [];
  return documentId && versionId && embedderId ? { documentId, versionId, embedderId } : undefined;
};

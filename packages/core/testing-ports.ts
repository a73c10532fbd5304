import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import {
  type EnginePassage,
  type EvaluateMessage,
  Failure,
  notFound,
  type ObjectStore,
  type SearchEngine,
  type TableDocument,
  type WorkQueues,
} from "./kernel/index.ts";
import { passesFilter } from "./testing-access.ts";

export const createMemoryObjects = () => {
  const bytes = new Map<string, Uint8Array>();
  const uploads = new Set<string>();
  let uploadNumber = 0;
  const encode = (body: string | Uint8Array): Uint8Array =>
    typeof body === "string" ? new TextEncoder().encode(body) : body;
  const objects: ObjectStore = {
    presignPut: async (key) => ({ url: `https://store.test/${key}`, headers: {} }),
    createMultipart: async () => {
      uploadNumber += 1;
      uploads.add(`upload-${uploadNumber}`);
      return `upload-${uploadNumber}`;
    },
    presignPart: async (key, id, n) => `https://store.test/${key}?upload=${id}&part=${n}`,
    listParts: async () => [],
    completeMultipart: async (_, id) => {
      if (!uploads.delete(id)) throw new Failure("gone", "This upload was abandoned or completed already.");
    },
    abortMultipart: async (_, id) => void uploads.delete(id),
    presignGet: async (key) => `https://store.test/${key}`,
    head: async (key) => {
      const found = bytes.get(key);
      return found && { sizeBytes: found.length, etag: '"1"', contentType: undefined };
    },
    download: async (key, filePath, { sizeMaxBytes = Number.POSITIVE_INFINITY } = {}) => {
      const found = bytes.get(key);
      if (!found) throw notFound("object", key);
      if (found.length > sizeMaxBytes) return { sizeBytes: found.length, sha256: undefined };
      await writeFile(filePath, found);
      return { sizeBytes: found.length, sha256: createHash("sha256").update(found).digest("hex") };
    },
    getBytes: async (key) => bytes.get(key),
    put: async (key, body) => void bytes.set(key, encode(body)),
    copy: async (from, to) => {
      const found = bytes.get(from);
      if (!found) throw notFound("object", from);
      bytes.set(to, found);
    },
    list: async (prefix, after) =>
      [...bytes]
        .filter(([key]) => key.startsWith(prefix) && (after === undefined || key > after))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, 1000)
        .map(([key, body]) => ({ key, sizeBytes: body.length, modifiedAt: 0 })),
    deletePrefix: async (prefix) => {
      const keys = [...bytes.keys()].filter((key) => key.startsWith(prefix));
      for (const key of keys) bytes.delete(key);
      return keys.length;
    },
    ping: async () => true,
  };
  return { objects, bytes, uploads };
};

export const createMemoryQueues = () => {
  const sent = {
    process: [] as unknown[],
    index: [] as unknown[],
    embed: [] as unknown[],
    fill: [] as unknown[],
    evaluate: [] as EvaluateMessage[],
  };
  const queues: WorkQueues = {
    sendProcess: async (message) => void sent.process.push(message),
    sendIndex: async (messages) => void sent.index.push(...messages),
    sendEvaluate: async (message) => void sent.evaluate.push(message),
    sendEmbed: async (message) => void sent.embed.push(message),
    sendFill: async (messages, delaySeconds = 0) =>
      void sent.fill.push(...messages.map((message) => ({ message, delaySeconds }))),
    retryLater: async () => undefined,
    states: async () => [],
    redrive: async () => 0,
  };
  return { queues, sent };
};

export const createMemoryEngine = () => {
  const tables = new Map<string, EnginePassage[]>();
  let commits = 0;
  const rows = (table: string): EnginePassage[] => {
    const found = tables.get(table);
    if (!found) throw new Error(`no table ${table}`);
    return found;
  };
  const engine: Partial<SearchEngine> = {
    createTable: async ({ table }) => void tables.set(table, []),
    dropTable: async (table) => void tables.delete(table),
    listTables: async () => [...tables.keys()],
    stats: async (table, filter) => {
      const own = rows(table).filter((row) => passesFilter(filter, row));
      return {
        passages: own.length,
        documents: new Set(own.map((row) => row.document_id)).size,
        passagesWithVectors: own.filter((row) => row.vector).length,
        sizeBytes: own.reduce((sum, row) => sum + row.text.length, 0),
        unindexedRows: 0,
        tableVersion: commits,
      };
    },
    describeDocuments: async (table, ids) => {
      const found = new Map<string, TableDocument>();
      for (const [id, own] of Map.groupBy(rows(table), (row) => row.document_id)) {
        const [first] = own;
        if (!first || !ids.includes(id)) continue;
        const { readers, tags, path } = first;
        const versionIds = [...new Set(own.map((row) => row.version_id))];
        const distinct = new Set(own.map((row) => row.id)).size;
        found.set(id, { versionIds, passages: own.length, distinct, readers, tags, path });
      }
      return found;
    },
    listDocumentIds: async (table, after, limit) =>
      [...new Set(rows(table).map((row) => row.document_id))]
        .filter((id) => after === undefined || id > after)
        .sort()
        .slice(0, limit),
    replaceDocuments: async (table, documents) => {
      const gone = new Set(documents.map((one) => one.documentId));
      const kept = rows(table).filter((row) => !gone.has(row.document_id));
      tables.set(table, [...kept, ...documents.flatMap((one) => one.passages)]);
      commits += 1;
      return { tableVersion: commits };
    },
    search: async (table, query) => {
      const hits = rows(table)
        .filter((row) => row.text.includes(query.text ?? "") && passesFilter(query.filter, row))
        .map((passage) => ({
          passage,
          score: 1,
          marks: [],
          fragment: { start: 0, end: passage.text.length, marks: [] },
          titleMarks: [],
        }));
      return {
        hits: hits.slice(query.offset, query.offset + query.limit),
        total: { value: hits.length, exact: true },
        facets: {},
        words: { used: [], left: [], added: [] },
        timings: { lexicalMs: 0, vectorMs: 0, fetchMs: 0, totalMs: 0 },
        tableVersion: commits,
        bestLexical: 1,
        bestSimilarity: null,
      };
    },
    suggest: async (table, prefix, filter) =>
      rows(table)
        .filter((row) => row.title.startsWith(prefix) && passesFilter(filter, row))
        .map((row) => ({ text: row.title, documentId: row.document_id })),
  };
  return { engine: engine as SearchEngine, tables, commits: () => commits };
};

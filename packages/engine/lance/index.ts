import { mkdir } from "node:fs/promises";
import { connect, Session } from "@lancedb/lancedb";
import {
  defaultFieldWeights,
  type EnginePassage,
  type SearchEngine,
  type TableSpec,
} from "../../core/kernel/ports/search-engine.ts";
import { describeDocuments, listDocumentIds } from "./describe-documents.ts";
import { quoteText } from "./filter-sql.ts";
import { ensureIndices } from "./indices.ts";
import { requireLanguage } from "./languages.ts";
import { maintainTable, readStats } from "./maintain.ts";
import { passageColumns, readList, readPassage } from "./read-rows.ts";
import { replaceDocuments } from "./replace-documents.ts";
import { buildSchema, readSpec } from "./schema.ts";
import { searchTable } from "./search-table.ts";
import { createSemaphore } from "./semaphore.ts";
import { suggestCompletions } from "./suggest.ts";
import { decodeTableName, encodeTableName } from "./table-name.ts";
import { createTables } from "./tables.ts";

export type EngineLog = (entry: { level: "info" | "warn" | "error"; message: string; [key: string]: unknown }) => void;

export type LanceOptions = {
  /** A folder, or `s3://bucket/prefix`. */
  uri: string;
  /** For S3: region, endpoint, allow_http, aws_access_key_id, aws_secret_access_key, aws_session_token, … */
  storageOptions?: Record<string, string>;
  log: EngineLog;
  /** Searches running at once in this process; a flat vector search of many at once is not bounded in memory. */
  queryConcurrency?: number;
  /** How old a version may be that a search reads; 0: looked for before every search. Own writes are seen at once. */
  readConsistencyMs?: number;
  /** Upper bounds of the engine's caches; its own defaults are 6 GB and 1 GB. */
  indexCacheBytes?: number;
  metadataCacheBytes?: number;
};

const mebibyte = 1 << 20;
const namesPerPage = 500;

/**
 * The search engine on LanceDB: one table a build, in a folder or in place on S3.
 * Throws when the storage cannot be reached; every call names the table it failed on.
 */
export async function createLanceEngine(options: LanceOptions): Promise<SearchEngine> {
  const isFolder = !/^[a-z0-9+]+:\/\//i.test(options.uri);
  if (isFolder) await mkdir(options.uri, { recursive: true });
  const session = new Session(
    BigInt(options.indexCacheBytes ?? 256 * mebibyte),
    BigInt(options.metadataCacheBytes ?? 64 * mebibyte),
  );
  const connection = await connect(options.uri, { storageOptions: options.storageOptions ?? {} }, session);
  const tables = createTables(connection, options.readConsistencyMs ?? 1_000);
  const queries = createSemaphore(options.queryConcurrency ?? 6);

  const listNames = async (): Promise<string[]> => {
    const names: string[] = [];
    for (;;) {
      const page = await connection.tableNames({
        ...(names.length > 0 ? { startAfter: names.at(-1) ?? "" } : {}),
        limit: namesPerPage,
      });
      names.push(...page);
      if (page.length < namesPerPage) return names;
    }
  };
  const hasTable = async (name: string): Promise<boolean> => (await listNames()).includes(name);

  return {
    createTable: async (spec) => {
      const name = encodeTableName(spec.table);
      requireLanguage(spec.language);
      if (!Number.isInteger(spec.dimensions) || spec.dimensions < 0 || spec.dimensions > 8_192) {
        throw new Error(`The table ${spec.table} cannot have ${spec.dimensions} dimensions; 0 to 8192 are possible.`);
      }
      const table = (await hasTable(name))
        ? await connection.openTable(name)
        : await connection.createEmptyTable(name, buildSchema(spec));
      const stored = readSpec(await table.schema(), spec.table);
      if (!isSameSpec(stored, spec))
        throw new Error(`The table ${spec.table} exists with another configuration. Choose a new build.`);
      // Repeatable: a creation that was killed half way is completed by the next one.
      const keyed = (await table.schema()).fields.some((field) => field.name === "id" && field.metadata.size > 0);
      if (!keyed) await table.setUnenforcedPrimaryKey("id");
      await ensureIndices(table, spec);
      tables.forget(spec.table);
      options.log({ level: "info", message: "table created", table: spec.table });
    },

    dropTable: async (table) => {
      const name = encodeTableName(table);
      tables.forget(table);
      if (await hasTable(name)) await connection.dropTable(name);
    },

    listTables: async () => (await listNames()).map(decodeTableName).filter((table) => table !== undefined),

    replaceDocuments: async (table, documents) => replaceDocuments(await tables.open(table), documents),

    search: async (table, query, signal) => {
      const open = await tables.open(table);
      return queries.run(() => searchTable(open, query, signal), signal);
    },

    suggest: async (table, prefix, filter, limit) => {
      const open = await tables.open(table);
      return queries.run(() => suggestCompletions(open, prefix, filter, limit));
    },

    listPassages: async (table, documentId) => {
      const open = await tables.open(table);
      const snapshot = await open.takeSnapshot();
      const rows = await snapshot.table
        .query()
        .where(`document_id = ${quoteText(documentId)}`)
        .select([...passageColumns, "readers"])
        .toArray();
      return rows
        .map((row): Omit<EnginePassage, "vector"> => ({ ...readPassage(row), readers: readList(row.readers) }))
        .sort((left, right) => left.n - right.n);
    },

    describeDocuments: async (table, documentIds) => describeDocuments(await tables.open(table), documentIds),

    listDocumentIds: async (table, after, limit) => listDocumentIds(await tables.open(table), after, limit),

    stats: async (table, filter) => readStats(await tables.open(table), filter),

    maintain: async (table) => maintainTable(await tables.open(table)),

    close: async () => {
      tables.closeAll();
      connection.close();
    },
  };
}

function isSameSpec(left: TableSpec, right: TableSpec): boolean {
  // Tables made before a setting existed have its default.
  const facts = ({ table, dimensions, language, fusion, stem = true, fieldWeights = defaultFieldWeights }: TableSpec) =>
    JSON.stringify([table, dimensions, language, fusion, stem, fieldWeights.title, fieldWeights.section]);
  return facts(left) === facts(right);
}

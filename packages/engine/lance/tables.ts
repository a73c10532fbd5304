import type { Connection, Table } from "@lancedb/lancedb";
import type { TableSpec } from "../../core/kernel/ports/search-engine.ts";
import { type Analyzer, createAnalyzer } from "./analyzer.ts";
import { lexicalColumns, listMissingIndices } from "./indices.ts";
import { readSpec } from "./schema.ts";
import { encodeTableName } from "./table-name.ts";
import { readVectorIndex, type VectorIndexState } from "./vector-index.ts";

/** A table as of one version: it never changes under a search, so a search never sees two versions of a document. */
export type Snapshot = { table: Table; version: number; vectorIndex: VectorIndexState | undefined };

export type OpenTable = {
  name: string;
  spec: TableSpec;
  analyzer: Analyzer;
  /** The handle that writes and looks for newer versions; not for searches. */
  head: Table;
  /** The newest version known, looked for again after `readConsistencyMs`. */
  takeSnapshot(): Promise<Snapshot>;
  /** Makes the next snapshot look for a newer version, after a write of this process. */
  expireSnapshot(): void;
  /** Runs writes of this process one after another. */
  runWrite<T>(write: () => Promise<T>): Promise<T>;
};

export type Tables = { open(table: string): Promise<OpenTable>; forget(table: string): void; closeAll(): void };

/** Opens tables once and keeps them. Throws with the table's name when it is absent or lacks a full-text index. */
export function createTables(connection: Connection, readConsistencyMs: number): Tables {
  const opened = new Map<string, Promise<OpenTable>>();

  const openFresh = async (table: string): Promise<OpenTable> => {
    const name = encodeTableName(table);
    const head = await connection.openTable(name).catch((cause: unknown) => {
      throw new Error(`The table ${table} cannot be opened. Build the index again, or check the engine's storage.`, {
        cause,
      });
    });
    const spec = readSpec(await head.schema(), table);
    // Without its index the engine answers a word search with nothing, and no error.
    const missing = (await listMissingIndices(head, spec)).filter((column) => lexicalColumns.includes(column));
    if (missing.length > 0) {
      throw new Error(
        `The table ${table} has no full-text index on ${missing.join(", ")}. Create the table again to repair it.`,
      );
    }
    let current: Snapshot | undefined;
    let checkedAtMs = Number.NEGATIVE_INFINITY;
    let running: Promise<Snapshot> | undefined;
    let queued: Promise<Snapshot> | undefined;
    let writes: Promise<unknown> = Promise.resolve();
    const openSnapshot = async (): Promise<Snapshot> => {
      const snapshot = await connection.openTable(name);
      const [version, vectorIndex] = await Promise.all([snapshot.version(), readVectorIndex(snapshot)]);
      return { table: snapshot, version, vectorIndex };
    };
    const refresh = (): Promise<Snapshot> => {
      checkedAtMs = performance.now();
      const look = async (): Promise<Snapshot> => {
        await head.checkoutLatest();
        if (current === undefined || (await head.version()) !== current.version) current = await openSnapshot();
        return current;
      };
      const started = look().finally(() => {
        if (running === started) running = undefined;
      });
      running = started;
      return started;
    };
    return {
      name,
      spec,
      analyzer: createAnalyzer(spec.language, spec.stem),
      head,
      takeSnapshot: async () => {
        if (current !== undefined && performance.now() - checkedAtMs < readConsistencyMs) return current;
        if (running === undefined) return refresh();
        // A look that is under way may miss a commit made since it began: all who wait share the next one.
        queued ??= running.then(
          () => {
            queued = undefined;
            return refresh();
          },
          () => {
            queued = undefined;
            return refresh();
          },
        );
        return queued;
      },
      expireSnapshot: () => {
        checkedAtMs = Number.NEGATIVE_INFINITY;
      },
      runWrite: (write) => {
        const result = writes.then(write, write);
        writes = result.catch(() => undefined);
        return result;
      },
    };
  };

  return {
    open: (table) => {
      let entry = opened.get(table);
      if (entry === undefined) {
        entry = openFresh(table);
        opened.set(table, entry);
        entry.catch(() => opened.delete(table));
      }
      return entry;
    },
    forget: (table) => {
      opened.delete(table);
    },
    closeAll: () => {
      for (const entry of opened.values()) {
        entry.then(
          (open) => open.head.close(),
          () => undefined,
        );
      }
      opened.clear();
    },
  };
}

import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/** A SQLite file with cached statements. All calls are synchronous; what `run` returned survives kill -9. */
export type Database = {
  /** First row or undefined. */
  get<Row>(sql: string, ...params: SQLInputValue[]): Row | undefined;
  all<Row>(sql: string, ...params: SQLInputValue[]): Row[];
  run(sql: string, ...params: SQLInputValue[]): { changes: number; lastInsertRowid: number };
  /** Several statements at once, for schemas. */
  exec(sql: string): void;
  /** Runs `work` in one transaction and rolls back when it throws. Nested calls join the outer one. */
  transaction<Result>(work: () => Result): Result;
  close(): void;
};

/**
 * Opens (or makes) a database file with write-ahead log and `synchronous=NORMAL`: a commit survives the end of the
 * process (kill -9); only a power cut can drop the last ones (https://sqlite.org/pragma.html#pragma_synchronous).
 */
export function openDatabase(file: string, schema: string): Database {
  mkdirSync(path.dirname(file), { recursive: true });
  const db = new DatabaseSync(file);
  db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON;");
  db.exec(schema);
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known) return known;
    const statement = db.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  let depth = 0;
  return {
    get: <Row>(sql: string, ...params: SQLInputValue[]) => prepare(sql).get(...params) as Row | undefined,
    all: <Row>(sql: string, ...params: SQLInputValue[]) => prepare(sql).all(...params) as Row[],
    run(sql, ...params) {
      const result = prepare(sql).run(...params);
      return { changes: Number(result.changes), lastInsertRowid: Number(result.lastInsertRowid) };
    },
    exec: (sql) => db.exec(sql),
    transaction(work) {
      if (depth > 0) return work();
      db.exec("BEGIN IMMEDIATE");
      depth = 1;
      try {
        const result = work();
        db.exec("COMMIT");
        return result;
      } catch (error) {
        if (db.isTransaction) db.exec("ROLLBACK");
        throw error;
      } finally {
        depth = 0;
      }
    },
    close() {
      statements.clear();
      if (db.isOpen) db.close();
    },
  };
}

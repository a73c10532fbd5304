import type { Database } from "../kernel/sqlite.ts";
import type { Identity } from "../kernel/types.ts";
import { type Catalog, createCatalog } from "./catalog.ts";
import { type ChangeLog, createChangeLog } from "./change-log.ts";
import { createItemStore, type ItemStore, openStoreDatabase } from "./store.ts";

/** What every operation works on. */
export type Engine = {
  readonly identity: Identity;
  readonly database: Database;
  readonly catalog: Catalog;
  readonly items: ItemStore;
  readonly changes: ChangeLog;
  /** Runs writes in one transaction; when it is committed, stream readers wake. Rolls everything back on a throw. */
  commit<Result>(work: () => Result): Result;
};

export function openEngine(dir: string, identity: Identity): Engine {
  const database = openStoreDatabase(dir);
  const changes = createChangeLog(database, identity);
  const catalog = createCatalog(database);
  return {
    identity,
    database,
    catalog,
    changes,
    items: createItemStore(database, changes),
    commit(work) {
      const result = database.transaction(work);
      changes.notify();
      return result;
    },
  };
}

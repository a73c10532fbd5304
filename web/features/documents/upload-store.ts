import { uploadDatabaseName } from "./upload-database.ts";
import { isFinished, type UploadItem } from "./upload-item.ts";
import type { UploadStore } from "./upload-ports.ts";

/** Files are copied into the browser's database; more than this is not worth a person's disk. */
const keptBytesMax = 2 * 1024 * 1024 * 1024;
/** Part of the free room that the queue may take. */
const roomShareMax = 0.5;

type ItemRecord = { id: string; user: string; page: string; item: UploadItem };
type FileRecord = { id: string; file: File };

const promiseOf = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
const endOf = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });

const openDatabase = async (): Promise<IDBDatabase> => {
  const request = indexedDB.open(uploadDatabaseName, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("items", { keyPath: "id" });
    request.result.createObjectStore("files", { keyPath: "id" });
  };
  return promiseOf(request);
};

const lockOf = (page: string): string => `samla-uploads-page-${page}`;

/**
 * The queue in IndexedDB. Every page holds a lock for its life, so that a new page takes over only what belongs to
 * pages that are gone, and only what the same person left. Where the browser forbids it, nothing is kept and
 * uploads still work.
 */
export const openUploadStore = async (user: string): Promise<UploadStore> => {
  const page = crypto.randomUUID();
  void navigator.locks?.request(lockOf(page), () => new Promise(() => {})).catch(() => undefined);
  const database = await openDatabase().catch(() => undefined);
  const sizes = new Map<string, number>();
  let keptBytes = 0;

  const forget = (id: string) => {
    keptBytes -= sizes.get(id) ?? 0;
    sizes.delete(id);
  };
  const hasRoom = async (bytes: number): Promise<boolean> => {
    if (keptBytes + bytes > keptBytesMax) return false;
    const { quota = 0, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
    return bytes < (quota - usage) * roomShareMax;
  };
  const livePages = async (): Promise<Set<string>> => {
    const held = (await navigator.locks?.query())?.held ?? [];
    return new Set(held.map((lock) => lock.name ?? ""));
  };

  if (!database)
    return {
      saveItems: async () => {},
      saveFile: async () => false,
      adopt: async () => [],
      removeFile: async () => {},
      remove: async () => {},
    };

  const remove = async (ids: readonly string[]): Promise<void> => {
    if (ids.length === 0) return;
    const transaction = database.transaction(["items", "files"], "readwrite");
    for (const id of ids) {
      forget(id);
      transaction.objectStore("items").delete(id);
      transaction.objectStore("files").delete(id);
    }
    await endOf(transaction).catch(() => undefined);
  };

  return {
    async saveItems(items) {
      const transaction = database.transaction("items", "readwrite");
      for (const item of items) {
        if (item.phase === "refused") continue;
        transaction.objectStore("items").put({ id: item.id, user, page, item } satisfies ItemRecord);
      }
      await endOf(transaction).catch(() => undefined);
    },
    async saveFile(id, file) {
      if (!(await hasRoom(file.size))) return false;
      try {
        const transaction = database.transaction("files", "readwrite");
        transaction.objectStore("files").put({ id, file } satisfies FileRecord);
        await endOf(transaction);
        sizes.set(id, file.size);
        keptBytes += file.size;
        return true;
      } catch {
        return false;
      }
    },
    async adopt() {
      const live = await livePages();
      const transaction = database.transaction("items", "readonly");
      const records = (await promiseOf(transaction.objectStore("items").getAll())) as ItemRecord[];
      const left = records.filter((record) => record.page !== page && !live.has(lockOf(record.page)));
      // Finished uploads of pages that are gone have been seen; those of other people are nobody's business here.
      await remove(left.filter((record) => record.user !== user || isFinished(record.item)).map((record) => record.id));
      const mine = left.filter((record) => record.user === user && !isFinished(record.item));
      const adopted: { item: UploadItem; file: File | undefined }[] = [];
      for (const record of mine) {
        const files = database.transaction("files", "readonly").objectStore("files");
        const kept = (await promiseOf(files.get(record.id)).catch(() => undefined)) as FileRecord | undefined;
        if (kept) {
          sizes.set(record.id, kept.file.size);
          keptBytes += kept.file.size;
        }
        adopted.push({ item: record.item, file: kept?.file });
      }
      return adopted;
    },
    async removeFile(id) {
      if (!sizes.has(id)) return;
      forget(id);
      const transaction = database.transaction("files", "readwrite");
      transaction.objectStore("files").delete(id);
      await endOf(transaction).catch(() => undefined);
    },
    remove,
  };
};

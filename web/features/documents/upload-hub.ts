"use client";
import { useMemo, useSyncExternalStore } from "react";
import { uploadDatabaseName } from "./upload-database.ts";
import type { UploadQueue, UploadSnapshot } from "./upload-queue.ts";

let loading: Promise<UploadQueue> | undefined;
let queue: UploadQueue | undefined;
const listeners = new Set<() => void>();

/** The page's upload queue; its code is loaded when it is first needed. */
export const openUploads = (userId: string): Promise<UploadQueue> => {
  loading ??= import("./upload-runtime.ts")
    .then((module) => module.startUploadQueue(userId))
    .then((started) => {
      queue = started;
      for (const listener of listeners) listener();
      return started;
    })
    .catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
  return loading;
};

/** False when no page of this browser has ever kept an upload, so that there is nothing to take up and no code to load. */
export const mayHaveStoredUploads = async (): Promise<boolean> => {
  try {
    return (await indexedDB.databases()).some(({ name }) => name === uploadDatabaseName);
  } catch {
    // The browser does not tell, so it is tried.
    return true;
  }
};

const subscribeQueue = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The queue once it is there. */
export const useUploadQueue = (): UploadQueue | undefined =>
  useSyncExternalStore(
    subscribeQueue,
    () => queue,
    () => undefined,
  );

/** What the queue holds, drawn a few times a second. */
export const useUploads = (): UploadSnapshot | undefined => {
  const current = useUploadQueue();
  const store = useMemo(
    () => ({
      subscribe: (listener: () => void) => current?.subscribe(listener) ?? (() => {}),
      get: () => current?.getSnapshot(),
    }),
    [current],
  );
  return useSyncExternalStore(store.subscribe, store.get, () => undefined);
};

"use client";
import type { DocumentId, Principal } from "@samla/contracts";
import { useCallback } from "react";
import { formatPlural } from "../../lib/format.ts";
import { useMe } from "../../lib/me.ts";
import { toastError } from "../../lib/query-error.tsx";
import { toast } from "../../ui/toast.ts";
import { type FoundFile, type WalkEntry, walkEntries } from "./folder-walk.ts";
import { openUploads } from "./upload-hub.ts";

/** A folder of thousands begins to upload while it is still being walked. */
const batchSize = 200;

/** Files that were chosen or pasted, or what was dropped. */
export type FileSource = readonly FoundFile[] | { dropped: readonly WalkEntry[] };

const takeInBatches = async (
  found: AsyncIterable<FoundFile> | Iterable<FoundFile>,
  take: (files: FoundFile[]) => void,
): Promise<number> => {
  let batch: FoundFile[] = [];
  let count = 0;
  for await (const one of found) {
    count += 1;
    batch.push(one);
    if (batch.length < batchSize) continue;
    take(batch);
    batch = [];
  }
  take(batch);
  return count;
};

/** Puts files, or what was dropped, into the upload queue of an index; tells what was left out. */
export const useAddFiles = (index: string) => {
  const { data: me } = useMe();
  return useCallback(
    async (source: FileSource, { replaces, readers }: { replaces?: DocumentId; readers?: Principal[] } = {}) => {
      if (!me || index === "") return;
      try {
        const queue = await openUploads(me.id);
        let leftOut = 0;
        const unreadable: string[] = [];
        const files = "dropped" in source ? walkEntries(source.dropped, (name) => unreadable.push(name)) : source;
        const count = await takeInBatches(files, (batch) => {
          leftOut += queue.add(batch, {
            index,
            limits: me.uploadLimits,
            ...(replaces ? { replaces } : {}),
            ...(readers ? { readers } : {}),
          }).leftOut;
        });
        if (count === 0 && unreadable.length === 0) toast.info("There are no files in what you added");
        if (leftOut > 0)
          toast.info(`${formatPlural(leftOut, "system file")} left out`, {
            description: "Such as .DS_Store, Thumbs.db, lock files and version control folders.",
          });
        if (unreadable.length > 0)
          toast.error(`${formatPlural(unreadable.length, "file or folder", "files or folders")} could not be read`, {
            description: unreadable.slice(0, 3).join(", "),
          });
      } catch (error) {
        toastError(error);
      }
    },
    [index, me],
  );
};

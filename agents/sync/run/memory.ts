import { createHash } from "node:crypto";
import { ApiError, type Client } from "@samla/contracts";

/** What was known of a thing when it was last read: its stamp then, and the version it became. */
export type Known = { stamp: string; versionId: string; sha256: string };

const shardsCount = 64;
const shardMaxBytes = 240 * 1024;
const shardOf = (key: string): number => (createHash("sha256").update(key).digest()[0] ?? 0) % shardsCount;

/**
 * What spares reading again: kept in notes of the machine account, so that it outlives the task. It is a memory and no
 * truth: whatever is lost of it is read and compared again, and an entry counts only for the version that is there.
 */
export const loadMemory = async (client: Client, label: string) => {
  const shards = Array.from({ length: shardsCount }, () => new Map<string, Known>());
  const changed = new Set<number>();
  const noteOf = (shard: number): string => `memory.${label}.${String(shard).padStart(2, "0")}`;
  let cursor: string | undefined;
  do {
    const page = await client.call("notes.list", {
      query: { prefix: `memory.${label}.`, limit: 4, ...(cursor ? { cursor } : {}) },
    });
    for (const { key, value } of page.items) {
      const shard = shards[Number(key.slice(-2))];
      for (const [entry, [stamp, versionId, sha256]] of Object.entries(
        value as Record<string, [string, string, string]>,
      ))
        shard?.set(entry, { stamp, versionId, sha256 });
    }
    cursor = page.nextCursor;
  } while (cursor);
  return {
    get: (key: string): Known | undefined => shards[shardOf(key)]?.get(key),
    set: (key: string, known: Known): void => {
      const shard = shards[shardOf(key)];
      const before = shard?.get(key);
      if (before && before.stamp === known.stamp && before.versionId === known.versionId) return;
      shard?.set(key, known);
      changed.add(shardOf(key));
    },
    delete: (key: string): void => {
      if (shards[shardOf(key)]?.delete(key)) changed.add(shardOf(key));
    },
    /** Writes the shards that changed; what does not fit one is left to be read again. */
    save: async (): Promise<void> => {
      for (const number of [...changed]) {
        const kept: Record<string, [string, string, string]> = {};
        let sizeBytes = 2;
        for (const [key, { stamp, versionId, sha256 }] of shards[number] ?? []) {
          sizeBytes += Buffer.byteLength(JSON.stringify([key, stamp, versionId, sha256])) + 2;
          if (sizeBytes > shardMaxBytes) break;
          kept[key] = [stamp, versionId, sha256];
        }
        await client.call("notes.put", { params: { note: noteOf(number) }, body: { value: kept } });
        changed.delete(number);
      }
    },
  };
};
export type Memory = Awaited<ReturnType<typeof loadMemory>>;

/** Whether an error will be the same for every other call as well. */
export const endsRun = (error: unknown): boolean =>
  error instanceof ApiError && ["unauthenticated", "forbidden"].includes(error.problem.code);

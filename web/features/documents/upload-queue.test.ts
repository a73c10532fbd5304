import { ApiError, type CreateUploadResult, defaultUploadLimits, problemOf } from "@samla/contracts";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { idOf } from "./test-fixtures.ts";
import type { UploadItem } from "./upload-item.ts";
import { PutError, type UploadPorts, type UploadStore } from "./upload-ports.ts";
import { UploadQueue } from "./upload-queue.ts";

const partSizeBytes = 10;
type Stored = { parts: Map<number, string>; size: number; status: "uploading" | "queued" | "cancelled" };

/** A server and a browser in memory that keep what they were given, so that tests can look at what arrived. */
const makeWorld = () => {
  const uploads = new Map<string, Stored>();
  const kept = new Map<string, { item: UploadItem; file?: File }>();
  const world = {
    uploads,
    kept,
    created: [] as { name: string; onDuplicate?: string; key: string; readers?: readonly string[] }[],
    aborted: [] as string[],
    hashes: 0,
    atOnce: 0,
    atOnceMax: 0,
    putGate: undefined as Promise<void> | undefined,
    onCreate: undefined as ((name: string, choice: string | undefined) => CreateUploadResult | undefined) | undefined,
    onPut: undefined as ((url: string) => void) | undefined,
  };
  const partsOf = (versionId: string, size: number, arrived = new Set<number>()) =>
    Array.from({ length: Math.max(1, Math.ceil(size / partSizeBytes)) }, (_, n) => ({
      number: n + 1,
      start: n * partSizeBytes,
      end: Math.min(size, (n + 1) * partSizeBytes),
      url: `${versionId}/${n + 1}`,
    })).filter((part) => !arrived.has(part.number));
  const base = { headers: {}, partSizeBytes, expiresAt: "2030-01-01T00:00:00.000Z" };
  let ids = 0;
  const answers = new Map<string, CreateUploadResult>();
  const store: UploadStore = {
    saveItems: async (items) => {
      for (const item of items) kept.set(item.id, { ...kept.get(item.id), item });
    },
    saveFile: async (id, file) => {
      const record = kept.get(id);
      if (record) kept.set(id, { ...record, file });
      return true;
    },
    adopt: async () => [...kept.values()].map(({ item, file }) => ({ item, file })),
    removeFile: async (id) => {
      const record = kept.get(id);
      if (record) kept.set(id, { item: record.item });
    },
    remove: async (gone) => {
      for (const id of gone) kept.delete(id);
    },
  };
  const ports: UploadPorts = {
    store,
    api: {
      create: async (body, key) => {
        const before = answers.get(key);
        if (before) return before;
        const { name, onDuplicate, readers } = body;
        world.created.push({ name, key, ...(onDuplicate ? { onDuplicate } : {}), ...(readers ? { readers } : {}) });
        const special = world.onCreate?.(body.name, body.onDuplicate);
        if (special) return special;
        ids += 1;
        const versionId = idOf("ver", ids);
        uploads.set(versionId, { parts: new Map(), size: body.sizeBytes, status: "uploading" });
        const answer = {
          ...base,
          outcome: "upload",
          documentId: idOf("doc", ids),
          versionId,
          multipart: body.sizeBytes > partSizeBytes,
          parts: partsOf(versionId, body.sizeBytes),
        } as unknown as CreateUploadResult;
        answers.set(key, answer);
        return answer;
      },
      get: async (versionId) => {
        const upload = uploads.get(versionId);
        if (!upload) throw new ApiError(problemOf("not_found", "no such upload"));
        const uploadedParts = [...upload.parts].map(([number, etag]) => ({
          number,
          etag,
          sizeBytes: Math.min(partSizeBytes, upload.size - (number - 1) * partSizeBytes),
        }));
        return {
          ...base,
          documentId: idOf("doc", 1),
          versionId,
          status: upload.status,
          multipart: upload.size > partSizeBytes,
          uploadedParts,
          parts: partsOf(versionId, upload.size, new Set(upload.parts.keys())),
        } as never;
      },
      complete: async (versionId, parts) => {
        const upload = uploads.get(versionId);
        if (!upload || parts.length !== upload.parts.size)
          throw new ApiError(problemOf("invalid_request", "parts missing"));
        upload.status = "queued";
      },
      abort: async (versionId) => {
        world.aborted.push(versionId);
      },
    },
    hash: async () => {
      world.hashes += 1;
      return "a".repeat(64);
    },
    put: async (url, bytes, _headers, onProgress, signal) => {
      world.atOnce += 1;
      world.atOnceMax = Math.max(world.atOnceMax, world.atOnce);
      try {
        if (world.putGate)
          await Promise.race([
            world.putGate,
            new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
          ]);
        world.onPut?.(url);
        onProgress(bytes.size);
        const [versionId = "", number = ""] = url.split("/");
        uploads.get(versionId)?.parts.set(Number(number), `"${number}"`);
        return { etag: `"${number}"` };
      } finally {
        world.atOnce -= 1;
      }
    },
    sleep: async () => {},
    waitOnline: async () => {},
    now: () => Date.now(),
    newId: () => crypto.randomUUID(),
  };
  return { world, ports };
};

const fileOf = (name: string, size: number): File => new File(["x".repeat(size)], name, { lastModified: 5 });
const options = { index: "manuals", limits: defaultUploadLimits };
const phases = (queue: UploadQueue) =>
  Object.fromEntries(queue.getSnapshot().items.map((item) => [item.name, item.phase]));
const reach = (queue: UploadQueue, expected: Record<string, string>) =>
  vi.waitFor(() => expect(phases(queue)).toEqual(expected), { timeout: 5000 });

let world: ReturnType<typeof makeWorld>["world"];
let ports: UploadPorts;
let queue: UploadQueue;
beforeEach(() => {
  ({ world, ports } = makeWorld());
  queue = new UploadQueue(ports);
});

describe("the upload queue", () => {
  it("sends small files whole and large ones in parts, and joins these", async () => {
    queue.add(
      [
        { file: fileOf("small.txt", 5), path: "" },
        { file: fileOf("large.txt", 25), path: "a/b" },
      ],
      options,
    );
    await reach(queue, { "small.txt": "sent", "large.txt": "sent" });
    expect([...world.uploads.values()].map((upload) => [upload.parts.size, upload.status])).toEqual([
      [1, "uploading"],
      [3, "queued"],
    ]);
    expect(queue.getSnapshot().totals).toMatchObject({ done: 2, pending: 0, sentBytes: 30, totalBytes: 30 });
  });

  it("announces the readers that were named, and leaves them to the document when it becomes a new version", async () => {
    const readers = ["group:legal"] as const;
    const matches = [{ documentId: idOf("doc", 9), reason: "same-name" }] as never;
    world.onCreate = (name, choice) =>
      name === "old.txt" && choice === "ask" ? { outcome: "duplicate", matches } : undefined;
    queue.add(
      ["new.txt", "old.txt"].map((name) => ({ file: fileOf(name, 5), path: "" })),
      { ...options, readers: [...readers] },
    );
    await reach(queue, { "new.txt": "sent", "old.txt": "asking" });
    queue.choose(
      queue.getSnapshot().items.map((item) => item.id),
      "version",
    );
    await reach(queue, { "new.txt": "sent", "old.txt": "sent" });
    expect(world.created.map((one) => [one.name, one.onDuplicate, one.readers])).toEqual([
      ["new.txt", "ask", readers],
      ["old.txt", "ask", readers],
      ["old.txt", "version", undefined],
    ]);
  });

  it("works on four files at a time and on all of them in the end", async () => {
    let open = () => {};
    world.putGate = new Promise((resolve) => {
      open = resolve;
    });
    queue.add(
      Array.from({ length: 30 }, (_, n) => ({ file: fileOf(`${n}.txt`, 5), path: "" })),
      options,
    );
    await vi.waitFor(() => expect(world.atOnce).toBe(4));
    open();
    await vi.waitFor(() => expect(queue.getSnapshot().totals.done).toBe(30));
    expect(world.atOnceMax).toBe(4);
  });

  it("refuses what is over the limit and leaves out system files without a byte or a call", () => {
    const big = fileOf("big.txt", 5);
    Object.defineProperty(big, "size", { value: 26 * 1024 * 1024 });
    const result = queue.add(
      [
        { file: big, path: "" },
        { file: fileOf(".DS_Store", 5), path: "x" },
      ],
      options,
    );
    expect(result).toEqual({ added: 0, leftOut: 1 });
    expect(phases(queue)).toEqual({ "big.txt": "refused" });
    expect(world.created).toEqual([]);
  });

  it("a failure names its cause, and only the failed are tried again, from where they stopped", async () => {
    let broken = true;
    world.onPut = (url) => {
      if (broken && url.endsWith("/2")) throw new PutError({ kind: "status", status: 404 });
    };
    queue.add(
      [
        { file: fileOf("good.txt", 5), path: "" },
        { file: fileOf("bad.txt", 25), path: "" },
      ],
      options,
    );
    await reach(queue, { "good.txt": "sent", "bad.txt": "failed" });
    expect(queue.getSnapshot().items[1]?.problem?.detail).toContain("404");
    broken = false;
    const before = world.created.length;
    queue.retry();
    await reach(queue, { "good.txt": "sent", "bad.txt": "sent" });
    expect(world.created).toHaveLength(before);
    expect(world.hashes).toBe(2);
  });

  it("a broken connection and a busy store are got over without a person", async () => {
    let failures = 3;
    world.onPut = () => {
      failures -= 1;
      if (failures >= 0) throw new PutError(failures % 2 ? { kind: "network" } : { kind: "status", status: 503 });
    };
    queue.add([{ file: fileOf("a.txt", 5), path: "" }], options);
    await reach(queue, { "a.txt": "sent" });
  });

  it("a duplicate asks once; skip sends nothing, the other answers go on with the choice", async () => {
    world.onCreate = (name, choice) =>
      choice === "ask" && name !== "new.txt" ? { outcome: "duplicate", matches: [] } : undefined;
    queue.add(
      ["skip.txt", "version.txt", "new.txt"].map((name) => ({ file: fileOf(name, 5), path: "" })),
      options,
    );
    await reach(queue, { "skip.txt": "asking", "version.txt": "asking", "new.txt": "sent" });
    const [skip, version] = queue.getSnapshot().items;
    queue.choose([skip?.id ?? ""], "skip");
    queue.choose([version?.id ?? ""], "version");
    await reach(queue, { "skip.txt": "skipped", "version.txt": "sent", "new.txt": "sent" });
    const asked = world.created.filter((one) => one.name === "version.txt");
    expect(asked.map((one) => one.onDuplicate)).toEqual(["ask", "version"]);
    expect(new Set(asked.map((one) => one.key)).size).toBe(2);
  });

  it("pausing stops the bytes; resuming sends only what has not arrived", async () => {
    let open = () => {};
    world.onPut = (url) => {
      if (url.endsWith("/1")) return;
      if (world.putGate) throw new DOMException("aborted", "AbortError");
    };
    queue.add([{ file: fileOf("a.txt", 25), path: "" }], options);
    world.putGate = new Promise((resolve) => {
      open = resolve;
    });
    await vi.waitFor(() => expect(world.atOnce).toBe(3));
    queue.pause();
    await vi.waitFor(() => expect(world.atOnce).toBe(0));
    expect(queue.getSnapshot().totals.paused).toBe(0);
    world.uploads.values().next().value?.parts.set(1, '"1"');
    world.putGate = undefined;
    open();
    const urls: string[] = [];
    world.onPut = (url) => urls.push(url);
    queue.resume();
    await reach(queue, { "a.txt": "sent" });
    expect(urls.map((url) => url.slice(-1)).sort()).toEqual(["2", "3"]);
  });

  it("cancelling removes what has arrived and takes no late answer", async () => {
    world.putGate = new Promise(() => {});
    queue.add([{ file: fileOf("a.txt", 5), path: "" }], options);
    await vi.waitFor(() => expect(world.atOnce).toBe(1));
    queue.cancel();
    await reach(queue, { "a.txt": "cancelled" });
    expect(world.aborted).toEqual([idOf("ver", 1)]);
  });

  it("a new page goes on with the queue of the old one, hashing and sending nothing twice", async () => {
    world.putGate = new Promise(() => {});
    queue.add(
      [
        { file: fileOf("a.txt", 25), path: "x" },
        { file: fileOf("b.txt", 5), path: "" },
      ],
      options,
    );
    await vi.waitFor(() =>
      expect([...world.kept.values()].filter((one) => one.file && one.item.phase === "sending")).toHaveLength(2),
    );
    world.uploads.get(idOf("ver", 1))?.parts.set(2, '"2"');
    world.putGate = undefined;
    const urls: string[] = [];
    world.onPut = (url) => urls.push(url);
    const after = new UploadQueue(ports);
    await after.restore();
    await reach(after, { "a.txt": "sent", "b.txt": "sent" });
    expect(
      urls
        .filter((url) => url.startsWith(idOf("ver", 1)))
        .map((url) => url.slice(-1))
        .sort(),
    ).toEqual(["1", "3"]);
    expect(world.hashes).toBe(2);
    expect(world.created).toHaveLength(2);
  });

  it("a file that could not be kept is asked for, and adding it again goes on with its upload", async () => {
    world.putGate = new Promise(() => {});
    const file = fileOf("a.txt", 25);
    queue.add([{ file, path: "x" }], options);
    await vi.waitFor(() => expect([...world.kept.values()][0]?.item.phase).toBe("sending"));
    for (const [id, record] of world.kept) world.kept.set(id, { item: record.item });
    world.putGate = undefined;
    const after = new UploadQueue(ports);
    await after.restore();
    expect(phases(after)).toEqual({ "a.txt": "missing" });
    after.add([{ file, path: "x" }], options);
    await reach(after, { "a.txt": "sent" });
    expect(world.created).toHaveLength(1);
  });

  it("an upload that the server has forgotten is announced again", async () => {
    world.putGate = new Promise(() => {});
    queue.add([{ file: fileOf("a.txt", 5), path: "" }], options);
    await vi.waitFor(() => expect([...world.kept.values()][0]?.item.phase).toBe("sending"));
    world.uploads.delete(idOf("ver", 1));
    world.putGate = undefined;
    const after = new UploadQueue(ports);
    await after.restore();
    await reach(after, { "a.txt": "sent" });
    expect(world.created).toHaveLength(2);
  });

  it("clearing leaves what still needs work or a decision", async () => {
    world.onCreate = (name) => (name === "ask.txt" ? { outcome: "duplicate", matches: [] } : undefined);
    queue.add(
      [
        { file: fileOf("a.txt", 5), path: "" },
        { file: fileOf("ask.txt", 5), path: "" },
      ],
      options,
    );
    await reach(queue, { "a.txt": "sent", "ask.txt": "asking" });
    queue.clearFinished();
    expect(phases(queue)).toEqual({ "ask.txt": "asking" });
  });
});

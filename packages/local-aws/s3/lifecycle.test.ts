import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitFor } from "../kernel/testing.ts";
import { createFileStore, type FileStore } from "./file-store.ts";
import { abortStaleUploads } from "./lifecycle.ts";
import { openS3Database, type S3Context } from "./store.ts";

const DAY_MS = 24 * 3600 * 1000;
let dir: string;
let files: FileStore;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "local-aws-files-"));
  files = createFileStore(dir);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const listFiles = async () =>
  (await readdir(path.join(dir, "objects"), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);

describe("what is left behind", () => {
  it("ends with multipart uploads older than their bucket allows, rows and files", async () => {
    const db = openS3Database(path.join(dir, "s3.db"));
    const lifecycle = [{ id: "r", isEnabled: true, prefix: "in/", abortMultipartAfterDays: 2 }];
    db.run("INSERT INTO bucket VALUES('b',0,?)", JSON.stringify({ lifecycle }));
    const nowMs = Date.now();
    const addUpload = async (id: string, key: string, ageDays: number) => {
      const file = await files.write(Readable.from([Buffer.from("part")]), []);
      db.run(
        "INSERT INTO upload(id,bucket,key,createdAt,meta,tags) VALUES(?,'b',?,?,'{}','{}')",
        id,
        key,
        nowMs - ageDays * DAY_MS,
      );
      db.run("INSERT INTO part VALUES(?,1,4,'',?,'{}',0)", id, file);
      return file;
    };
    await addUpload("stale", "in/a", 3);
    const kept = [await addUpload("young", "in/b", 1), await addUpload("elsewhere", "out/c", 9)];
    const ctx = { db, files } as S3Context;
    expect(abortStaleUploads(ctx, nowMs)).toBe(1);
    expect(db.all("SELECT id FROM upload ORDER BY id")).toEqual([{ id: "elsewhere" }, { id: "young" }]);
    await waitFor(async () => (await listFiles()).length === 2);
    expect((await listFiles()).sort()).toEqual(kept.sort());
    db.close();
  });

  it("removes files that no row names, but none written since the start", async () => {
    const named = await files.write(Readable.from([Buffer.from("named")]), []);
    const fresh = await files.write(Readable.from([Buffer.from("fresh")]), []);
    const orphan = path.join(dir, "objects", named.slice(0, 2), "left-by-a-kill");
    await writeFile(orphan, "orphan");
    await utimes(orphan, new Date(0), new Date(0));
    expect(await files.removeOrphans((file) => file === named)).toBe(1);
    expect((await listFiles()).sort()).toEqual([named, fresh].sort());
  });
});

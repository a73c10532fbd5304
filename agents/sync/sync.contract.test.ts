import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Document } from "@samla/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { find, settled } from "../../e2e/api/actions.ts";
import { type Backend, library, patient, startBackend } from "../../e2e/api/backend.ts";
import { outcomesOf, startSync } from "./testing.ts";

let backend: Backend;
let folder: string;
const stops: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  backend = await startBackend();
  folder = mkdtempSync(join(tmpdir(), "samla-sync-test-"));
}, 120_000);
afterAll(async () => {
  for (const stop of stops) await stop();
  rmSync(folder, { recursive: true, force: true });
  await backend?.close();
});

const write = (name: string, text: string | Buffer): void => {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), text);
};
const start = async (settings: Record<string, unknown>, apiUrl?: string) => {
  const sync = await startSync(backend, settings, apiUrl);
  stops.push(sync.agent.stop);
  const run = async (body: unknown = {}) => sync.ended((await sync.begin(body)).id);
  return { ...sync, run };
};
const own = async (label: string): Promise<Document[]> =>
  (await backend.client.call("documents.list", { query: { index: library, tag: `source:${label}`, limit: 200 } }))
    .items;
const placesOf = (documents: Document[]): string[] => documents.map(({ path, name }) => `${path}/${name}`).sort();

describe("the agent sync with a folder, on the real API", () => {
  const settings = () => ({ source: "folder", folder, label: "folder", into: "share", tags: ["team"] });

  it("brings a folder in, then nothing again, then only what changed", async () => {
    write("a.md", "# Anchor\n\nThe anchor holds in mud.");
    write("deep/er/b.txt", "The barnacle sits on the hull.");
    write(".hidden.txt", "not this");
    const sync = await start(settings());
    const first = await sync.run();
    expect(first).toMatchObject({ status: "done", counts: { found: 2, added: 2, failed: 0, unchanged: 0 } });
    expect(outcomesOf(first)).toEqual({ "a.md": "added", "deep/er/b.txt": "added" });
    expect(placesOf(await own("folder"))).toEqual(["share/a.md", "share/deep/er/b.txt"]);
    for (const { id, tags } of await own("folder")) {
      expect(tags.sort()).toEqual(["source:folder", "team"]);
      expect((await settled(backend.client, id)).status).toBe("ready");
    }
    expect(await find(backend.client, "barnacle")).toHaveLength(1);

    const second = await sync.run();
    expect(second.counts).toMatchObject({ found: 2, unchanged: 2, added: 0, changed: 0 });
    expect(second.sentBytes).toBe(0);

    write("a.md", "# Anchor\n\nThe anchor holds in sand and gravel.");
    write("c.md", "# Compass\n\nIt points north.");
    unlinkSync(join(folder, "deep/er/b.txt"));
    const third = await sync.run();
    expect(outcomesOf(third)).toEqual({ "a.md": "changed", "c.md": "added", "share/deep/er/b.txt": "deleted" });
    const [anchor] = (await own("folder")).filter(({ name }) => name === "a.md");
    expect(anchor?.versionCount).toBe(2);
    expect(placesOf(await own("folder"))).toEqual(["share/a.md", "share/c.md"]);
  });

  it("knows by hash what a fresh task, which remembers nothing, need not send", async () => {
    const { items } = await backend.as("editor").call("notes.list", { query: { prefix: "memory.folder." } });
    expect(items.length).toBeGreaterThan(0);
    for (const { key } of items) await backend.as("editor").call("notes.delete", { params: { note: key } });
    const run = await (await start(settings())).run();
    expect(run).toMatchObject({ counts: { unchanged: 2, added: 0, changed: 0 }, sentBytes: 0 });
  });

  it("leaves a file over the limit out, by name, and the rest as it is", async () => {
    const sync = await start({ ...settings(), fileSizeMaxMb: 1 });
    const big = join(folder, "big.txt");
    writeFileSync(big, "tide ".repeat(300_000));
    const over = await sync.run();
    expect(over.rows).toEqual([
      expect.objectContaining({ key: "big.txt", outcome: "failed", reason: expect.stringMatching(/1\.\d MB.*allow/) }),
    ]);
    unlinkSync(big);
  });

  it("names what is odd in its report and brings in what can be brought in", async () => {
    const odd = mkdtempSync(join(tmpdir(), "samla-sync-odd-"));
    const label = "odd";
    try {
      const bytes = Buffer.concat([Buffer.from(`${odd}/`), Buffer.from([0x66, 0xff, 0x2e, 0x74, 0x78, 0x74])]);
      writeFileSync(bytes, "Latin bytes in a name.");
      writeFileSync(join(odd, "line\nbreak.txt"), "A name of two lines.");
      writeFileSync(join(odd, "line\tbreak.txt"), "A name with a tab.");
      writeFileSync(join(odd, "back\\slash.txt"), "A backslash.");
      writeFileSync(join(odd, `${"x".repeat(240)}.txt`), "A long name.");
      writeFileSync(join(odd, "😀 ünï.txt"), "Smile.");
      writeFileSync(join(odd, "empty.txt"), "");
      symlinkSync(odd, join(odd, "loop"));
      symlinkSync("/etc/passwd", join(odd, "out.txt"));
      spawnSync("mkfifo", [join(odd, "pipe")]);
      const sync = await start({ source: "folder", folder: odd, label });
      const run = await sync.run();
      expect(run).toMatchObject({ status: "done", counts: { added: 6, skipped: 4, failed: 0 } });
      const reasons = Object.fromEntries(run.rows.map(({ key, reason }) => [key, reason]));
      expect(reasons.loop).toMatch(/symbolic link/);
      expect(reasons["out.txt"]).toMatch(/symbolic link/);
      expect(reasons.pipe).toMatch(/not a file/);
      expect(reasons["empty.txt"]).toMatch(/empty/);
      const names = (await own(label)).map(({ name }) => name);
      expect(new Set(names).size).toBe(6);
      expect(names).toContain("😀 ünï.txt");
      expect(names.filter((name) => /^line_break \([0-9a-f]{8}\)\.txt$/.test(name))).toHaveLength(2);
      expect((await sync.run()).counts).toMatchObject({ unchanged: 6, added: 0, changed: 0, deleted: 0 });
    } finally {
      rmSync(odd, { recursive: true, force: true });
    }
  });

  it("deletes nothing when too much has vanished, says how to allow it, and then does it", async () => {
    const many = mkdtempSync(join(tmpdir(), "samla-sync-many-"));
    try {
      for (let i = 0; i < 6; i += 1) writeFileSync(join(many, `f${i}.txt`), `File number ${i}.`);
      const sync = await start({ source: "folder", folder: many, label: "brake" });
      await sync.run();
      for (let i = 0; i < 4; i += 1) unlinkSync(join(many, `f${i}.txt`));
      const braked = await sync.run();
      expect(braked).toMatchObject({
        status: "stopped",
        brake: { wanted: 4, of: 6, allowed: 1 },
        counts: { deleted: 0 },
      });
      expect(braked.problem?.nextStep).toContain('{"allowDeletes": 4}');
      expect(await own("brake")).toHaveLength(6);

      // The folder as a whole away, as when it is not mounted.
      renameSync(many, `${many}-away`);
      const away = await sync.run({ allowDeletes: 100 });
      expect(away.counts).toMatchObject({ deleted: 0, held: 6, failed: 1 });
      renameSync(`${many}-away`, many);

      expect((await sync.call("POST", "/runs", { allowDeletes: 4 }, "operator")).status).toBe(403);
      const allowed = await sync.run({ allowDeletes: 4 });
      expect(allowed).toMatchObject({ status: "done", counts: { deleted: 4, unchanged: 2 } });
      expect(await own("brake")).toHaveLength(2);
    } finally {
      rmSync(many, { recursive: true, force: true });
    }
  });

  it("says in a dry run what it would do, row by row, and writes no document", async () => {
    const dry = mkdtempSync(join(tmpdir(), "samla-sync-dry-"));
    try {
      writeFileSync(join(dry, "stays.txt"), "It stays.");
      writeFileSync(join(dry, "goes.txt"), "It goes.");
      const sync = await start({ source: "folder", folder: dry, label: "dry", into: "dry" });
      expect(await sync.run({ dryRun: true })).toMatchObject({
        status: "done",
        dryRun: true,
        source: `folder ${dry}`,
        sentBytes: 0,
        counts: { found: 2, added: 2 },
      });
      expect(await own("dry")).toEqual([]);
      await sync.run();
      writeFileSync(join(dry, "stays.txt"), "It stays, otherwise.");
      unlinkSync(join(dry, "goes.txt"));
      expect(outcomesOf(await sync.run({ dryRun: true }))).toEqual({
        "stays.txt": "changed",
        "dry/goes.txt": "deleted",
      });
      expect((await own("dry")).map(({ versionCount }) => versionCount)).toEqual([1, 1]);
      expect(await sync.call("POST", "/runs", { dryRun: true, allowDeletes: 1 })).toMatchObject({ status: 400 });
      const listed = await sync.call("GET", "/runs", undefined, "operator");
      expect(listed.json).toMatchObject({
        items: [{ dryRun: true }, { counts: { added: 2 } }, { dryRun: true }],
        setup: { index: library, source: `folder ${dry}`, intervalMinutes: 0, brake: { deletesMax: 50 } },
      });
    } finally {
      rmSync(dry, { recursive: true, force: true });
    }
  });

  it("shows runs to operators alone, and refuses what is not of the shape", async () => {
    const sync = await start(settings());
    const listed = await sync.call("GET", "/runs?limit=2", undefined, "operator");
    expect(listed).toMatchObject({
      status: 200,
      json: { items: [{ status: "done" }, {}], nextCursor: expect.any(String) },
    });
    expect((await sync.call("GET", "/runs", undefined, "reader")).status).toBe(403);
    expect((await sync.call("POST", "/runs", {}, "reader")).status).toBe(403);
    expect(await sync.call("POST", "/runs", { allowDeletes: "all" })).toMatchObject({
      status: 400,
      json: { code: "invalid_request", errors: [{ field: "allowDeletes" }] },
    });
    expect((await sync.call("GET", "/runs/../../x")).status).toBe(404);
    expect((await sync.call("GET", `/runs/${"0".repeat(26)}`)).status).toBe(404);
    const bare = await fetch(`http://127.0.0.1:${sync.agent.port}/runs`);
    expect(bare.status).toBe(401);
  });

  it("takes what kill -9 left half-done: an announced file that never came is sent, none comes twice", async () => {
    const cut = mkdtempSync(join(tmpdir(), "samla-sync-cut-"));
    try {
      for (let i = 0; i < 3; i += 1) writeFileSync(join(cut, `k${i}.txt`), `Keel number ${i}.`);
      // As a task would leave it that died between the announcement and the bytes.
      const { createHash } = await import("node:crypto");
      const announced = await backend.as("editor").call("uploads.create", {
        body: {
          index: library,
          name: "k1.txt",
          path: "",
          sizeBytes: 14,
          sha256: createHash("sha256").update("Keel number 1.").digest("hex"),
          tags: ["source:cut"],
          onDuplicate: "separate",
        },
      });
      await backend.as("editor").call("notes.put", {
        params: { note: "run.cut.01J00000000000000000000000" },
        body: { value: { id: "01J00000000000000000000000", status: "running" } },
      });
      await backend.as("editor").call("notes.put", {
        params: { note: "lease.cut" },
        body: { value: { runId: "01J00000000000000000000000", untilMs: Date.now() - 1 } },
      });
      const sync = await start({ source: "folder", folder: cut, label: "cut" });
      const run = await sync.run();
      expect(run).toMatchObject({ status: "done", counts: { added: 3, failed: 0 } });
      const documents = await own("cut");
      expect(documents).toHaveLength(3);
      const resumed = documents.find(({ name }) => name === "k1.txt");
      expect(resumed).toMatchObject({ id: (announced as { documentId: string }).documentId, versionCount: 1 });
      expect((await settled(backend.client, resumed?.id ?? "")).status).toBe("ready");
      expect((await sync.get("01J00000000000000000000000")).status).toBe("lost");
    } finally {
      rmSync(cut, { recursive: true, force: true });
    }
  });

  it("runs once at a time with two tasks, and either of them cancels the run", async () => {
    const wide = mkdtempSync(join(tmpdir(), "samla-sync-wide-"));
    try {
      for (let i = 0; i < 400; i += 1) writeFileSync(join(wide, `w${i}.txt`), `Wave number ${i}.`);
      const more = { source: "folder", folder: wide, label: "wide" };
      const [one, two] = [await start(more), await start(more)];
      const run = await one.begin();
      // The task that does the run tells of it row by row, long before its report is written.
      await expect.poll(async () => (await one.get(run.id)).rows.length, patient).toBeGreaterThan(0);
      expect((await one.get(run.id)).status).toBe("running");
      const refused = await two.call("POST", "/runs", {});
      expect(refused).toMatchObject({
        status: 409,
        json: { code: "conflict", detail: expect.stringContaining(run.id) },
      });
      expect((await two.call("POST", `/runs/${run.id}/cancel`, {})).status).toBe(202);
      const ended = await one.ended(run.id);
      expect(ended).toMatchObject({ status: "cancelled", counts: { deleted: 0 } });
      await expect.poll(async () => (await two.call("POST", "/runs", {})).status, patient).toBe(202);
    } finally {
      rmSync(wide, { recursive: true, force: true });
    }
  }, 120_000);
});

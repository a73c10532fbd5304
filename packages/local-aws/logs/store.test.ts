import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LogStore } from "./store.ts";

describe("LogStore", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "local-aws-logs-"));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it("drops the oldest events and their empty streams when all together pass the cap", () => {
    const store = new LogStore(path.join(dir, "logs.sqlite"), { capBytes: 20_000 });
    store.write("g", "old", "first", 1);
    store.flush();
    for (let i = 0; i < 400; i += 1) {
      store.write("g", "new", `line ${i} ${"x".repeat(80)}`, i + 2);
      if (i % 20 === 0) store.flush();
    }
    store.flush();
    const kept = store.db.all<{ message: string }>("SELECT message FROM log_events ORDER BY id");
    expect(kept.length).toBeLessThan(250);
    expect(kept.at(-1)?.message).toMatch(/^line 399 /);
    expect(store.findGroup("g").stored_bytes).toBeLessThanOrEqual(20_000);
    expect(() => store.findStream("g", "old")).toThrow(/does not exist/);
    store.close();
  });

  it("ignores what is said after it closed", () => {
    const store = new LogStore(path.join(dir, "logs.sqlite"));
    store.close();
    expect(() => store.write("g", "s", "late")).not.toThrow();
  });
});

import { isFailure } from "@samla/core/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId, startTestAws } from "../testing.ts";
import { createDynamoDbCatalog } from "./dynamodb.ts";

let aws: Awaited<ReturnType<typeof startTestAws>>;
let catalog: ReturnType<typeof createDynamoDbCatalog>;
const clock = { now: Date.parse("2030-01-01T00:00:00Z") };
beforeAll(async () => {
  aws = await startTestAws("tables");
  catalog = createDynamoDbCatalog({ table: aws.tables.catalog, now: () => clock.now, newId });
});
afterAll(() => aws?.close());

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "done",
    (error: unknown) => (isFailure(error) ? error.code : String(error)),
  );
const all = { order: "asc" as const, limit: 50 };

describe("notes of machine accounts", () => {
  it("come back as they were kept, for their owner alone", async () => {
    const value = { text: "ünï", list: [1, null, true], deep: { a: "" } };
    expect(await catalog.putNote("robot", { key: "a", value })).toMatchObject({ key: "a", value, revision: 1 });
    expect(await catalog.getNote("robot", "a")).toMatchObject({ value, revision: 1 });
    expect(await catalog.getNote("other", "a")).toBeUndefined();
    expect((await catalog.listNotes("other", all)).items).toEqual([]);
  });

  it("are written by one of many who read the same revision", async () => {
    await catalog.putNote("robot", { key: "lease", value: 0, ifRevision: 0 });
    const tries = await Promise.all(
      Array.from({ length: 6 }, (_, i) => codeOf(catalog.putNote("robot", { key: "lease", value: i, ifRevision: 1 }))),
    );
    expect(tries.filter((code) => code === "done")).toHaveLength(1);
    expect(tries.filter((code) => code === "precondition_failed")).toHaveLength(5);
    expect(await codeOf(catalog.putNote("robot", { key: "lease", value: 1, ifRevision: 0 }))).toBe(
      "precondition_failed",
    );
  });

  it("are gone once they have expired, and make room for a new one", async () => {
    const expiresAtSeconds = clock.now / 1000 + 60;
    await catalog.putNote("robot", { key: "short", value: 1, ifRevision: 0, expiresAtSeconds });
    expect(await catalog.getNote("robot", "short")).toBeDefined();
    clock.now += 61_000;
    expect(await catalog.getNote("robot", "short")).toBeUndefined();
    expect((await catalog.listNotes("robot", { ...all, prefix: "short" })).items).toEqual([]);
    expect(await codeOf(catalog.putNote("robot", { key: "short", value: 2, ifRevision: 1 }))).toBe(
      "precondition_failed",
    );
    expect(await catalog.putNote("robot", { key: "short", value: 2, ifRevision: 0 })).not.toHaveProperty("expiresAt");
    expect(await catalog.getNote("robot", "short")).toMatchObject({ value: 2 });
  });

  it("are listed by prefix, in both orders, page by page", async () => {
    for (let i = 0; i < 7; i += 1) await catalog.putNote("lister", { key: `run-${i}`, value: i });
    await catalog.putNote("lister", { key: "zebra", value: 0 });
    const seen: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await catalog.listNotes("lister", {
        prefix: "run-",
        order: "desc",
        limit: 3,
        ...(cursor ? { cursor } : {}),
      });
      seen.push(...page.items.map(({ value }) => value));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0]);
    await catalog.deleteNote("lister", "run-3");
    await catalog.deleteNote("lister", "run-3");
    expect(await catalog.getNote("lister", "run-3")).toBeUndefined();
  });
});

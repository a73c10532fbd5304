import type { Document, ListDocumentsQuery, Principal } from "@samla/contracts";
import { type Catalog, systemActor, type VersionRecord } from "@samla/core/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, newId, startTestAws } from "../testing.ts";
import type { TestResources } from "../testing-resources.ts";
import { createDynamoDbCatalog } from "./dynamodb.ts";

let aws: TestResources;
let catalog: Catalog;
let clock = Date.now();
beforeAll(async () => {
  aws = await startTestAws("tables");
  catalog = createDynamoDbCatalog({ table: aws.tables.catalog, now: () => clock, newId });
});
afterAll(() => aws?.close());

const add = async (index: string, name: string, readers?: string[]): Promise<Document> => {
  clock += 1000;
  const at = new Date(clock).toISOString();
  const headVersionId = newId("ver") as Document["headVersionId"];
  const document: Document = {
    id: newId("doc") as Document["id"],
    index: index as Document["index"],
    name,
    path: "",
    tags: [],
    sizeBytes: name.length,
    status: "ready",
    headVersionId,
    versionCount: 1,
    passages: 0,
    vectors: 0,
    pages: 0,
    createdAt: at,
    createdBy: "t",
    updatedAt: at,
    revision: 1,
    ...(readers ? { readers: readers as Principal[] } : {}),
  };
  const version: VersionRecord = {
    id: headVersionId,
    documentId: document.id,
    index,
    number: 1,
    status: "ready",
    name,
    sizeBytes: 1,
    createdAt: at,
    createdBy: "t",
    updatedAt: at,
    attempt: 0,
    steps: [],
    warnings: [],
    passages: 0,
    vectors: 0,
    pages: 0,
    characters: 0,
    ocrPages: 0,
  };
  const created = { action: "document.created", outcome: "ok", summary: "made", index: document.index } as const;
  await catalog.createDocument(document, version, created, systemActor);
  return document;
};

const changeReaders = async (document: Document, readers: string[] | undefined): Promise<void> => {
  await catalog.change(document.id, undefined, systemActor, ({ readers: _, ...rest }) => ({
    document: { ...rest, revision: rest.revision + 1, ...(readers ? { readers: readers as Principal[] } : {}) },
  }));
};

const query = (index: string, more: Partial<ListDocumentsQuery> = {}): ListDocumentsQuery => ({
  index: index as Document["index"],
  deleted: false,
  sort: "updated",
  order: "desc",
  limit: 50,
  ...more,
});

const eve = ["everyone", "user:eve", "group:staff"];

describe("readers of documents on DynamoDB", () => {
  it("narrow every list and order, and no cursor tells of what is left out", async () => {
    for (let i = 0; i < 12; i += 1)
      await add("lists", `open-${i}.txt`, i % 2 ? undefined : ["group:staff", "user:bea"]);
    for (let i = 0; i < 30; i += 1) await add("lists", `hidden-${i}-nobody-knows.txt`, ["group:board"]);
    for (const sort of ["updated", "name", "size"] as const)
      for (const order of ["asc", "desc"] as const)
        for (const more of [{}, { q: "txt" }, { status: "ready" as const }]) {
          const walk = async (): Promise<string[]> => {
            const names: string[] = [];
            let cursor: string | undefined;
            do {
              const page = await catalog.listDocuments(
                query("lists", { sort, order, limit: 5, ...more, ...(cursor ? { cursor } : {}) }),
                eve,
              );
              names.push(...page.items.map((one) => one.name));
              cursor = page.nextCursor;
              const told = cursor ? Buffer.from(cursor, "base64url").toString() : "";
              expect(told).not.toContain("hidden");
              const hidden = (await catalog.listDocuments(query("lists", { q: "hidden", limit: 50 }))).items;
              for (const one of hidden) expect(told).not.toContain(one.id);
            } while (cursor);
            return names;
          };
          await expect
            .poll(async () => (await walk()).sort(), { ...eventually, interval: 500 })
            .toEqual(Array.from({ length: 12 }, (_, i) => `open-${i}.txt`).sort());
        }
    expect((await catalog.listDocuments(query("lists"))).items).toHaveLength(42);
  });

  it("go on behind a long row of documents that are not for the caller", async () => {
    await add("long", "first.txt");
    const hidden: string[] = [];
    for (let i = 0; i < 45; i += 1) hidden.push((await add("long", `h${i}.txt`, ["group:board"])).id);
    for (const [order, limit] of [
      ["desc", 1],
      ["asc", 2],
    ] as const) {
      const names: string[] = [];
      let cursor: string | undefined;
      let calls = 0;
      do {
        const more = { order, limit, ...(cursor ? { cursor } : {}) };
        const page = await catalog.listDocuments(query("long", more), eve);
        names.push(...page.items.map((one) => one.name));
        cursor = page.nextCursor;
        calls += 1;
        const told = cursor ? Buffer.from(cursor, "base64url").toString() : "";
        expect(hidden.filter((id) => told.includes(id))).toEqual([]);
      } while (cursor && calls < 20);
      expect(names).toEqual(["first.txt"]);
      expect(calls).toBeGreaterThan(1);
    }
  });

  it("are counted by who may read, through every change", async () => {
    const document = await add("counts", "a.txt");
    await add("counts", "b.txt", ["group:board"]);
    const counts = async (principals?: string[]) => {
      const { total, deleted } = await catalog.countDocuments("counts", principals);
      return [total, deleted];
    };
    expect([await counts(), await counts(eve), await counts(["group:board"])]).toEqual([
      [2, 0],
      [1, 0],
      [2, 0],
    ]);
    await changeReaders(document, ["user:eve", "group:board"]);
    expect([await counts(), await counts(eve), await counts(["user:bea"])]).toEqual([
      [2, 0],
      [1, 0],
      [0, 0],
    ]);
    // The same set in another order is the same set.
    await changeReaders(document, ["group:board", "user:eve"]);
    await catalog.change(document.id, undefined, systemActor, (one) => ({
      document: { ...one, deletedAt: one.updatedAt, purgeAt: one.updatedAt },
    }));
    expect([await counts(), await counts(eve), await counts(["user:bea"])]).toEqual([
      [1, 1],
      [0, 1],
      [0, 0],
    ]);
    const purged = await catalog.getDocument(document.id);
    if (purged)
      await catalog.purgeDocument(purged, { action: "document.purged", outcome: "ok", summary: "gone" }, systemActor);
    expect([await counts(), await counts(eve)]).toEqual([
      [1, 0],
      [0, 0],
    ]);
    expect((await catalog.getReaders([document.id])).get(document.id)).toEqual(["group:board", "user:eve"]);
  });

  it("tell of a change until each table carries it, and a later change begins anew", async () => {
    const document = await add("changes", "a.txt");
    const changes = () => catalog.listAccessChanges({ index: "changes", limit: 10 });
    await changeReaders(document, undefined);
    expect(await changes()).toEqual([]);
    await changeReaders(document, ["group:board"]);
    const [first] = await changes();
    expect(first).toMatchObject({ documentId: document.id, index: "changes", readers: ["group:board"], written: [] });
    if (!first) return;
    expect((await catalog.noteAccessWritten(first, "bld_1"))?.written).toEqual(["bld_1"]);
    expect((await catalog.noteAccessWritten(first, "bld_2"))?.written.sort()).toEqual(["bld_1", "bld_2"]);
    await changeReaders(document, undefined);
    expect(await catalog.noteAccessWritten(first, "bld_3")).toBeUndefined();
    await catalog.settleAccessChange(first);
    const [second] = await changes();
    expect(second).toMatchObject({ written: [] });
    expect(second?.readers).toBeUndefined();
    if (second) await catalog.settleAccessChange(second);
    expect(await changes()).toEqual([]);
    expect((await catalog.getReaders([document.id, "doc_unknown"])).size).toBe(0);
  });
});

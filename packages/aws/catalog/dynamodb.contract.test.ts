import { type Build, BuildConfig, type Document, IndexSettings, type ListDocumentsQuery } from "@samla/contracts";
import {
  type Catalog,
  type FillRecord,
  type IndexRecord,
  isFailure,
  systemActor,
  type VersionRecord,
} from "@samla/core/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, needs, newId, startTestAws } from "../testing.ts";
import type { TestResources } from "../testing-resources.ts";
import { createDynamoDbCatalog } from "./dynamodb.ts";

let aws: TestResources;
let catalog: Catalog;
// The table expires rows by its own clock, so ours begins there.
let clock = Date.now();

beforeAll(async () => {
  aws = await startTestAws("tables");
  catalog = createDynamoDbCatalog({ table: aws.tables.catalog, now: () => clock, newId });
});
afterAll(() => aws?.close());

const at = (): string => new Date(clock).toISOString();

const make = (
  index: string,
  name: string,
  more: Partial<Document> = {},
): { document: Document; version: VersionRecord } => {
  clock += 1000;
  const documentId = newId("doc") as Document["id"];
  const versionId = newId("ver") as VersionRecord["id"];
  const document: Document = {
    id: documentId,
    index: index as Document["index"],
    name,
    path: "",
    tags: [],
    sizeBytes: 10,
    status: "uploading",
    headVersionId: versionId,
    versionCount: 1,
    passages: 0,
    vectors: 0,
    pages: 0,
    createdAt: at(),
    createdBy: "t",
    updatedAt: at(),
    revision: 1,
    ...more,
  };
  const version: VersionRecord = {
    id: versionId,
    documentId,
    index,
    number: 1,
    status: document.status,
    name,
    sizeBytes: document.sizeBytes,
    sha256: "a".repeat(64),
    createdAt: at(),
    createdBy: "t",
    updatedAt: at(),
    attempt: 0,
    steps: [],
    warnings: [],
    passages: 0,
    vectors: 0,
    pages: 0,
    characters: 0,
    ocrPages: 0,
  };
  return { document, version };
};

const add = async (index: string, name: string, more: Partial<Document> = {}): Promise<Document> => {
  const { document, version } = make(index, name, more);
  await catalog.createDocument(
    document,
    version,
    {
      action: "document.created",
      outcome: "ok",
      summary: `made ${name}`,
      index: document.index,
      documentId: document.id,
    },
    systemActor,
  );
  return document;
};

const actionsOf = async (documentId: Document["id"]): Promise<string[]> =>
  (await catalog.listEvents({ documentId, limit: 50 })).items.map((event) => event.action);

const fillOf = (): FillRecord => ({
  state: "done",
  startedAt: at(),
  total: 0,
  done: 0,
  failed: 0,
  reused: { extract: 0, split: 0, embed: 0 },
  made: { extract: 0, split: 0, embed: 0 },
  run: 1,
  movedAt: clock,
  samples: [],
});

const list = (index: string, more: Partial<ListDocumentsQuery> = {}) =>
  catalog.listDocuments({
    index: index as Document["index"],
    deleted: false,
    sort: "updated",
    order: "desc",
    limit: 50,
    ...more,
  });

describe("catalog on DynamoDB", () => {
  it("counts and lists a document after its creation, with its event", async () => {
    const document = await add("alpha", "one.txt");
    expect(await catalog.getDocument(document.id)).toEqual(document);
    await expect.poll(async () => (await catalog.countDocuments("alpha")).byStatus.uploading, eventually).toBe(1);
    await expect.poll(async () => (await list("alpha")).items.map((one) => one.id), eventually).toEqual([document.id]);
    await expect.poll(() => actionsOf(document.id), eventually).toEqual(["document.created"]);
  });

  it("loses no change and no count when many change one document at once", async ({ skip }) => {
    needs(aws, "concurrency", skip);
    const document = await add("busy", "hot.txt");
    await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        catalog.change(document.id, undefined, systemActor, (current) => ({
          document: { ...current, tags: [...current.tags, `t${i}`] },
          event: { action: "document.tagged", outcome: "ok", summary: `t${i}`, documentId: document.id },
        })),
      ),
    );
    expect((await catalog.getDocument(document.id))?.tags.length).toBe(12);
    await expect
      .poll(async () => (await actionsOf(document.id)).filter((one) => one === "document.tagged").length, eventually)
      .toBe(12);
    expect((await catalog.countDocuments("busy")).total).toBe(1);
  });

  it("writes neither row nor event when the change is refused", async () => {
    const document = await add("refuse", "x.txt");
    await expect(
      catalog.change(document.id, undefined, systemActor, () => {
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    await expect.poll(() => actionsOf(document.id), eventually).toEqual(["document.created"]);
  });

  it("moves counts between statuses and to deleted, and takes a deleted document out of the lists", async () => {
    const document = await add("life", "a.txt");
    await catalog.change(document.id, document.headVersionId, systemActor, (current, version) => ({
      document: { ...current, status: "ready" },
      ...(version ? { version: { ...version, status: "ready" as const } } : {}),
    }));
    await expect
      .poll(async () => (await catalog.countDocuments("life")).byStatus, eventually)
      .toMatchObject({ uploading: 0, ready: 1 });
    await catalog.change(document.id, undefined, systemActor, (current) => ({
      document: { ...current, deletedAt: at(), purgeAt: at() },
    }));
    await expect.poll(() => catalog.countDocuments("life"), eventually).toMatchObject({ total: 0, deleted: 1 });
    await expect.poll(async () => (await list("life")).items, eventually).toEqual([]);
    await expect.poll(async () => (await list("life", { deleted: true })).items.length, eventually).toBe(1);
    clock += 10_000;
    expect((await catalog.listPurgeable("life", at(), 10)).map((one) => one.id)).toEqual([document.id]);
    await catalog.purgeDocument(
      { ...document, deletedAt: at() },
      { action: "document.purged", outcome: "ok", summary: "gone" },
      systemActor,
    );
    expect(await catalog.getDocument(document.id)).toBeUndefined();
    await expect.poll(() => catalog.countDocuments("life"), eventually).toMatchObject({ total: 0, deleted: 0 });
  });

  it("pages through every order without losing or repeating a document, also when filtered", async () => {
    const names = Array.from({ length: 23 }, (_, i) => `file-${String((i * 7) % 23).padStart(2, "0")}.txt`);
    for (const [i, name] of names.entries())
      await add("pages", name, {
        sizeBytes: i * 100,
        tags: i % 2 ? ["odd"] : [],
        kind: i % 3 ? "text" : "pdf",
        status: i % 4 ? "ready" : "failed",
      });
    for (const sort of ["updated", "name", "size"] as const)
      await expect.poll(async () => (await list("pages", { sort })).items.length, eventually).toBe(23);
    for (const sort of ["updated", "name", "size"] as const)
      for (const order of ["asc", "desc"] as const)
        for (const filter of [
          {},
          { tag: "odd" },
          { kind: "pdf" as const },
          { status: "failed" as const },
          { q: "file 1" },
        ]) {
          const seen: Document[] = [];
          let cursor: string | undefined;
          do {
            const page = await list("pages", { sort, order, limit: 5, ...filter, ...(cursor ? { cursor } : {}) });
            seen.push(...page.items);
            cursor = page.nextCursor;
          } while (cursor);
          expect(new Set(seen.map((one) => one.id)).size).toBe(seen.length);
          const expected =
            "tag" in filter
              ? 11
              : "kind" in filter
                ? 8
                : "status" in filter
                  ? 6
                  : "q" in filter
                    ? seen.filter((one) => one.name.includes("1")).length
                    : 23;
          expect(seen.length).toBe(expected);
          const key = (one: Document): string | number =>
            sort === "name" ? one.name : sort === "size" ? one.sizeBytes : one.updatedAt;
          const sorted = [...seen].sort((a, b) => (key(a) < key(b) ? -1 : 1) * (order === "asc" ? 1 : -1));
          expect(seen.map((one) => one.id)).toEqual(sorted.map((one) => one.id));
        }
  });

  it("refuses a cursor of another list and one that was changed", async () => {
    for (let i = 0; i < 3; i += 1) await add("cursors", `c${i}.txt`);
    await expect.poll(async () => (await list("cursors")).items.length, eventually).toBe(3);
    const { nextCursor = "" } = await list("cursors", { limit: 1 });
    for (const query of [
      { cursor: nextCursor, sort: "name" as const },
      { cursor: `${nextCursor.slice(0, -4)}AAAA` },
      { cursor: "zzz" },
    ]) {
      const error: unknown = await list("cursors", { limit: 1, ...query }).catch((caught: unknown) => caught);
      expect(isFailure(error) && error.code).toBe("invalid_cursor");
    }
  });

  it("finds the same bytes and the same name in the same folder", async () => {
    const document = await add("match", "Report.PDF", { path: "2026/q1" });
    await expect
      .poll(() => catalog.findByHash("match", "a".repeat(64)), eventually)
      .toEqual([{ documentId: document.id, versionId: document.headVersionId }]);
    await expect.poll(() => catalog.findByName("match", "2026/q1", "report.pdf"), eventually).toEqual([document.id]);
    expect(await catalog.findByName("match", "2026/q2", "report.pdf")).toEqual([]);
    expect(await catalog.findByHash("other", "a".repeat(64))).toEqual([]);
    expect(await catalog.findDocumentOfVersion(document.headVersionId)).toBe(document.id);
  });

  it("of documents announced with the same bytes at once keeps one, and says so to the others", async ({ skip }) => {
    needs(aws, "concurrency", skip);
    const announce = (after: string | null | undefined) => {
      const { document, version } = make("race", "same.txt");
      const told = { action: "document.created", outcome: "ok", summary: "made it", documentId: document.id } as const;
      return catalog
        .createDocument(document, { ...version, sha256: "b".repeat(64) }, told, systemActor, after)
        .then((isKept) => ({ isKept, document }));
    };
    const results = await Promise.all([announce(null), announce(null), announce(null)]);
    const kept = results.filter((one) => one.isKept);
    expect(kept).toHaveLength(1);
    expect(await catalog.findLastAnnounced("race", "b".repeat(64))).toEqual({
      documentId: kept[0]?.document.id,
      versionId: kept[0]?.document.headVersionId,
    });
    for (const { document, isKept } of results)
      expect((await catalog.getDocument(document.id)) !== undefined).toBe(isKept);
    expect((await announce(kept[0]?.document.headVersionId)).isKept).toBe(true);
    expect((await announce(undefined)).isKept).toBe(true);
  });

  it("keeps one of two indexes with the same slug, and refuses a change on an old revision", async ({ skip }) => {
    needs(aws, "concurrency", skip);
    const build: Build = {
      id: newId("bld") as Build["id"],
      index: "legal" as Build["index"],
      status: "live",
      config: BuildConfig.parse({
        language: "English",
        targetTokens: 400,
        embedder: "e",
        dimensions: 0,
        fusion: { kind: "weighted", vectorWeight: 0.1 },
      }),
      note: "",
      createdAt: at(),
      createdBy: "t",
      revision: 1,
    };
    const index: IndexRecord = {
      slug: "legal" as IndexRecord["slug"],
      name: "Legal",
      description: "",
      readers: ["everyone"],
      liveBuildId: build.id,
      language: "English",
      createdAt: at(),
      createdBy: "t",
      updatedAt: at(),
      revision: 1,
      settings: IndexSettings.parse({}),
    };
    const event = { action: "index.created" as const, outcome: "ok" as const, summary: "made" };
    const both = await Promise.allSettled([
      catalog.createIndex(index, build, fillOf(), event, systemActor),
      catalog.createIndex(index, build, fillOf(), event, systemActor),
    ]);
    expect(both.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
    await catalog.changeIndex({ ...index, name: "Law", revision: 2 }, event, systemActor);
    const error: unknown = await catalog
      .changeIndex({ ...index, name: "Late", revision: 2 }, event, systemActor)
      .catch((caught: unknown) => caught);
    expect(isFailure(error) && error.code).toBe("precondition_failed");
    expect((await catalog.getIndex("legal"))?.name).toBe("Law");
    expect(await catalog.getBuild("legal", build.id)).toEqual(build);
  });

  it("gives events after an id oldest first, so that a client can fill a gap", async () => {
    for (let i = 0; i < 5; i += 1) {
      clock += 1;
      await catalog.appendEvent({ action: "queue.redriven", outcome: "ok", summary: `e${i}` }, systemActor);
    }
    await expect
      .poll(async () => (await catalog.listEvents({ action: "queue.redriven", limit: 5 })).items.length, eventually)
      .toBe(5);
    const newest = await catalog.listEvents({ action: "queue.redriven", limit: 5 });
    expect(newest.items.map((event) => event.summary)).toEqual(["e4", "e3", "e2", "e1", "e0"]);
    const after = await catalog.listEvents({ action: "queue.redriven", after: newest.items[3]?.id as never, limit: 2 });
    expect(after.items.map((event) => event.summary)).toEqual(["e2", "e3"]);
    const rest = await catalog.listEvents({
      action: "queue.redriven",
      after: newest.items[3]?.id as never,
      limit: 2,
      cursor: after.nextCursor,
    });
    expect(rest.items.map((event) => event.summary)).toEqual(["e4"]);
  });

  it("lets one of many callers with the same idempotency key work, and gives the others its answer", async ({
    skip,
  }) => {
    needs(aws, "concurrency", skip);
    const until = Math.floor(clock / 1000) + 1000;
    const claims = await Promise.all(Array.from({ length: 8 }, () => catalog.claimRequest("k1", "body", until)));
    expect(claims.filter((claim) => claim.state === "new").length).toBe(1);
    expect(claims.filter((claim) => claim.state === "busy").length).toBe(7);
    await catalog.completeRequest("k1", "answer");
    expect(await catalog.claimRequest("k1", "body", until)).toEqual({ state: "done", answer: "answer" });
    expect(await catalog.claimRequest("k1", "another", until)).toEqual({ state: "mismatch" });
  });

  it("gives a ticket to one taker only, and to none after its time", async ({ skip }) => {
    needs(aws, "concurrency", skip);
    const seconds = Math.floor(clock / 1000);
    const holder = { kind: "person" as const, id: "u", name: "U", roles: ["admin"], groups: [] };
    await catalog.putTicket("tkt_1", holder, seconds + 30);
    const taken = await Promise.all(Array.from({ length: 5 }, () => catalog.takeTicket("tkt_1", seconds)));
    expect(taken.filter(Boolean)).toEqual([holder]);
    await catalog.putTicket("tkt_2", holder, seconds + 30);
    expect(await catalog.takeTicket("tkt_2", seconds + 31)).toBeUndefined();
  });
});

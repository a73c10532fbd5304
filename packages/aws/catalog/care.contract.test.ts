import type { Audit, Upkeep } from "@samla/contracts";
import type { AuditState, Catalog } from "@samla/core/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createS3ObjectStore } from "../object-store/s3.ts";
import { newId, startTestAws } from "../testing.ts";
import type { TestResources } from "../testing-resources.ts";
import { createDynamoDbCatalog } from "./dynamodb.ts";

let aws: TestResources;
let catalog: Catalog;
beforeAll(async () => {
  aws = await startTestAws("tables", "bucket");
  catalog = createDynamoDbCatalog({ table: aws.tables.catalog, now: Date.now, newId });
});
afterAll(() => aws?.close());

const state = (index: string, cursor: string): AuditState => ({
  id: newId("aud"),
  index,
  startedAt: new Date().toISOString(),
  by: "t",
  tookMs: 1,
  phase: "documents",
  cursor,
  checked: { documents: 1, versions: 1, objects: 0, passages: 0, builds: 1 },
  findings: [],
  repaired: 0,
  documentsBytes: 0,
});
const audit = (index: string, tookMs: number): Audit => {
  const { startedAt: at, by, checked, findings, repaired } = state(index, "");
  return {
    index: index as Audit["index"],
    at,
    tookMs,
    by,
    checked,
    differences: 0,
    repaired,
    findings,
    complete: true,
  };
};

describe("care on DynamoDB", () => {
  it("lets one at a time audit an index, and the next go on where a dead one was", async () => {
    const now = Date.now();
    const wins = await Promise.all(["a", "b", "c"].map((owner) => catalog.claimAudit("one", owner, now, now + 1000)));
    expect(wins.filter(Boolean)).toHaveLength(1);
    const owner = ["a", "b", "c"][wins.indexOf(true)] ?? "";
    expect((await catalog.getAuditClaim("one"))?.state).toBeUndefined();
    const kept = state("one", "page 2");
    expect(await catalog.keepAudit("one", owner, kept, now + 1000)).toBe(true);
    expect(await catalog.claimAudit("one", "late", now + 500, now + 2000)).toBe(false);
    expect(await catalog.claimAudit("one", "late", now + 1001, now + 2000)).toBe(true);
    expect((await catalog.getAuditClaim("one"))?.state).toEqual(kept);
    // The one before was not dead after all: what it says does not count any more.
    expect(await catalog.keepAudit("one", owner, state("one", "page 9"), now + 9000)).toBe(false);
    await catalog.finishAudit(audit("one", 1), newId("aud"), 5, owner);
    expect(await catalog.listAudits("one")).toEqual([]);
    await catalog.finishAudit(audit("one", 2), newId("aud"), 5, "late");
    expect(await catalog.listAudits("one")).toMatchObject([{ audit: { tookMs: 2 }, documentsBytes: 5 }]);
    expect(await catalog.getAuditClaim("one")).toBeUndefined();
  });

  it("keeps the last fifty of upkeep and audits, newest first", async () => {
    for (let i = 0; i < 53; i += 1) {
      const upkeep: Upkeep = {
        buildId: newId("bld") as Upkeep["buildId"],
        at: new Date().toISOString(),
        tookMs: i,
        sizeBytesBefore: 2,
        sizeBytesAfter: 1,
        unindexedBefore: 1,
        unindexedAfter: 0,
      };
      await catalog.addUpkeep("many", upkeep);
      await catalog.claimAudit("many", "o", 1, 2);
      await catalog.finishAudit(audit("many", i), newId("aud"), 0, "o");
    }
    const [upkeep, audits] = [await catalog.listUpkeep("many"), await catalog.listAudits("many")];
    expect([upkeep.length, upkeep[0]?.tookMs, upkeep.at(-1)?.tookMs]).toEqual([50, 52, 3]);
    expect([audits.length, audits[0]?.audit.tookMs]).toEqual([50, 52]);
  });

  it("corrects counts by a difference, so that changes at the same time are not lost", async () => {
    await Promise.all([
      ...Array.from({ length: 5 }, () => catalog.correctCounts("wrong", undefined, { ready: 1 })),
      catalog.correctCounts("wrong", ["group:a"], { ready: 3, deleted: 2 }),
    ]);
    await catalog.correctCounts("wrong", ["group:a"], { deleted: -2 });
    expect(await catalog.readCounts("wrong")).toEqual(
      expect.arrayContaining([
        { readers: undefined, counts: { ready: 5 } },
        { readers: ["group:a"], counts: { ready: 3, deleted: 0 } },
      ]),
    );
  });
});

describe("objects in S3", () => {
  it("are listed in the order of their keys, below a prefix, from where a page ended", async () => {
    const objects = createS3ObjectStore({ bucket: aws.bucket });
    for (const key of ["documents/b/1/x", "documents/a/2/y", "documents/a/1/z", "other/a"])
      await objects.put(key, "12345", "text/plain");
    const keys = async (after?: string) => (await objects.list("documents/", after)).map((one) => one.key);
    expect(await keys()).toEqual(["documents/a/1/z", "documents/a/2/y", "documents/b/1/x"]);
    expect(await keys("documents/a/2/y")).toEqual(["documents/b/1/x"]);
    expect(await keys("documents/b/1/x")).toEqual([]);
    const [first] = await objects.list("documents/", undefined);
    expect(first?.sizeBytes).toBe(5);
    expect(Math.abs((first?.modifiedAt ?? 0) - Date.now())).toBeLessThan(120_000);
  });
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { createPassage } from "../testing/passages.ts";
import { createLanceEngine } from "./index.ts";

it("a table tells which documents it holds, in order and page by page, and what of each", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "samla-describe-"));
  const engine = await createLanceEngine({ uri: folder, readConsistencyMs: 0, log: () => undefined });
  const table = "describe/bld_01";
  const fusion = { kind: "weighted", vectorWeight: 0.15 } as const;
  await engine.createTable({ table, dimensions: 0, language: "English", fusion });
  for (const id of ["c", "a", "b", "it's"])
    await engine.replaceDocuments(table, [
      {
        documentId: id,
        passages: [0, 1].map((n) => createPassage(id, n, { tags: ["t"], readers: ["group:x", "user:y"] })),
      },
    ]);
  expect(await engine.listDocumentIds(table, undefined, 3)).toEqual(["a", "b", "c"]);
  expect(await engine.listDocumentIds(table, "c", 3)).toEqual(["it's"]);
  const found = await engine.describeDocuments(table, ["a", "it's", "unknown"]);
  expect([...found.keys()].sort()).toEqual(["a", "it's"]);
  expect(found.get("it's")).toMatchObject({
    versionIds: ["v1"],
    passages: 2,
    distinct: 2,
    readers: ["group:x", "user:y"],
    tags: ["t"],
    path: "it's.pdf",
  });
  expect((await engine.describeDocuments(table, [])).size).toBe(0);
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

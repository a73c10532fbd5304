import { type Catalog, createIds, type StoredAnswer } from "@samla/core/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestAws } from "../testing.ts";
import type { TestResources } from "../testing-resources.ts";
import { createDynamoDbCatalog } from "./dynamodb.ts";

let aws: TestResources;
let catalog: Catalog;
const newId = createIds();
beforeAll(async () => {
  aws = await startTestAws("tables");
  catalog = createDynamoDbCatalog({ table: aws.tables.catalog, now: Date.now, newId });
});
afterAll(() => aws?.close());

const documents = Array.from({ length: 20 }, () => newId("doc"));
const answerOf = (image: string, more: Partial<StoredAnswer> = {}): StoredAnswer =>
  ({
    id: newId("ans"),
    at: new Date().toISOString(),
    actor: { kind: "person", id: "rita", name: "Rita" },
    question: "why?",
    searchedFor: "why",
    queryId: newId("qry"),
    indexes: [
      { slug: "one", buildId: "bld_1" },
      { slug: "two", buildId: "bld_2" },
    ],
    mode: "extractive",
    outcome: "answered",
    sentences: [{ text: "Because.", citations: [1] }],
    sources: documents.map((documentId, i) => ({ n: i + 1, documentId })),
    dropped: 0,
    timings: { searchMs: 1, totalMs: 2 },
    maker: { agent: "answer", version: "1.0.0", releaseId: "rel_1", imageDigest: image, taskId: "t1" },
    expiresAtSeconds: Math.floor(Date.now() / 1000) + 1000,
    ...more,
  }) as StoredAnswer;

const idsOf = async (node: Parameters<Catalog["listAnswers"]>[0]["node"], value: string): Promise<string[]> => {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await catalog.listAnswers({ node, value, limit: 2, cursor });
    ids.push(...page.items.map((one) => one.id));
    cursor = page.nextCursor;
  } while (cursor);
  return ids;
};

describe("answers on DynamoDB", () => {
  it("are found by every node that stands behind them, newest first, in pages that neither repeat nor leave out", async () => {
    const five = Array.from({ length: 5 }, () => answerOf("sha256:x"));
    for (const one of five) await catalog.putAnswer(one);
    await catalog.putAnswer(
      answerOf("sha256:y", {
        maker: { ...answerOf("").maker, releaseId: "rel_2" as never, taskId: "t2", imageDigest: "sha256:y" },
        indexes: [],
        sources: [],
        actor: undefined,
      } as never),
    );
    const wanted = five.map((one) => one.id as string).reverse();
    for (const [node, value] of [
      ["image", "sha256:x"],
      ["release", "rel_1"],
      ["task", "t1"],
      ["index", "two"],
      ["build", "bld_1"],
      ["document", documents[19] ?? ""],
      ["actor", "rita"],
    ] as const)
      expect(await idsOf(node, value), node).toEqual(wanted);
    expect(await idsOf("image", "sha256:y")).toHaveLength(1);
    expect(await idsOf("image", "sha256:z")).toEqual([]);
    await expect(
      catalog.listAnswers({ node: "image", value: "sha256:x", limit: 2, cursor: "forged" }),
    ).rejects.toMatchObject({ code: "invalid_cursor" });
  });

  it("keep every change when several people change one at once", async () => {
    const one = answerOf("sha256:c");
    await catalog.putAnswer(one);
    await Promise.all(
      Array.from({ length: 6 }, () =>
        catalog.changeAnswer(one.id, (answer) => ({ ...answer, dropped: answer.dropped + 1 })),
      ),
    );
    expect((await catalog.getAnswer(one.id))?.dropped).toBe(6);
    expect(await catalog.changeAnswer("ans_none", (answer) => answer)).toBeUndefined();
  });
});

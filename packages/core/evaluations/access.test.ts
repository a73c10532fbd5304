import { type Principal, SearchQuery } from "@samla/contracts";
import { expect, it } from "vitest";
import { openWorld, ready } from "../documents/testing-journey.ts";
import type { Actor } from "../kernel/index.ts";
import { recordSearch, replayQuery } from "../queries/index.ts";
import { search, trySearch } from "../search/index.ts";
import { actorOf, testSlug } from "../testing.ts";
import { compareEvaluations, getQuestion, judge, listQuestions, listResults, startEvaluation } from "./index.ts";
import { matchDocuments } from "./match-documents.ts";
import { drainEvaluations, type Id, start } from "./testing-evaluations.ts";

const index = testSlug;
const text = "lantern";

it("shows, over 10,000 pairs of person and document, only what the person may read: in questions, imports, evaluations, comparisons, replays and the test bench", async () => {
  const world = await openWorld();
  // Park and Miller's generator: the same pairs in every run.
  let state = 11;
  const below = (count: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % count;
  };
  const pick = <T>(from: readonly T[], count: number): T[] =>
    Array.from({ length: count }, () => from[below(from.length)] as T);
  const groups = ["staff", "legal", "board", "team"];
  const persons = Array.from(
    { length: 100 },
    (_, i): Actor => ({ ...actorOf("editor"), id: `u${i}`, groups: pick(groups, below(3)) }),
  );
  const principals = [...groups.map((group) => `group:${group}`), ...persons.map((person) => `user:${person.id}`)];
  const documents: { id: Id; name: string; readers: string[] | undefined }[] = [];
  for (let i = 0; i < 100; i += 1) {
    const readers = i % 4 === 0 ? undefined : [...new Set(pick(principals, 1 + below(3)))];
    const name = `paper-${i}.txt`;
    const made = await ready(world, name, `${text} ${i}`, readers ? { readers: readers as Principal[] } : {});
    documents.push({ id: made.documentId as Id, name, readers });
    await judge(world.ctx, { index, text, judgment: { documentId: made.documentId as Id, grade: 1 } });
  }
  const ofAdmin = await start(world);
  await drainEvaluations(world);
  const question = (await listQuestions(world.ctx, { index, limit: 1 })).items[0];
  if (!question) throw new Error("no question");
  let pairs = 0;
  for (const person of persons) {
    const ctx = { ...world.ctx, actor: person };
    const held = [`user:${person.id}`, ...person.groups.map((group) => `group:${group}`)];
    const visible = documents.filter(({ readers }) => !readers || readers.some((one) => held.includes(one)));
    const hidden = documents.filter((one) => !visible.includes(one));
    pairs += documents.length;
    const expectNoneOf = (shown: unknown): void => {
      const printed = JSON.stringify(shown);
      for (const one of hidden) expect(printed.includes(one.id) || printed.includes(`"${one.name}"`)).toBe(false);
    };

    const seen = await getQuestion(ctx, { index, questionId: question.id });
    expect(seen.judgments.map((one) => one.documentId)).toEqual(visible.map((one) => one.id));
    const matched = await matchDocuments(
      ctx,
      index,
      documents.flatMap((one) => [one.id, one.name]),
    );
    for (const one of hidden)
      for (const name of [one.id, one.name]) expect(matched.get(name)).toHaveProperty("problem");

    const own = await startEvaluation(ctx, { index, buildId: world.build.id, mode: "lexical", note: "" });
    await drainEvaluations(world);
    const list = { index, order: "worst" as const, limit: 5 };
    const results = (await listResults(ctx, { ...list, evaluationId: own.id })).items;
    expect(results).toMatchObject([{ judged: visible.length, relevant: visible.length, results: visible.length }]);
    expectNoneOf(results);
    expectNoneOf((await listResults(ctx, { ...list, evaluationId: ofAdmin.id })).items);
    expectNoneOf(
      (await compareEvaluations(ctx, { index, before: ofAdmin.id, after: own.id, show: "all", limit: 5 })).items,
    );

    const input = SearchQuery.parse({ q: text, index, mode: "lexical", limit: 100, perDocument: 0 });
    const found = await search(ctx, input);
    await recordSearch(ctx, input, found);
    const replayed = await replayQuery(world.ctx, { index, queryId: found.queryId });
    expectNoneOf(replayed);
    expect(replayed.hits).toHaveLength(Math.min(visible.length, 50));

    const trial = { index, buildId: world.build.id, q: text, mode: "lexical" as const, limit: 50 };
    const tried = await trySearch(ctx, trial);
    expectNoneOf(tried);
    expect(tried.total.value).toBe(visible.length);
    expect(tried.hits).toHaveLength(Math.min(visible.length, 50));
    // An administrator who searches as this person: only the list of what that person is not shown names the others.
    const { hidden: kept, ...shown } = await trySearch(world.ctx, { ...trial, as: held as Principal[] });
    expectNoneOf(shown);
    expect(shown.total.value).toBe(visible.length);
    for (const one of kept) expect(visible.map(({ id }) => id)).not.toContain(one.documentId);
    await expect(trySearch(ctx, { ...trial, as: ["group:board"] })).rejects.toMatchObject({ code: "forbidden" });
  }
  expect(pairs).toBe(10_000);
}, 60_000);

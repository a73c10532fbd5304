import { RecordAnswerBody, SearchQuery, type SearchResult } from "@samla/contracts";
import { beforeEach, describe, expect, it } from "vitest";
import { openWorld, ready } from "../documents/testing-journey.ts";
import type { Actor, EngineContext } from "../kernel/index.ts";
import { recordSearch } from "../queries/index.ts";
import { search } from "../search/index.ts";
import { actorOf, type TestWorld, testSlug } from "../testing.ts";
import { getAnswer, listAnswers, rateAnswer, recordAnswer } from "./index.ts";

let world: TestWorld;
const index = testSlug;
const reader: Actor = { ...actorOf("reader"), id: "rita" };
const operator: Actor = { ...actorOf("operator"), id: "otto" };
const as = (actor: Actor): EngineContext => ({ ...world.ctx, actor });
const digest = `sha256:${"a".repeat(64)}`;
const releaseId = "rel_01ARZ3NDEKTSV4RRFFQ69G5FAV";

const find = async (q: string, actor = reader): Promise<SearchResult> => {
  const input = SearchQuery.parse({ q, index, mode: "lexical" });
  const result = await search(as(actor), input);
  await recordSearch(as(actor), input, result);
  return result;
};
const bodyOf = (result: SearchResult, more: Record<string, unknown> = {}): RecordAnswerBody =>
  RecordAnswerBody.parse({
    question: "What of ropes?",
    searchedFor: result.q,
    queryId: result.queryId,
    indexes: result.indexes.map(({ slug, buildId }) => ({ slug, buildId })),
    mode: "extractive",
    outcome: "answered",
    sources: result.hits.map((hit, i) => ({ ...hit, n: i + 1 })),
    sentences: result.hits.map((hit, i) => ({ text: hit.text, citations: [i + 1] })),
    dropped: 0,
    timings: { searchMs: 1, totalMs: 2 },
    maker: { agent: "answer", version: "1.0.0", releaseId, imageDigest: digest },
    ...more,
  });
const list = (query: object, actor: Actor) => listAnswers(as(actor), { limit: 10, ...query } as never);

beforeEach(async () => {
  world = await openWorld();
  for (const name of ["a.txt", "b.txt"]) await ready(world, name, `${name} tells of ropes`);
});

describe("an answer", () => {
  it("leads to its passages, build, release and image, and each of these leads back to it", async () => {
    const result = await find("ropes");
    const { id } = await recordAnswer(as(reader), bodyOf(result));
    const answer = await getAnswer(as(reader), { answerId: id });
    expect(answer).toMatchObject({ mine: true, actor: { id: "rita" }, withheld: 0, maker: { imageDigest: digest } });
    expect(answer.sources.map((source) => source.passageId)).toEqual(result.hits.map((hit) => hit.passageId));
    const admin = actorOf("admin");
    for (const query of [
      { image: digest },
      { release: releaseId },
      { build: world.build.id },
      { index },
      { document: result.hits[0]?.documentId ?? "" },
    ])
      expect(
        (await list(query, admin)).items.map((one) => one.id),
        JSON.stringify(query),
      ).toEqual([id]);
    expect((await list({}, reader)).items.map((one) => one.id)).toEqual([id]);
    expect((await list({ image: `sha256:${"b".repeat(64)}` }, admin)).items).toEqual([]);
    await expect(list({ image: digest, index }, admin)).rejects.toMatchObject({ code: "invalid_request" });
  });

  it("is refused when its chain does not hold: foreign search, passage, build or citation", async () => {
    const result = await find("ropes");
    const good = bodyOf(result);
    const refused = async (body: RecordAnswerBody, actor = reader): Promise<void> =>
      expect(recordAnswer(as(actor), body)).rejects.toMatchObject({ code: "invalid_request" });
    await refused(good, { ...reader, id: "eve" });
    await refused({ ...good, searchedFor: "something else" });
    await refused({ ...good, sentences: [{ text: "x", citations: [9] }] });
    await refused({ ...good, sentences: [] });
    const [first, second] = good.sources;
    if (!first || !second) throw new Error("no hits");
    await refused({ ...good, sources: [{ ...first, passageId: `${first.passageId}1` as never }, second] });
    await refused({ ...good, sources: [{ ...first, documentId: second.documentId }, second] });
    await refused({ ...good, sources: [{ ...first, buildId: "bld_01ARZ3NDEKTSV4RRFFQ69G5FAV" as never }, second] });
    await refused({ ...good, indexes: [{ slug: index, buildId: "bld_01ARZ3NDEKTSV4RRFFQ69G5FAV" as never }] });
    expect(world.rows.answers.size).toBe(0);
  });

  it("is seen whole by who asked, as a chain without words by who sees agents, and by nobody else", async () => {
    const { id } = await recordAnswer(as(reader), bodyOf(await find("ropes")));
    await expect(getAnswer(as({ ...reader, id: "eve" }), { answerId: id })).rejects.toMatchObject({
      code: "not_found",
    });
    const chain = await getAnswer(as(operator), { answerId: id });
    expect(chain).toMatchObject({ mine: false, sentences: [], sources: [], maker: { releaseId } });
    expect(JSON.stringify(chain)).not.toMatch(/rita|ropes/);
    await expect(list({ image: digest }, reader)).rejects.toMatchObject({ code: "forbidden" });
    await expect(list({ index }, operator)).rejects.toMatchObject({ code: "forbidden" });
  });

  it("never shows a sentence that rests on a document which its reader may not read any more", async () => {
    const { id } = await recordAnswer(as(reader), bodyOf(await find("ropes")));
    const hidden = [...world.rows.documents.values()].find((one) => one.name === "a.txt");
    if (hidden) world.rows.documents.set(hidden.id, { ...hidden, readers: ["group:other"] as never });
    const answer = await getAnswer(as(reader), { answerId: id });
    expect(answer).toMatchObject({ withheld: 1, sources: [{ name: "b.txt" }] });
    expect(JSON.stringify(answer)).not.toContain("a.txt");
  });

  it("is gone when the index keeps no searches of its time, and names nobody where the log is anonymous", async () => {
    const setLog = (queryLog: { days: number; anonymous: boolean }): void => {
      const found = world.rows.indexes.get(index);
      if (found) world.rows.indexes.set(index, { ...found, settings: { ...found.settings, queryLog } });
    };
    const { id } = await recordAnswer(as(reader), bodyOf(await find("ropes")));
    setLog({ days: 90, anonymous: true });
    expect((await getAnswer(as(actorOf("admin")), { answerId: id })).actor).toBeUndefined();
    const silent = await recordAnswer(as(reader), bodyOf(await find("ropes")));
    expect(JSON.stringify(world.rows.answers.get(silent.id))).not.toContain("rita");
    world.clock.now += 91 * 86_400_000;
    await expect(getAnswer(as(reader), { answerId: id })).rejects.toMatchObject({ code: "not_found" });
  });

  it("is rated by who asked; the later thumb holds and can be taken back", async () => {
    const { id } = await recordAnswer(as(reader), bodyOf(await find("ropes")));
    await rateAnswer(as(reader), { answerId: id, value: "up" });
    await rateAnswer(as(reader), { answerId: id, value: "down", comment: "beside the point" });
    expect((await getAnswer(as(reader), { answerId: id })).thumb).toMatchObject({
      value: "down",
      comment: "beside the point",
    });
    await expect(rateAnswer(as(operator), { answerId: id, value: "up" })).rejects.toMatchObject({ code: "not_found" });
    await rateAnswer(as(reader), { answerId: id, value: "none" });
    expect((await getAnswer(as(reader), { answerId: id })).thumb).toBeUndefined();
  });
});

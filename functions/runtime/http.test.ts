import { Failure, type StorageContext } from "@samla/core/kernel";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { createHttpHandler } from "./http.ts";
import { testDocument } from "./testing-answers.ts";
import { testEnvironment } from "./testing-env.ts";
import { type Call, eventOf } from "./testing-events.ts";

const ulid = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
let seen: { ctx: StorageContext; input: Record<string, unknown> } | undefined;
let answer: () => unknown = () => ({});
const verb = async (ctx: StorageContext, input: unknown): Promise<never> => {
  seen = { ctx, input: input as Record<string, unknown> };
  return answer() as never;
};
const handler = createHttpHandler({
  "indexes.create": verb,
  "indexes.list": verb,
  "indexes.delete": verb,
  "documents.patch": verb,
  "search.query": verb,
  "platform.health": verb,
});

const call = async (input: Call, answered: () => unknown = () => ({ items: [] })) => {
  seen = undefined;
  answer = answered;
  const result = await handler(eventOf(input));
  return { ...result, json: result.body ? (JSON.parse(result.body) as Record<string, unknown>) : undefined };
};
const create = (body: unknown): Call => ({ method: "POST", path: "/indexes", body: JSON.stringify(body) });
const patch = (headers: Record<string, string>): Call => ({
  method: "PATCH",
  path: `/documents/doc_${ulid}`,
  body: '{"tags":["a"]}',
  headers,
});

beforeAll(() => {
  Object.assign(process.env, testEnvironment);
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});

describe("what a verb is given", () => {
  it("is path, query and body in one, by the contract and with its defaults", async () => {
    await call({ ...patch({ "If-Match": '"3"' }) });
    expect(seen?.input).toEqual({ documentId: `doc_${ulid}`, tags: ["a"], ifMatch: 3 });
    await call({ path: "/search", query: { q: [" words "], kind: ["pdf", "text"], tag: ["x"], unknown: ["1"] } });
    expect(seen?.input).toMatchObject({ q: "words", kind: ["pdf", "text"], tag: ["x"], index: [], limit: 20 });
    const body = Buffer.from(JSON.stringify({ slug: "ab", name: "Ü" })).toString("base64");
    await call({ method: "POST", path: "/indexes", body, base64: true });
    expect(seen?.input).toMatchObject({ slug: "ab", name: "Ü", readers: ["everyone"] });
  });

  it("names the caller as the authorizer found it, with known roles only", async () => {
    await call({});
    expect(seen?.ctx.actor).toMatchObject({ kind: "person", id: "ada", roles: ["admin"], groups: ["admin", "board"] });
    await call({ path: "/health", authorizer: null });
    expect(seen?.ctx.actor).toMatchObject({ id: "anonymous", roles: [], groups: [] });
    expect(seen?.ctx.requestId).toBe("req-1");
  });

  it("holds the revision in every form of an ETag, and none for *", async () => {
    for (const [header, revision] of [
      ['"3"', 3],
      ['W/"12"', 12],
      ["*", undefined],
    ] as const) {
      await call(patch({ "if-match": header }));
      expect(seen?.input.ifMatch, header).toBe(revision);
    }
    for (const header of ["3", '"x"', '""', '"1", "2"', '"-1"', '"1e3"'])
      expect((await call(patch({ "if-match": header }))).statusCode, header).toBe(400);
  });
});

describe("what is refused before the verb", () => {
  it.each<[string, Call, number, string]>([
    ["an unknown route", { path: "/nothing" }, 404, "not_found"],
    ["a route of another function", { path: "/queues" }, 404, "not_found"],
    ["an id that cannot be one", { ...patch({}), path: "/documents/../x" }, 404, "not_found"],
    ["an id of another kind", { ...patch({}), path: `/documents/ver_${ulid}` }, 404, "not_found"],
    ["a body that is no JSON", { method: "POST", path: "/indexes", body: "{" }, 400, "invalid_request"],
    ["no body", { method: "POST", path: "/indexes" }, 400, "invalid_request"],
    ["a list for a body", create([]), 400, "invalid_request"],
    ["nothing for a body", create(null), 400, "invalid_request"],
    ["an unknown field", create({ slug: "ab", name: "x", admin: true }), 400, "invalid_request"],
    ["a wrong type", create({ slug: 7, name: "x" }), 400, "invalid_request"],
    ["a value named twice", { path: "/indexes", query: { limit: ["1", "2"] } }, 400, "invalid_request"],
    ["a number that is none", { path: "/indexes", query: { limit: ["many"] } }, 400, "invalid_request"],
  ])("%s", async (_, input, status, code) => {
    const { statusCode, headers, json } = await call(input);
    expect(statusCode).toBe(status);
    expect(headers?.["content-type"]).toBe("application/problem+json");
    expect(json).toMatchObject({ code, status, requestId: "req-1", detail: expect.any(String) });
    expect(seen).toBeUndefined();
  });

  it("names each field that is wrong, and at most twenty", async () => {
    const { json } = await call(create({ slug: "A!", name: "", readers: Array(40).fill("nobody in particular") }));
    const errors = json?.errors as { field: string }[];
    expect(errors).toHaveLength(20);
    expect(errors.map((error) => error.field)).toEqual(expect.arrayContaining(["slug", "name", "readers.0"]));
  });
});

describe("what is answered", () => {
  it("carries the request id, is not kept by caches, and has an ETag where there is a revision", async () => {
    const { headers, statusCode } = await call(patch({}), () => testDocument);
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({ etag: '"4"', "x-request-id": "req-1", "cache-control": "no-store" });
    const gone = { method: "DELETE", path: "/indexes/ab", query: { confirm: ["ab"] } };
    expect(await call(gone, () => undefined)).toMatchObject({ statusCode: 204, body: "" });
  });

  it("is what the contract says: a fault of ours if something lacks, and nothing more than is named", async () => {
    const { json } = await call(patch({}), () => ({ ...testDocument, secret: "x" }));
    expect(json).toEqual(testDocument);
    expect(await call(patch({}), () => ({ ...testDocument, name: undefined }))).toMatchObject({
      statusCode: 500,
      json: { code: "internal" },
    });
  });

  it("never tells the cause of a fault of ours", async () => {
    for (const fault of [new Error("ECONNREFUSED secret-host:5432"), "secret-host", { secret: 1 }]) {
      const { statusCode, body, headers } = await call({}, () => {
        throw fault;
      });
      expect(statusCode).toBe(500);
      expect(body).not.toContain("secret");
      expect(headers).toMatchObject({ "retry-after": "2" });
      expect(JSON.parse(body)).toMatchObject({ code: "internal", requestId: "req-1" });
    }
  });

  it("gives a refusal of the verb as it is, without its cause", async () => {
    const { statusCode, json } = await call({}, () => {
      throw new Failure("conflict", "It is busy.", { nextStep: "Wait.", cause: new Error("secret") });
    });
    expect(statusCode).toBe(409);
    expect(json).toMatchObject({ code: "conflict", detail: "It is busy.", nextStep: "Wait." });
    expect(JSON.stringify(json)).not.toContain("secret");
  });
});

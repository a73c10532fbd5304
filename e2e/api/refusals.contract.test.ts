import { deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOpenApi } from "../../packages/contracts/openapi.ts";
import { makeZip } from "../../packages/extract/office/test-packages.ts";
import { makePdf } from "../../packages/extract/testing/make-pdf.ts";
import { announce, put, refusal, sendParts, settled, sha256Of } from "./actions.ts";
import { type Backend, library, patient, startBackend } from "./backend.ts";

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend({ environment: { SAMLA_UPLOAD_LIMITS: JSON.stringify({ csv: 1000 }) } });
}, 120_000);
afterAll(() => backend?.close());

const search = (q: string) => backend.client.call("search.query", { query: { q, index: [library] } });

/** A call as a client that knows nothing of ours would make it. */
const raw = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${backend.settings.apiUrl}${path}`, init);
const jsonOf = async (response: Response): Promise<Record<string, unknown>> =>
  (await response.json()) as Record<string, unknown>;

describe("files that cannot be read", () => {
  const pdf = makePdf({ pages: [[{ x: 72, y: 72, text: "A page that will be cut." }]] });
  const bomb = makeZip([
    {
      name: "[Content_Types].xml",
      data: '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    },
    {
      name: "_rels/.rels",
      data: '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
    },
    { name: "word/document.xml", data: Buffer.alloc(280 * 1024 * 1024, 0x20) },
  ]);
  const cases: [name: string, bytes: Buffer, codes: RegExp][] = [
    ["cut.pdf", pdf.subarray(0, 300), /corrupt/],
    ["blank.txt", Buffer.from("   \n\n  "), /empty/],
    ["mislabelled.pdf", Buffer.from("PK\u0003\u0004 this is no PDF at all"), /corrupt|unsupported/],
    [
      "program.exe",
      Buffer.concat([Buffer.from("MZ"), deflateRawSync(Buffer.alloc(4000, 1)), Buffer.alloc(900, 0xfe)]),
      /unsupported/,
    ],
    ["locked.docx", makeZip([{ name: "word/document.xml", data: "secret", isEncrypted: true }]), /encrypted|corrupt/],
    ["bomb.docx", bomb, /too_complex|too_large/],
  ];

  it("fail with a step, a cause and a next step, and leave the rest working", async () => {
    const { client } = backend;
    const sent = await Promise.all(cases.map(([name, bytes]) => put(client, name, bytes)));
    for (const [i, { documentId }] of sent.entries()) {
      const [name, , codes] = cases[i] ?? ["", Buffer.alloc(0), /./];
      const document = await settled(client, documentId);
      expect(document.status, name).toBe("failed");
      expect(document.failure?.code, name).toMatch(codes);
      expect(document.failure, name).toMatchObject({ step: "extract", retryable: false });
      for (const text of [document.failure?.title, document.failure?.detail, document.failure?.nextStep])
        expect(text, name).toMatch(/\w{3}/);
      expect(`${document.failure?.detail}`, name).not.toMatch(/\/tmp|node_modules|at \w+ \(/);
    }
    const good = await put(client, "good.txt", "The rest still works.");
    expect((await settled(client, good.documentId)).status).toBe("ready");
  });

  it("fail when other bytes arrive than were announced", async () => {
    const { client } = backend;
    const bytes = Buffer.from("What was announced.");
    const other = Buffer.from("What was delivered.");
    const created = await announce(client, "swapped.txt", bytes);
    if (created.outcome !== "upload") throw new Error(created.outcome);
    await sendParts(created, other);
    expect((await settled(client, created.documentId)).failure?.code).toBe("corrupt");
    const longer = await announce(client, "longer.txt", bytes);
    if (longer.outcome !== "upload") throw new Error(longer.outcome);
    const refused = await fetch(longer.parts[0]?.url ?? "", { method: "PUT", body: new Uint8Array(100) });
    expect(refused.status).toBe(403);
    await client.call("uploads.abort", { params: { versionId: longer.versionId } });
    expect((await settled(client, longer.documentId)).status).toBe("cancelled");
  });

  it("are refused before they are sent when they are empty or over the limit of their kind", async () => {
    const { client } = backend;
    const over = (await refusal(put(client, "rows.csv", Buffer.alloc(1001, 0x61)))).problem;
    expect(over).toMatchObject({ status: 413, code: "too_large" });
    expect(over.detail).toContain("1000 B");
    expect((await refusal(put(client, "none.txt", Buffer.alloc(0)))).problem).toMatchObject({ status: 400 });
    const huge = client.call("uploads.create", {
      body: { index: library, name: "x.pdf", sizeBytes: 101 * 1024 * 1024, sha256: sha256Of(Buffer.alloc(1)) },
    });
    expect((await refusal(huge)).problem).toMatchObject({ status: 413, code: "too_large" });
  });
});

describe("queries", () => {
  it("name the limit when a query is too long", async () => {
    const { problem } = await refusal(search("x".repeat(10_000)));
    expect(problem).toMatchObject({ status: 400, code: "invalid_request" });
    expect(problem.detail).toContain("1000");
  });

  it("are answered whatever is typed", async () => {
    for (const q of [
      "the of and",
      '"unbalanced quote',
      "((( AND OR NOT *:* ^~",
      "قائمة المراكب في الميناء",
      "שלום עולם",
      "'; DROP TABLE passages; --",
      "\u0000\u0001",
      "😀",
      "a".repeat(1000),
      "%_\\",
    ])
      expect(await search(q), q).toMatchObject({ q: q.trim() });
  });

  it("refuse a cursor that was forged or belongs to another list", async () => {
    const { client } = backend;
    for (let i = 0; i < 3; i += 1) await put(client, `page-${i}.txt`, `Page ${i}`);
    const page = await client.call("documents.list", { query: { index: library, limit: 1 } });
    expect(page.nextCursor).toBeDefined();
    const list = (cursor: string, order: "asc" | "desc" = "desc") =>
      client.call("documents.list", { query: { index: library, limit: 1, cursor, order } });
    expect((await list(page.nextCursor ?? "")).items).toHaveLength(1);
    const forged = Buffer.from(JSON.stringify(["x", { pk: "DOC#1", sk: "DOC" }])).toString("base64url");
    for (const cursor of ["garbage", forged, `${page.nextCursor}x`, "%00"])
      expect((await refusal(list(cursor))).problem, cursor).toMatchObject({ status: 400, code: "invalid_cursor" });
    expect((await refusal(list(page.nextCursor ?? "", "asc"))).problem.code).toBe("invalid_cursor");
  });
});

describe("the door", () => {
  it("turns away calls without a token, with a forged one, or with one signed by nobody", async () => {
    const token = await backend.token("reader");
    const [header = "", payload = "", signature = ""] = token.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const admin = encode({ ...claims, "cognito:groups": ["admin"] });
    const tokens = [
      "",
      "Bearer",
      "Bearer nonsense",
      `Bearer ${header}.${admin}.${signature}`,
      `Bearer ${encode({ alg: "none", typ: "JWT" })}.${admin}.`,
      `Bearer ${encode({ alg: "HS256", typ: "JWT" })}.${admin}.${signature}`,
      `Basic ${token}`,
    ];
    for (const authorization of tokens) {
      const response = await raw("/me", authorization ? { headers: { authorization } } : {});
      expect(response.status, authorization.slice(0, 20)).toBe(401);
      expect((await jsonOf(response)).code, authorization.slice(0, 20)).toBe("unauthenticated");
    }
    expect((await raw("/me", { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  });

  it("answers problems with a code and a request id, for our errors and the gateway's", async () => {
    const headers = { authorization: `Bearer ${await backend.token("admin")}`, "content-type": "application/json" };
    const cases: [path: string, init: RequestInit, status: number][] = [
      ["/nothing", {}, 404],
      ["/documents/doc_01ARZ3NDEKTSV4RRFFQ69G5FAV", {}, 404],
      ["/documents/not-an-id", {}, 404],
      ["/documents?index=library&limit=1000", {}, 400],
      ["/indexes", { method: "POST", body: "{not json" }, 400],
      ["/indexes", { method: "POST", body: JSON.stringify({ slug: "ok-slug", name: "x", surprise: 1 }) }, 400],
      ["/indexes", { method: "POST", body: JSON.stringify({ slug: 7, name: ["x"] }) }, 400],
    ];
    for (const [path, init, status] of cases) {
      const response = await raw(path, { headers, ...init });
      const body = await jsonOf(response);
      expect(response.status, path).toBe(status);
      expect(response.headers.get("content-type"), path).toContain("application/problem+json");
      expect(body, path).toMatchObject({ status, requestId: expect.any(String), detail: expect.any(String) });
    }
  });

  it("gives its description without a token", async () => {
    const response = await raw("/openapi.json");
    expect(response.status).toBe(200);
    expect(await jsonOf(response)).toEqual(JSON.parse(JSON.stringify(createOpenApi(backend.settings.apiUrl))));
  });

  it("does the work of a repeated request once, and refuses its key for another", async () => {
    const { client } = backend;
    const body = { slug: "once-only" as typeof library, name: "Once" };
    const idempotencyKey = crypto.randomUUID();
    const answers = await Promise.allSettled(
      Array.from({ length: 4 }, () => client.call("indexes.create", { body, idempotencyKey })),
    );
    const created = answers.filter((one) => one.status === "fulfilled").map((one) => one.value);
    expect(created.length).toBeGreaterThan(0);
    await expect
      .poll(() => client.call("indexes.create", { body, idempotencyKey }).catch(() => undefined), patient)
      .toEqual(created[0]);
    const other = client.call("indexes.create", { body: { ...body, name: "Other" }, idempotencyKey });
    expect((await refusal(other)).problem.code).toBe("idempotency_mismatch");
  });

  it("refuses a change of something that was changed in the meantime", async () => {
    const { client } = backend;
    const { documentId } = await put(client, "etag.txt", "Tagged.");
    const params = { documentId: documentId as never };
    const first = await client.call("documents.patch", { params, body: { tags: ["a"] }, ifMatch: '"1"' });
    expect(first.revision).toBe(2);
    const late = client.call("documents.patch", { params, body: { tags: ["b"] }, ifMatch: '"1"' });
    expect((await refusal(late)).problem).toMatchObject({ status: 412, code: "precondition_failed" });
    const odd = client.call("documents.patch", { params, body: { tags: ["b"] }, ifMatch: "one" });
    expect((await refusal(odd)).problem).toMatchObject({ status: 400 });
  });
});

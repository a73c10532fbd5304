import { describe, expect, it } from "vitest";
import { ApiError, createClient, pathOf, problemOf } from "./index.ts";

type Sent = { url: string; init: RequestInit };

/** A client whose server answers as told, and what it was sent. */
const clientOf = (answer: () => Response | Promise<Response>) => {
  const sent: Sent[] = [];
  const client = createClient({
    baseUrl: "https://api.test/v1",
    headers: () => ({ authorization: "Bearer t" }),
    fetch: async (url, init) => {
      sent.push({ url: String(url), init: init ?? {} });
      return answer();
    },
    timeoutMs: 50,
  });
  return { client, sent };
};
const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers });
const refusal = async (call: Promise<unknown>): Promise<ApiError> =>
  call.then(
    () => {
      throw new Error("not refused");
    },
    (error: unknown) => {
      if (error instanceof ApiError) return error;
      throw error;
    },
  );
const ulid = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const documentId = `doc_${ulid}` as never;

describe("paths", () => {
  it("repeat lists, leave out what is not set and encode what people typed", () => {
    expect(pathOf("search.query", { query: { q: "a&b=ü", index: ["x", "y"], kind: [], path: undefined } })).toBe(
      "/search?q=a%26b%3D%C3%BC&index=x&index=y",
    );
    expect(pathOf("documents.get", { params: { documentId: "../x?y" } })).toBe("/documents/..%2Fx%3Fy");
  });
});

describe("calls", () => {
  it("send the method, body and headers that the route needs", async () => {
    const { client, sent } = clientOf(() => new Response(null, { status: 204 }));
    await client.call("documents.patch", {
      params: { documentId },
      body: { tags: ["a"] },
      ifMatch: '"3"',
      idempotencyKey: "k",
    });
    expect(sent[0]).toMatchObject({
      url: `https://api.test/v1/documents/doc_${ulid}`,
      init: {
        method: "PATCH",
        body: '{"tags":["a"]}',
        headers: {
          "if-match": '"3"',
          "idempotency-key": "k",
          authorization: "Bearer t",
          "content-type": "application/json",
        },
      },
    });
  });

  it("fail loudly when the server breaks the contract", async () => {
    const { client } = clientOf(() => json({ moved: -1 }));
    await expect(client.call("queues.redrive", { params: { queue: "x" } })).rejects.toThrow();
    const html = clientOf(() => new Response("<html>", { status: 200 }));
    expect((await refusal(html.client.call("queues.list"))).problem.code).toBe("unavailable");
  });

  it("give problems as they came, with the time to wait", async () => {
    const problem = problemOf("rate_limited", "Slow down.", { requestId: "r" });
    const { client } = clientOf(() => json(problem, 429, { "retry-after": "7" }));
    const error = await refusal(client.call("queues.list"));
    expect(error.problem).toEqual(problem);
    expect(error.retryAfterSeconds).toBe(7);
    const dated = clientOf(() => json(problem, 429, { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" }));
    expect((await refusal(dated.client.call("queues.list"))).retryAfterSeconds).toBeUndefined();
  });

  it("make a problem of answers that are none, by their status", async () => {
    for (const [status, code] of [
      [400, "invalid_request"],
      [401, "unauthenticated"],
      [403, "forbidden"],
      [404, "not_found"],
      [413, "too_large"],
      [429, "rate_limited"],
      [502, "unavailable"],
      [504, "timeout"],
    ] as const) {
      const { client } = clientOf(() => new Response("<html>proxy</html>", { status }));
      expect((await refusal(client.call("queues.list"))).problem.code, String(status)).toBe(code);
    }
  });

  it("end by themselves when the server is silent or away, and keep the caller's own abort apart", async () => {
    const silent = createClient({
      baseUrl: "https://api.test/v1",
      fetch: (_, init) =>
        new Promise((_resolve, reject) => {
          if (init?.signal?.aborted) reject(init.signal.reason);
          init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
        }),
      timeoutMs: 20,
    });
    expect((await refusal(silent.call("queues.list"))).problem.code).toBe("timeout");
    const away = clientOf(() => {
      throw new TypeError("fetch failed");
    });
    expect((await refusal(away.client.call("queues.list"))).problem.code).toBe("unavailable");
    for (const reason of [undefined, new Error("left the page")]) {
      const controller = new AbortController();
      const call = silent.call("queues.list", { signal: controller.signal });
      controller.abort(reason);
      await expect(call).rejects.not.toBeInstanceOf(ApiError);
    }
  });
});

import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EventMessage, type Role, type RouteId, type TimelineEvent } from "../../packages/contracts/index.ts";
import { find, put, refusal, settled } from "./actions.ts";
import { type Backend, library, patient, startBackend } from "./backend.ts";

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend({
    tune: (config) => {
      // One failure is enough, so that the test need not wait for five.
      for (const queue of config.queues) if (queue.deadLetter) queue.deadLetter.maxReceiveCount = 1;
      for (const api of config.restApis)
        for (const route of api.routes)
          if (route.path === "/search/suggest") route.throttle = { ratePerSecond: 1, burst: 3 };
    },
  });
}, 120_000);
afterAll(() => backend?.close());

const secret = "secret-board" as typeof library;

describe("roles", () => {
  it("may do what their table says and nothing else", async () => {
    const { documentId } = await put(backend.client, "roles.txt", "Who may do what.");
    await settled(backend.client, documentId);
    const params = { documentId: documentId as never };
    type Caller = ReturnType<Backend["as"]>;
    const acts: [id: RouteId, roles: (Role | "nobody")[], call: (client: Caller) => Promise<unknown>][] = [
      ["search.query", ["reader", "editor", "operator", "admin"], (c) => find(c, "who")],
      ["documents.get", ["reader", "editor", "operator", "admin"], (c) => c.call("documents.get", { params })],
      ["documents.patch", ["editor", "admin"], (c) => c.call("documents.patch", { params, body: { tags: ["x"] } })],
      ["documents.reprocess", ["editor"], (c) => c.call("documents.reprocess", { params })],
      ["events.list", ["editor", "operator", "admin"], (c) => c.call("events.list")],
      ["events.ticket", ["editor", "operator", "admin"], (c) => c.call("events.ticket")],
      ["queues.list", ["operator", "admin"], (c) => c.call("queues.list")],
      ["queues.redrive", ["admin"], (c) => c.call("queues.redrive", { params: { queue: "embed" } })],
      ["indexes.list", ["reader", "editor", "operator", "admin"], (c) => c.call("indexes.list")],
      [
        "indexes.patch",
        ["admin"],
        (c) => c.call("indexes.patch", { params: { index: library }, body: { description: "d" } }),
      ],
      [
        "builds.list",
        ["editor", "operator", "admin"],
        (c) => c.call("builds.list", { params: { index: library }, query: {} }),
      ],
      [
        "indexes.promotions",
        ["editor", "operator", "admin"],
        (c) => c.call("indexes.promotions", { params: { index: library } }),
      ],
      ["platform.me", ["nobody", "reader", "editor", "operator", "admin"], (c) => c.call("platform.me")],
    ];
    for (const role of ["nobody", "reader", "editor", "operator", "admin"] as const) {
      const client = backend.as(role);
      for (const [id, allowed, call] of acts) {
        // Only one may ask for a reading at a time.
        if (id === "documents.reprocess" && role === "admin") continue;
        if (allowed.includes(role)) await expect(call(client), `${role} ${id}`).resolves.toBeDefined();
        else expect((await refusal(call(client))).problem.code, `${role} ${id}`).toBe("forbidden");
      }
    }
  });
});

describe("an index that a caller may not read", () => {
  it("does not exist for it: not in lists, searches, suggestions, documents, events or by its name", async () => {
    const { client } = backend;
    await client.call("indexes.create", { body: { slug: secret, name: "Board", readers: ["group:board"] } });
    const { documentId, versionId } = await put(client, "merger.txt", "The merger with Thessaly is secret.", {
      index: secret,
    });
    expect((await settled(client, documentId)).status).toBe("ready");
    expect(await find(client, "Thessaly", secret)).toEqual([documentId]);
    const params = { documentId: documentId as never };
    for (const role of ["reader", "editor", "operator"] as const) {
      const other = backend.as(role);
      expect((await other.call("indexes.list")).items.map((one) => one.slug)).toEqual([library]);
      const all = await other.call("search.query", { query: { q: "Thessaly", mode: "lexical" } });
      expect([all.hits, all.total.value, all.indexes.map((one) => one.slug)]).toEqual([[], 0, [library]]);
      const suggestions = await other
        .call("search.suggest", { query: { q: "merg" } })
        .catch(() => ({ suggestions: [] }));
      expect(suggestions.suggestions).toEqual([]);
      const calls: Promise<unknown>[] = [
        find(other, "Thessaly", secret),
        other.call("indexes.get", { params: { index: secret } }),
        other.call("documents.list", { query: { index: secret } }),
        other.call("documents.counts", { query: { index: secret } }),
        other.call("documents.get", { params }),
        other.call("documents.versions", { params }),
        other.call("documents.content", { params }),
        other.call("documents.passages", { params, query: {} }),
      ];
      if (role === "editor")
        calls.push(
          other.call("documents.delete", { params }),
          other.call("documents.patch", { params, body: { tags: [] } }),
          other.call("uploads.get", { params: { versionId: versionId as never } }),
          other.call("events.list", { query: { index: secret } }),
          put(other, "x.txt", "x", { index: secret }),
        );
      for (const { problem } of await Promise.all(calls.map(refusal)))
        expect(problem, role).toMatchObject({ status: 404 });
      if (role !== "reader") {
        const events = await other.call("events.list", { query: { limit: 200 } });
        expect(events.items.filter((event) => event.index === secret || event.documentId === documentId)).toEqual([]);
        const own = await other.call("events.list", { query: { documentId: documentId as never } });
        expect(own.items).toEqual([]);
      }
      const unknown = await refusal(find(other, "x", "no-such-index" as typeof library));
      const hidden = await refusal(find(other, "x", secret));
      expect(hidden.problem.detail.replace(secret, "no-such-index")).toBe(unknown.problem.detail);
    }
  });
});

describe("the live timeline", () => {
  const open = async (url: string): Promise<WebSocket | undefined> => {
    const socket = new WebSocket(url);
    return new Promise((resolve) => {
      socket.addEventListener("open", () => resolve(socket));
      socket.addEventListener("error", () => resolve(undefined));
    });
  };

  it("opens once per ticket, tells of changes as they happen, and a gap is filled from where it began", async () => {
    const { client } = backend;
    const ticket = await client.call("events.ticket");
    const socket = await open(ticket.url);
    expect(socket).toBeDefined();
    if (!socket) return;
    expect(await open(ticket.url)).toBeUndefined();
    expect(await open(`${backend.settings.socketUrl}?ticket=tkt_forged`)).toBeUndefined();
    const told: TimelineEvent[] = [];
    socket.addEventListener("message", ({ data }) => {
      const message = EventMessage.parse(JSON.parse(String(data)));
      if (message.type === "event") told.push(message.event);
    });
    const first = await put(client, "live.txt", "Told as it happens.");
    await settled(client, first.documentId);
    const actions = (documentId: string): string[] =>
      told.filter((event) => event.documentId === documentId).map((event) => event.action);
    await expect.poll(() => actions(first.documentId), patient).toContain("document.ready");
    const last = told.filter((event) => event.documentId === first.documentId).at(-1);
    socket.close();
    const second = await put(client, "gap.txt", "Not told, but kept.");
    await settled(client, second.documentId);
    const gap: TimelineEvent[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.call("events.list", {
        query: { after: last?.id, limit: 3, ...(cursor ? { cursor } : {}) },
      });
      gap.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    const missed = gap.filter((event) => event.documentId === second.documentId).map((event) => event.action);
    expect(missed.slice(0, 4)).toEqual([
      "document.created",
      "document.uploaded",
      "document.processing",
      "document.extracted",
    ]);
    expect(missed).toContain("document.ready");
    expect(new Set(gap.map((event) => event.id)).size).toBe(gap.length);
    expect(gap.map((event) => event.id)).toEqual(gap.map((event) => event.id).sort());
  });
});

describe("limits and dead letters", () => {
  it("answers 429 with the time to wait when a caller is too quick", async () => {
    const authorization = `Bearer ${await backend.token("reader")}`;
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        fetch(`${backend.settings.apiUrl}/search/suggest?q=roles`, { headers: { authorization } }),
      ),
    );
    const refused = answers.filter((answer) => answer.status === 429);
    expect(refused.length).toBeGreaterThan(4);
    for (const answer of refused) expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refused[0]?.json()).toMatchObject({ code: "rate_limited" });
  });

  it("shows a dead letter and sends it round again when asked", async () => {
    const { client, settings } = backend;
    const sqs = new SQSClient({
      endpoint: settings.awsUrl,
      region: settings.region,
      credentials: settings.credentials,
    });
    const QueueUrl = `${settings.awsUrl}/${settings.accountId}/samla-process`;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "nobody can read this" }));
    const dead = async (): Promise<number | undefined> =>
      (await client.call("queues.list")).items.find((queue) => queue.name === "process")?.deadLetters;
    await expect.poll(dead, patient).toBe(1);
    const good = await put(client, "beside.txt", "A bad message holds up no good one.");
    expect((await settled(client, good.documentId)).status).toBe("ready");
    expect(await client.call("queues.redrive", { params: { queue: "process" } })).toEqual({ moved: 1 });
    await expect.poll(dead, patient).toBe(0);
    await expect.poll(dead, patient).toBe(1);
    const events = await client.call("events.list", { query: { action: "queue.redriven" } });
    expect(events.items).toHaveLength(1);
    expect((await refusal(client.call("queues.redrive", { params: { queue: "nosuch" } }))).problem.status).toBe(404);
  });
});

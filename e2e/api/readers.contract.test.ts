import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  ApiError,
  type Client,
  type Document,
  EventMessage,
  type Principal,
  type TimelineEvent,
} from "../../packages/contracts/index.ts";
import { createMachineClient } from "../../scripts/laptop/machine-client.ts";
import { uploadBytes } from "../../scripts/laptop/upload.ts";
import { announce, refusal, settled } from "./actions.ts";
import { type Backend, library, patient, startBackend } from "./backend.ts";

type Person = { id: string; groups: string[] };

/** Groups hold roles too. */
const persons: Person[] = [
  { id: "rea", groups: ["reader"] },
  { id: "leo", groups: ["reader", "legal"] },
  { id: "bob", groups: ["reader", "board", "legal"] },
  { id: "eve", groups: ["editor"] },
  { id: "edi", groups: ["editor", "legal"] },
  { id: "opa", groups: ["operator"] },
  { id: "opb", groups: ["operator", "board"] },
  { id: "adm", groups: ["admin"] },
];
const principals = [
  "everyone",
  "group:legal",
  "group:board",
  "group:leg",
  "role:operator",
  "role:editor",
  "user:rea",
  "user:eve",
  "user:nobody",
] as Principal[];
const documentsCount = 30;

let backend: Backend;
const clients = new Map<string, Client>();
const secretOf = (id: string): string => `secret-of-${id}-used-in-tests-only`;
beforeAll(async () => {
  backend = await startBackend({
    tune: (config) => {
      for (const { id, groups } of persons)
        config.issuer?.clients.push({
          clientId: id,
          clientSecret: secretOf(id),
          redirectUris: [],
          postLogoutRedirectUris: [],
          grantTypes: ["client_credentials"],
          scopes: [],
          groups,
        });
    },
  });
  for (const { id } of persons) {
    const client = createMachineClient({
      ...backend.settings,
      machineClientId: id,
      machineClientSecret: secretOf(id),
    });
    clients.set(id, {
      call: async (route, ...input) => {
        // Only a refusal for asking too often is asked again; everything else is the answer.
        const answer = await vi.waitFor(
          () =>
            client.call(route, ...input).then(
              (value) => () => value,
              (error) => {
                if (error instanceof ApiError && error.problem.code === "rate_limited") throw error;
                return () => {
                  throw error;
                };
              },
            ),
          { timeout: 60_000, interval: 200 },
        );
        return answer();
      },
    });
  }
}, 120_000);
afterAll(() => backend?.close());

const as = (id: string): Client => clients.get(id) ?? backend.client;
const mayRead = ({ id, groups }: Person, readers: readonly string[] | undefined): boolean =>
  groups.includes("admin") ||
  !readers ||
  readers.some(
    (reader) =>
      reader === "everyone" ||
      reader === `user:${id}` ||
      groups.some((group) => reader === `group:${group}` || reader === `role:${group}`),
  );
const answered = async (call: Promise<unknown>): Promise<boolean> => {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 404) return false;
    throw error;
  }
};
const search = (client: Client, q: string, mode: "hybrid" | "lexical" | "vector" = "lexical") =>
  client.call("search.query", { query: { q, index: [library], mode, limit: 100, perDocument: 0 } });

type Made = { id: Document["id"]; readers: Principal[] | undefined; text: string };
const made: Made[] = [];

describe(`documents with readers, over ${documentsCount * persons.length} pairs through the real API`, () => {
  it("are uploaded with them", async () => {
    const { client } = backend;
    for (let i = 0; i < documentsCount; i += 1) {
      const some = [principals[(i * 7) % 9], principals[(i * 5 + 3) % 9]].filter((one) => one !== undefined);
      const readers = i % 4 === 0 ? undefined : [...new Set(i % 3 ? some : some.slice(0, 1))];
      const text = `# Lantern ${i}\n\nA lantern in the harbour of town number ${i}.`;
      const { documentId } = await uploadBytes(client, library, {
        name: `lantern-${i}.md`,
        bytes: Buffer.from(text),
        tags: [`town-${i}`],
        onDuplicate: "separate",
        ...(readers ? { readers } : {}),
      });
      made.push({ id: documentId as Document["id"], readers, text });
    }
    for (const { id } of made) expect((await settled(client, id)).status).toBe("ready");
  }, 120_000);

  it.each(persons)(
    "are there for $id ($groups) just where their readers let it in, by every door",
    async (person) => {
      const client = as(person.id);
      const visible = made.filter((one) => mayRead(person, one.readers)).map((one) => one.id);
      expect(visible.length).toBeGreaterThan(5);
      for (const mode of ["lexical", "vector", "hybrid"] as const) {
        const found = await search(client, "lantern harbour", mode);
        expect(new Set(found.hits.map((hit) => hit.documentId)), mode).toEqual(new Set(visible));
        expect(found.total.value, mode).toBe(found.hits.length);
        const towns = found.facets.tags.map((tag) => tag.value);
        const numbers = new Set(made.flatMap((one, i) => (visible.includes(one.id) ? [`town-${i}`] : [])));
        expect(
          towns.filter((town) => !numbers.has(town)),
          mode,
        ).toEqual([]);
        expect(found.facets.index, mode).toEqual([{ value: library, count: found.hits.length }]);
      }
      const { suggestions } = await client.call("search.suggest", { query: { q: "lantern", limit: 10 } });
      expect(suggestions.filter((one) => !visible.includes(one.documentId))).toEqual([]);
      const listed: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await client.call("documents.list", {
          query: { index: library, limit: 7, sort: "name", ...(cursor ? { cursor } : {}) },
        });
        listed.push(...page.items.map((one) => one.id));
        cursor = page.nextCursor;
      } while (cursor);
      expect(listed.sort()).toEqual([...visible].sort());
      const counts = await client.call("documents.counts", { query: { index: library } });
      expect([counts.total, counts.byStatus.ready]).toEqual([visible.length, visible.length]);
      const detail = await client.call("indexes.get", { params: { index: library } });
      expect([detail.documents, detail.statistics.documents, detail.statistics.passages >= visible.length]).toEqual([
        visible.length,
        visible.length,
        true,
      ]);
      if (!person.groups.includes("reader")) {
        const { items } = await client.call("events.list", { query: { index: library, limit: 200 } });
        const told = new Set(items.flatMap((event) => (event.documentId ? [event.documentId] : [])));
        const ours = [...told].filter((id) => made.some((one) => one.id === id));
        expect(ours.filter((id) => !visible.includes(id))).toEqual([]);
      }
      for (const { id, text } of made) {
        const wanted = visible.includes(id);
        const params = { documentId: id };
        const calls = [
          client.call("documents.get", { params }),
          client.call("documents.versions", { params }),
          client.call("documents.passages", { params, query: {} }),
          client.call("documents.content", { params }),
          client.call("documents.content", { params, query: { what: "extracted" } }),
        ];
        const answers = await Promise.all(calls.map(answered));
        expect(answers, `${person.id} ${id}`).toEqual(calls.map(() => wanted));
        if (!person.groups.includes("editor")) continue;
        const same = await announce(client, "another-name.md", Buffer.from(text), { onDuplicate: "ask" });
        expect(same.outcome === "duplicate", `${person.id} ${id}`).toBe(wanted);
        // Announced only: taken back, so that it is no document for the next one.
        if (same.outcome === "upload") {
          await client.call("uploads.abort", { params: { versionId: same.versionId } });
          await backend.client.call("documents.delete", { params: { documentId: same.documentId } });
        }
      }
    },
    60_000,
  );

  it("are shut to others at once, and the live timeline tells them nothing", async () => {
    const { client } = backend;
    const open = made.find((one) => !one.readers);
    if (!open) return;
    const params = { documentId: open.id };
    const listen = async (id: string): Promise<{ told: TimelineEvent[]; socket: WebSocket }> => {
      const told: TimelineEvent[] = [];
      const socket = new WebSocket((await as(id).call("events.ticket")).url);
      await new Promise((resolve) => socket.addEventListener("open", resolve));
      socket.addEventListener("message", ({ data }) => {
        const message = EventMessage.parse(JSON.parse(String(data)));
        if (message.type === "event") told.push(message.event);
      });
      return { told, socket };
    };
    const [eve, edi] = await Promise.all([listen("eve"), listen("edi")]);
    for (let round = 0; round < 5; round += 1) {
      const before = (await search(as("rea"), "lantern")).total.value;
      await client.call("documents.patch", { params, body: { readers: ["group:legal"] as Principal[] } });
      // Nothing waits for the table here.
      const [hidden, shown] = await Promise.all([search(as("rea"), "lantern"), search(as("leo"), "lantern")]);
      expect([hidden.total.value, hidden.hits.some((hit) => hit.documentId === open.id)]).toEqual([before - 1, false]);
      expect(shown.hits.some((hit) => hit.documentId === open.id)).toBe(true);
      expect((await refusal(as("rea").call("documents.content", { params }))).problem.status).toBe(404);
      expect((await as("rea").call("documents.list", { query: { index: library } })).items).toHaveLength(before - 1);
      await client.call("documents.patch", { params, body: { readers: null } });
      await expect.poll(async () => (await search(as("rea"), "lantern")).total.value, patient).toBe(before);
    }
    await client.call("documents.patch", { params, body: { readers: ["group:legal"] as Principal[], tags: ["last"] } });
    const last = (events: TimelineEvent[]) =>
      events.some((event) => event.documentId === open.id && JSON.stringify(event.data).includes("last"));
    await expect.poll(() => last(edi.told), patient).toBe(true);
    expect(last(eve.told)).toBe(false);
    eve.socket.close();
    edi.socket.close();
    const other = await refusal(as("eve").call("documents.patch", { params, body: { readers: null } }));
    expect(other.problem.status).toBe(404);
    const lost = await refusal(
      as("edi").call("documents.patch", { params, body: { readers: ["user:rea"] as Principal[] } }),
    );
    expect(lost.problem).toMatchObject({ code: "invalid_request", errors: [{ field: "readers" }] });
  });
});

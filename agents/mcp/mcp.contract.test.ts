import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Client as McpClient, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { type RunningAgent, startAgent } from "@samla/agent-kit";
import type { Principal, Role } from "@samla/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { put, settled } from "../../e2e/api/actions.ts";
import { type Backend, library, patient, startBackend } from "../../e2e/api/backend.ts";
import { uploadBytes } from "../../scripts/laptop/upload.ts";
import { mcpAgent } from "./definition.ts";

const consoleUrl = "https://console.example";
let backend: Backend;
let slow: { url: string; server: Server; held: () => number; aborted: () => number };
const agents: RunningAgent[] = [];
const ids: Record<"open" | "secret" | "long", string> = { open: "", secret: "", long: "" };

/** A way to the real API on which searches for "wait" take until the caller gives up. */
const startSlowWay = async (target: string): Promise<typeof slow> => {
  let held = 0;
  let aborted = 0;
  const server = createServer((incoming, outgoing) => {
    if (incoming.url?.includes("q=wait")) {
      held += 1;
      outgoing.once("close", () => {
        aborted += 1;
      });
      return;
    }
    const onward = httpRequest(`${target}${incoming.url}`, {
      method: incoming.method ?? "GET",
      headers: incoming.headers,
    });
    onward.on("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, server, held: () => held, aborted: () => aborted };
};

const start = async (settings: Record<string, unknown> = {}): Promise<string> => {
  const agent = await startAgent(mcpAgent, {
    host: "127.0.0.1",
    write: () => undefined,
    env: {
      SAMLA_AGENT: "mcp",
      SAMLA_STAGE: "test",
      SAMLA_RELEASE_ID: "rel_01J00000000000000000000000",
      SAMLA_API_URL: slow.url,
      SAMLA_AGENT_SETTINGS: JSON.stringify({ consoleUrl, charactersMax: 2000, ...settings }),
      PORT: "0",
    },
  });
  await agent.ready;
  agents.push(agent);
  return `http://127.0.0.1:${agent.port}/agents/mcp/mcp`;
};

beforeAll(async () => {
  backend = await startBackend();
  slow = await startSlowWay(backend.settings.apiUrl);
  ids.open = (
    await put(backend.client, "Lighthouse.md", "# Lighthouse\n\nThe lighthouse of Heligoland burns gas.", {
      path: "coast/north",
      tags: ["coast"],
    })
  ).documentId;
  ids.secret = (
    await uploadBytes(backend.client, library, {
      name: "secret.md",
      bytes: Buffer.from("# Secret\n\nThe zeppelin lands at midnight."),
      readers: ["role:admin" as Principal],
      onDuplicate: "separate",
    })
  ).documentId;
  const words = Array.from({ length: 1500 }, (_, i) => `word${i}`).join(" ");
  ids.long = (await put(backend.client, "long.md", `# Long\n\n${words}`)).documentId;
}, 120_000);
afterAll(async () => {
  for (const agent of agents) await agent.stop();
  slow?.server.closeAllConnections();
  slow?.server.close();
  await backend?.close();
});

const connect = async (
  url: string,
  token: string,
  options: { mode?: "legacy" | "auto"; fetch?: typeof fetch } = {},
): Promise<McpClient> => {
  const client = new McpClient(
    { name: "test", version: "1.0.0" },
    { versionNegotiation: { mode: options.mode ?? "auto" } },
  );
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
      ...(options.fetch ? { fetch: options.fetch } : {}),
    }),
  );
  return client;
};
const as = async (role: Role | "nobody", options: { mode?: "legacy" | "auto" } = {}) =>
  connect(await start(), await backend.token(role), options);
type Result = { isError?: boolean; structuredContent?: unknown; content?: unknown };
const given = (result: unknown) => (result as Result).structuredContent as never;
const textOf = (result: unknown): string => ((result as Result).content as { text: string }[])[0]?.text ?? "";
type Found = { results: { id: string; url: string; text: string; index: string; passage: number }[]; total: number };

describe("the agent mcp, for the official client, on the real API", () => {
  it("has documents to work with", async () => {
    for (const id of Object.values(ids)) expect((await settled(backend.client, id)).status).toBe("ready");
  });

  for (const mode of ["auto", "legacy"] as const)
    it(`searches, reads and lists for a client of the ${mode === "auto" ? "newest" : "2025"} revision`, async () => {
      const client = await as("reader", { mode });
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name).sort()).toEqual(["fetch", "list_documents", "list_indexes", "search"]);
      expect(tools.every(({ annotations, outputSchema }) => annotations?.readOnlyHint && outputSchema)).toBe(true);

      const found: Found = given(
        await client.callTool({ name: "search", arguments: { query: "lighthouse gas", tags: ["coast"] } }),
      );
      expect(found.results[0]).toMatchObject({ id: ids.open, index: library, path: "coast/north" });
      expect(found.results[0]?.text).toContain("Heligoland");
      expect(found.results[0]?.url).toMatch(
        new RegExp(`^${consoleUrl}/documents/${ids.open}/view\\?version=ver_\\w+&passage=psg_\\w+`),
      );

      const read = given(await client.callTool({ name: "fetch", arguments: { id: ids.open } }));
      expect(read).toMatchObject({ id: ids.open, metadata: { name: "Lighthouse.md", index: library } });
      expect((read as { text: string }).text).toContain("burns gas");

      const listed: { documents: { id: string }[] } = given(
        await client.callTool({ name: "list_documents", arguments: { index: library, contains: "light" } }),
      );
      expect(listed.documents.map(({ id }) => id)).toEqual([ids.open]);
      expect(given(await client.callTool({ name: "list_indexes", arguments: {} }))).toMatchObject({
        indexes: [{ slug: library }],
      });

      const { resources } = await client.listResources();
      expect(resources.map(({ uri }) => uri)).toEqual(["samla://indexes"]);
      const { contents } = await client.readResource({ uri: `samla://documents/${ids.open}` });
      expect((contents[0] as { text: string }).text).toContain("Heligoland");
      await client.close();
    });

  it("reads a long document in parts that join to the whole", async () => {
    const client = await as("reader");
    const parts: string[] = [];
    let passage: number | undefined = 0;
    while (passage !== undefined) {
      const read: { text: string; nextPassage?: number } = given(
        await client.callTool({ name: "fetch", arguments: { id: ids.long, passage } }),
      );
      parts.push(read.text);
      passage = read.nextPassage;
    }
    expect(parts.length).toBeGreaterThan(1);
    const words = new Set(parts.join(" ").match(/word\d+/g));
    expect(words.size).toBe(1500);
    await client.close();
  });

  it("serves one client by two tasks in turn, as it keeps nothing between requests", async () => {
    for (const mode of ["auto", "legacy"] as const) {
      const urls = [await start(), await start()];
      let calls = 0;
      const client = await connect(urls[0] ?? "", await backend.token("reader"), {
        mode,
        fetch: (_url, init) => fetch(urls[calls++ % 2] ?? "", init),
      });
      for (let i = 0; i < 4; i += 1)
        expect(
          (
            given(
              await client.callTool({ name: "search", arguments: { query: "lighthouse", mode: "lexical" } }),
            ) as Found
          ).total,
        ).toBe(1);
      expect(calls).toBeGreaterThan(4);
      await client.close();
    }
  });

  it("shows a reader nothing of a document that it may not see, by no tool", async () => {
    const reader = await as("reader");
    expect(
      (given(await reader.callTool({ name: "search", arguments: { query: "zeppelin", mode: "lexical" } })) as Found)
        .total,
    ).toBe(0);
    const refused = await reader.callTool({ name: "fetch", arguments: { id: ids.secret } });
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toMatch(/^not_found: /);
    const listed = given(
      await reader.callTool({ name: "list_documents", arguments: { index: library, contains: "secret" } }),
    );
    expect(listed).toMatchObject({ documents: [] });
    await expect(reader.readResource({ uri: `samla://documents/${ids.secret}` })).rejects.toThrow();
    const admin = await as("admin");
    expect(
      (given(await admin.callTool({ name: "search", arguments: { query: "zeppelin", mode: "lexical" } })) as Found)
        .total,
    ).toBe(1);
  });

  it("offers no other index than its settings name", async () => {
    const url = await start({ indexes: ["other"] });
    const client = await connect(url, await backend.token("reader"));
    expect(
      textOf(await client.callTool({ name: "search", arguments: { query: "lighthouse", indexes: [library] } })),
    ).toMatch(/^not_found: /);
    const read = await client.callTool({ name: "fetch", arguments: { id: ids.open } });
    expect(read.isError).toBe(true);
    expect(textOf(read)).not.toContain("Heligoland");
    expect(given(await client.callTool({ name: "list_indexes", arguments: {} }))).toEqual({ indexes: [] });
    await client.close();
  });

  it("refuses a call without a token, and names what is wrong with one that the API no longer takes", async () => {
    const url = await start();
    const bare = await fetch(url, { method: "POST", body: "{}", headers: { "content-type": "application/json" } });
    expect(bare.status).toBe(401);
    expect(bare.headers.get("www-authenticate")).toContain("Bearer");
    expect(await bare.json()).toMatchObject({ code: "unauthenticated" });

    const [head, , signature] = (await backend.token("reader")).split(".");
    const expired = Buffer.from(JSON.stringify({ sub: "test-reader", exp: 1 })).toString("base64url");
    const client = await connect(url, `${head}.${expired}.${signature}`);
    const refused = await client.callTool({ name: "search", arguments: { query: "lighthouse" } });
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toMatch(/^unauthenticated: .*Sign in again/);
    await client.close();
  });

  it("refuses what is too large or not of the shape, and says which field", async () => {
    const url = await start();
    const token = await backend.token("reader");
    const client = await connect(url, token);
    const tooLong = await client
      .callTool({ name: "search", arguments: { query: "x".repeat(1001) } })
      .then(textOf, (error: Error) => error.message);
    expect(tooLong).toMatch(/query/);
    const noId = await client
      .callTool({ name: "fetch", arguments: { id: "../../etc/passwd" } })
      .then(textOf, (error: Error) => error.message);
    expect(noId).toMatch(/id/);
    const extra = await client
      .callTool({ name: "search", arguments: { query: "x", as: "admin" } })
      .then(textOf, (error: Error) => error.message);
    expect(extra).toMatch(/as/);
    const huge = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping", params: { x: "x".repeat(300_000) } }),
    });
    expect(huge.status).toBe(413);
    expect(await huge.json()).toMatchObject({ code: "too_large" });
    await client.close();
  });

  for (const mode of ["auto", "legacy"] as const)
    it(`ends its call of the API when a client of the ${mode === "auto" ? "newest" : "2025"} revision cancels`, async () => {
      const client = await as("reader", { mode });
      const cancel = new AbortController();
      const before = { held: slow.held(), aborted: slow.aborted() };
      const call = client.callTool({ name: "search", arguments: { query: "wait" } }, { signal: cancel.signal });
      call.catch(() => undefined);
      await expect.poll(slow.held, patient).toBe(before.held + 1);
      cancel.abort();
      await expect(call).rejects.toThrow();
      await client.close();
      await expect.poll(slow.aborted, patient).toBe(before.aborted + 1);
    });
});

/**
 * Search at 1k, 10k and 100k passages, through the engine alone, the verb, the API and the console's BFF, in one run:
 * `node bench/search.ts [sizes...]`. Each step's price is its median less the one before it.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { createDynamoDbCatalog } from "../packages/aws/catalog/dynamodb.ts";
import { type Document, type IndexSlug, pathOf, SearchQuery } from "../packages/contracts/index.ts";
import type { EngineContext, EnginePassage, VersionRecord } from "../packages/core/kernel/index.ts";
import { createEmbedderRegistry, createIds, systemActor, tableOf } from "../packages/core/kernel/index.ts";
import { filterOf, search } from "../packages/core/search/index.ts";
import { createEmbedder } from "../packages/engine/embedders/index.ts";
import { createLanceEngine } from "../packages/engine/index.ts";
import { root } from "../scripts/build.ts";
import { accounts } from "../scripts/laptop/settings.ts";
import { type Backend, startBackend } from "./support/backend.ts";
import { signIn, startConsole } from "./support/console.ts";
import { formatTable, machineLine, median, percentile, throughput, timeEach } from "./support/figures.ts";

const source = join(root, "..", "shared", "ir", "passages-100k.jsonl.gz");
if (!existsSync(source)) {
  console.log("Skipped: there are no passages at ../shared/ir/passages-100k.jsonl.gz.");
  process.exit(0);
}
const sizes = process.argv.slice(2).map(Number).filter(Boolean);
const slug = "bench" as IndexSlug;
const newId = createIds();
const queriesCount = 150;

type Row = { doc: string; n: number; title: string; section: string; text: string; source: string };
const rows = gunzipSync(readFileSync(source))
  .toString()
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);

/** Words of passages, in the length people type; the same in every run. */
const pickQueries = (some: Row[]): string[] => {
  let seed = 7;
  const next = (bound: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % bound;
  };
  return Array.from({ length: queriesCount }, () => {
    const words = (some[next(some.length)]?.text ?? "").match(/[A-Za-z]{4,}/g) ?? ["manual"];
    const at = next(Math.max(1, words.length - 3));
    return words.slice(at, at + 2 + next(2)).join(" ") || "manual";
  });
};

const fill = async (backend: Backend, ctx: EngineContext, some: Row[]): Promise<void> => {
  await backend.client.call("indexes.create", { body: { slug, name: "Bench", readers: ["everyone"] } });
  const index = await ctx.catalog.getIndex(slug);
  const table = tableOf(slug, index?.liveBuildId ?? "");
  const at = new Date().toISOString();
  const byDocument = [...Map.groupBy(some, (row) => row.doc).values()];
  for (let i = 0; i < byDocument.length; i += 400) {
    const documents = await Promise.all(
      byDocument.slice(i, i + 400).map(async (passages) => {
        const documentId = newId("doc") as Document["id"];
        const versionId = newId("ver") as VersionRecord["id"];
        const name = `${passages[0]?.title.slice(0, 80).replace(/[/\\\n]/g, " ") || "untitled"}.txt`;
        const document: Document = {
          id: documentId,
          index: slug,
          name,
          path: passages[0]?.source ?? "",
          tags: [],
          kind: "text",
          sizeBytes: 1,
          status: "ready",
          headVersionId: versionId,
          liveVersionId: versionId,
          versionCount: 1,
          passages: passages.length,
          vectors: passages.length,
          pages: 0,
          createdAt: at,
          createdBy: "bench",
          updatedAt: at,
          revision: 1,
        };
        const version: VersionRecord = {
          id: versionId,
          documentId,
          index: slug,
          number: 1,
          status: "ready",
          name,
          sizeBytes: 1,
          createdAt: at,
          createdBy: "bench",
          updatedAt: at,
          attempt: 1,
          steps: [],
          warnings: [],
          passages: passages.length,
          vectors: passages.length,
          pages: 0,
          characters: 0,
          ocrPages: 0,
        };
        await ctx.catalog.createDocument(
          document,
          version,
          { action: "document.created", outcome: "ok", summary: name },
          systemActor,
        );
        const vectors = await ctx.embedders.default.embed(
          passages.map((passage) => `${passage.title}\n${passage.section}\n${passage.text}`),
          "passage",
        );
        return {
          documentId,
          passages: passages.map(
            (passage, n): EnginePassage => ({
              id: `psg_${versionId.slice(4)}_${n}`,
              document_id: documentId,
              version_id: versionId,
              n,
              title: passage.title,
              section: passage.section,
              text: passage.text,
              page: null,
              kind: "text",
              tags: [],
              path: passage.source,
              updated_at: Date.now(),
              readers: ["everyone"],
              ...(vectors[n] ? { vector: vectors[n] } : {}),
            }),
          ),
        };
      }),
    );
    await ctx.engine.replaceDocuments(table, documents);
  }
  await ctx.engine.maintain(table);
};

console.log(`${await machineLine()}\n`);
for (const size of sizes.length ? sizes : [1_000, 10_000, 100_000]) {
  const backend = await startBackend({ warm: true });
  Object.assign(process.env, backend.environment);
  const embedder = await createEmbedder(JSON.parse(backend.environment.SAMLA_EMBEDDER ?? "{}"));
  const engine = await createLanceEngine({
    uri: backend.settings.engineDir,
    readConsistencyMs: 0,
    log: () => undefined,
  });
  const ctx: EngineContext = {
    actor: systemActor,
    requestId: "bench",
    now: Date.now,
    newId,
    log: () => undefined,
    catalog: createDynamoDbCatalog({ table: backend.settings.catalogTable, now: Date.now, newId }),
    engine,
    embedders: createEmbedderRegistry([embedder]),
  };
  const some = rows.slice(0, size);
  await fill(backend, ctx, some);
  const endConsole = await startConsole(backend.settings);
  const admin = accounts[0];
  const cookie = await signIn(backend.settings, admin.username, admin.password);
  const index = await ctx.catalog.getIndex(slug);
  const table = tableOf(slug, index?.liveBuildId ?? "");
  const inputs = pickQueries(some).map((q) => SearchQuery.parse({ q, index: slug, limit: "10" }));

  const ask = {
    limit: 10,
    offset: 0,
    sort: "relevance" as const,
    highlight: true,
    explain: false,
    perDocumentMax: 3,
    facets: [
      { field: "kind" as const, size: 20 },
      { field: "tags" as const, size: 30 },
    ],
  };
  const byEngine = async (input: SearchQuery): Promise<unknown> => {
    const [vector] = await embedder.embed([input.q], "query");
    const filter = filterOf(input);
    return engine.search(table, {
      ...ask,
      text: input.q,
      mode: "hybrid",
      ...(vector ? { vector } : {}),
      ...(filter ? { filter } : {}),
    });
  };
  const byVerb = (input: SearchQuery): Promise<unknown> => search(ctx, input);
  const byApi = (input: SearchQuery): Promise<unknown> =>
    backend.client.call("search.query", { query: { q: input.q, index: [slug], kind: [], tag: [], limit: 10 } });
  const byBff = async (input: SearchQuery): Promise<unknown> => {
    const response = await fetch(
      `${backend.settings.publicUrl}/api/v1${pathOf("search.query", { query: { q: input.q, index: slug, limit: 10 } })}`,
      { headers: { cookie } },
    );
    if (!response.ok) throw new Error(`the BFF answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  const ways = [
    ["engine alone", byEngine],
    ["verb", byVerb],
    ["API", byApi],
    ["BFF", byBff],
  ] as const;
  for (const [, call] of ways) await timeEach(inputs.slice(0, 30), call);
  // Rounds in turn, so that a noisy minute of the machine falls on all ways alike.
  const times = new Map<string, number[]>(ways.map(([name]) => [name, []]));
  for (let round = 0; round < 3; round += 1)
    for (const [name, call] of ways)
      times.get(name)?.push(...(await timeEach(inputs.slice(round * 50, round * 50 + 50), call)));
  const base = median(times.get("engine alone") ?? []);
  const table_: (string | number)[][] = [];
  for (const [name, call] of ways) {
    const all = times.get(name) ?? [];
    table_.push([
      name,
      median(all),
      percentile(all, 0.95),
      median(all) / base,
      median(all) - base,
      await throughput(inputs, 8, call),
    ]);
  }
  console.log(`${size.toLocaleString("en")} passages, hybrid, 10 hits with highlights and facets\n`);
  console.log(
    `${formatTable(["through", "p50 ms", "p95 ms", "ratio to engine", "p50 less engine, ms", "q/s at 8 clients"], table_)}\n`,
  );
  endConsole();
  await engine.close();
  await backend.close();
}
process.exit(0);

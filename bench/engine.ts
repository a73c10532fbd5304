/** Speed of the engine at 100,000 passages: `node bench/engine.ts [--fresh] [passages]`. The table is kept below .samla/bench. */
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import type { EnginePassage, EngineQuery, SearchEngine } from "../packages/core/kernel/ports/search-engine.ts";
import { createGloveEmbedder, ensureGloveModel } from "../packages/engine/embedders/glove/index.ts";
import { createLanceEngine } from "../packages/engine/index.ts";
import { measureVectorRecall } from "../packages/engine/lance/measure-vector-recall.ts";

const queriesPerCase = 300;
const clients = 8;
const table = "bench";
const root = path.resolve(import.meta.dirname, "..");
const source = path.resolve(root, "../shared/ir/passages-100k.jsonl.gz");
if (!existsSync(source)) {
  console.log("Skipped: the passages are not in ../shared/ir.");
  process.exit(0);
}
const count = Number(process.argv.find((argument) => /^\d+$/.test(argument)) ?? 100_000);
const rows = gunzipSync(await readFile(source))
  .toString()
  .trim()
  .split("\n", count)
  .map(
    (line) =>
      JSON.parse(line) as {
        _id: string;
        doc: string;
        n: number;
        title: string;
        section: string;
        text: string;
        source: string;
        path: string;
        year: number;
      },
  );
const embedder = await createGloveEmbedder({ folder: await ensureGloveModel(path.join(root, ".samla", "models")) });
const uri = path.join(root, ".samla", "bench", `engine-${embedder.id}-${count}`);
if (process.argv.includes("--fresh")) await rm(uri, { recursive: true, force: true });

// As the functions run it: every search looks for new commits.
const engine = await createLanceEngine({ uri, log: () => undefined, readConsistencyMs: 0 });
if (!(await engine.listTables()).includes(table)) await fillTable(engine);
console.table([await engine.stats(table)]);

const texts = pickQueries();
const vectors = await embedder.embed(texts, "query");
const base: EngineQuery = {
  mode: "lexical",
  limit: 10,
  offset: 0,
  sort: "relevance",
  highlight: false,
  explain: false,
  perDocumentMax: 0,
};
const filter = {
  and: [{ hasAny: ["readers", ["everyone"]] }, { in: ["kind", ["python", "postgresql", "linux", "perl"]] }],
} as EngineQuery["filter"];
const cases: Record<string, Partial<EngineQuery>> = {
  lexical: { mode: "lexical" },
  vector: { mode: "vector" },
  hybrid: { mode: "hybrid" },
  "hybrid, highlighted": { mode: "hybrid", highlight: true },
  "hybrid, access filter": { mode: "hybrid", filter: { hasAny: ["readers", ["everyone", "group:a", "user:u"]] } },
  "hybrid, two filters": { mode: "hybrid", filter },
  "hybrid, one a document": { mode: "hybrid", perDocumentMax: 1 },
  "hybrid, facets": {
    mode: "hybrid",
    facets: [
      { field: "kind", size: 10 },
      { field: "tags", size: 10 },
    ],
  },
  "as the console asks": {
    mode: "hybrid",
    highlight: true,
    explain: true,
    perDocumentMax: 3,
    filter: { hasAny: ["readers", ["everyone", "group:a", "user:u"]] },
    facets: [
      { field: "kind", size: 10 },
      { field: "tags", size: 10 },
    ],
  },
};
const report: Record<string, Record<string, string>> = {};
for (const [name, settings] of Object.entries(cases)) report[name] = await measureCase({ ...base, ...settings });
const startedMs = performance.now();
for (let index = 0; index < 50; index++)
  await engine.suggest(table, (texts[index] ?? "").split(" ").slice(0, 2).join(" "), undefined, 8);
report.suggest = { "mean ms": ((performance.now() - startedMs) / 50).toFixed(1) };
console.table(report);
console.log(
  `recall@10 of the vector index against exact search: ${(await measureVectorRecall(uri, table, vectors.slice(0, 200))).toFixed(3)}`,
);
console.log(`resident memory: ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MB`);
await engine.close();

async function fillTable(target: SearchEngine): Promise<void> {
  const times = { embed: 0, write: 0, maintain: 0 };
  const timed = async <T>(step: keyof typeof times, run: () => Promise<T>): Promise<T> => {
    const stepStartedMs = performance.now();
    const result = await run();
    times[step] += (performance.now() - stepStartedMs) / 1000;
    return result;
  };
  await target.createTable({ table, dimensions: embedder.dimensions, language: "en", fusion: embedder.fusion });
  const documents = Map.groupBy(rows, (row) => row.doc);
  let batch: { documentId: string; passages: EnginePassage[] }[] = [];
  let size = 0;
  const flush = async () => {
    await timed("write", () => target.replaceDocuments(table, batch));
    batch = [];
    size = 0;
  };
  for (const [documentId, parts] of documents) {
    const embedded = await timed("embed", () =>
      embedder.embed(
        parts.map((part) => `${part.title}\n${part.section}\n${part.text}`),
        "passage",
      ),
    );
    const passages = parts.map(
      (part, index): EnginePassage => ({
        id: part._id,
        document_id: documentId,
        version_id: "1",
        n: part.n,
        title: part.title,
        section: part.section,
        text: part.text,
        page: null,
        kind: part.source.split(/[-\d.]/)[0] ?? "",
        tags: [part.source, String(part.year)],
        path: part.path,
        updated_at: Date.UTC(part.year, 0),
        readers: ["everyone"],
        vector: embedded[index],
      }),
    );
    batch.push({ documentId, passages });
    size += passages.length;
    if (size >= 2_000) await flush();
  }
  await flush();
  await timed("maintain", () => target.maintain(table));
  console.log(
    Object.entries(times)
      .map(([step, seconds]) => `${step} ${seconds.toFixed(1)} s`)
      .join(", "),
  );
}

/** Distinct queries of two to five consecutive words out of passages spread over the whole table. */
function pickQueries(): string[] {
  const picked = new Set<string>();
  for (let index = 0; picked.size < queriesPerCase + 50 && index < rows.length; index += 37) {
    const row = rows[(index * 7_919) % rows.length];
    const words = (picked.size % 3 === 0 ? row?.section : row?.text)?.match(/[A-Za-z]{3,}/g) ?? [];
    const length = 2 + (index % 4);
    const start = words.length > length ? (index * 31) % (words.length - length) : 0;
    const text = words
      .slice(start, start + length)
      .join(" ")
      .toLowerCase();
    if (text.includes(" ")) picked.add(text);
  }
  return [...picked];
}

async function measureCase(settings: EngineQuery): Promise<Record<string, string>> {
  const ask = (index: number) =>
    engine.search(table, { ...settings, text: texts[index] ?? "", vector: vectors[index] });
  for (let index = queriesPerCase; index < texts.length; index++) await ask(index);
  const times: number[] = [];
  for (let index = 0; index < queriesPerCase; index++) {
    const askedMs = performance.now();
    await ask(index);
    times.push(performance.now() - askedMs);
  }
  times.sort((left, right) => left - right);
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
  const togetherMs = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (next < queriesPerCase) await ask(next++);
    }),
  );
  const perSecond = queriesPerCase / ((performance.now() - togetherMs) / 1000);
  return { "p50 ms": at(0.5), "p95 ms": at(0.95), [`q/s, ${clients} clients`]: perSecond.toFixed(0) };
}

/** The document list at 100,000 documents, page by page through the API: `node bench/list.ts [documents]`. */
import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { documentItem, keys, shardOf } from "../packages/aws/catalog/items.ts";
import { createStore } from "../packages/aws/catalog/store.ts";
import {
  type Document,
  type IndexSlug,
  type ListDocumentsQuery,
  versionStatuses,
} from "../packages/contracts/index.ts";
import { createIds } from "../packages/core/kernel/index.ts";
import { startBackend } from "./support/backend.ts";
import { formatTable, machineLine, median, percentile } from "./support/figures.ts";

const count = Number(process.argv[2] ?? 100_000);
const slug = "many" as IndexSlug;
const newId = createIds();
console.log(`${await machineLine()}\n`);
const backend = await startBackend({ warm: true });
Object.assign(process.env, backend.environment);
await backend.client.call("indexes.create", { body: { slug, name: "Many", readers: ["everyone"] } });

const store = createStore(backend.settings.catalogTable);
const words = ["annual", "report", "invoice", "contract", "minutes", "letter", "offer", "plan", "draft", "protocol"];
const kinds = ["pdf", "docx", "xlsx", "text", "email"] as const;
const counts = new Map<number, Record<string, number>>();
const items = Array.from({ length: count }, (_, i) => {
  const at = new Date(Date.UTC(2024, 0, 1) + i * 60_000).toISOString();
  const id = newId("doc") as Document["id"];
  const status = i % 500 === 0 ? "failed" : i % 997 === 0 ? "queued" : "ready";
  const document: Document = {
    id,
    index: slug,
    name: `${words[i % 10]} ${words[(i * 7) % 10]} ${i}.${kinds[i % 5]}`,
    path: `${2000 + (i % 25)}/${words[i % 10]}`,
    tags: i % 100 === 0 ? ["important"] : [],
    kind: kinds[i % 5],
    sizeBytes: (i * 7919) % 5_000_000,
    status,
    headVersionId: newId("ver") as Document["headVersionId"],
    versionCount: 1,
    passages: 3,
    vectors: 3,
    pages: 1,
    createdAt: at,
    createdBy: "bench",
    updatedAt: at,
    revision: 1,
  };
  const shard = counts.get(shardOf(id)) ?? {};
  shard[`n_${status}`] = (shard[`n_${status}`] ?? 0) + 1;
  counts.set(shardOf(id), shard);
  return documentItem(document, 1);
});
for (const [shard, row] of counts) items.push({ ...keys.counter(slug, shard), ...row });
const startedAt = performance.now();
const queue = Array.from({ length: Math.ceil(items.length / 25) }, (_, i) => items.slice(i * 25, i * 25 + 25));
await Promise.all(
  Array.from({ length: 4 }, async () => {
    for (let some = queue.shift(); some; some = queue.shift())
      await store.client.send(
        new BatchWriteCommand({ RequestItems: { [store.table]: some.map((Item) => ({ PutRequest: { Item } })) } }),
      );
  }),
);
console.log(`${count.toLocaleString("en")} rows written in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);

const cases: [string, Partial<ListDocumentsQuery>][] = [
  ["newest first", {}],
  ["by name", { sort: "name", order: "asc" }],
  ["largest first", { sort: "size" }],
  ["failed only", { status: "failed" }],
  ["failed, by name", { status: "failed", sort: "name", order: "asc" }],
  ["one kind", { kind: "email" }],
  ["a rare tag", { tag: "important" }],
  ["name holds 'invoice 4711'", { q: "invoice 4711" }],
  ["name holds nothing there is", { q: "zzzz" }],
  ["name holds 'report'", { q: "report" }],
];
const rows: (string | number)[][] = [];
for (const [name, query] of cases) {
  const times: number[] = [];
  let cursor: string | undefined;
  let found = 0;
  for (let page = 0; page < 12; page += 1) {
    const at = performance.now();
    const answer = await backend.client.call("documents.list", {
      query: { index: slug, limit: 50, ...query, deleted: "false", ...(cursor ? { cursor } : {}) },
    });
    times.push(performance.now() - at);
    found += answer.items.length;
    cursor = answer.nextCursor;
    if (!cursor) break;
  }
  rows.push([name, times[0] ?? 0, median(times), percentile(times, 0.95), String(times.length), String(found)]);
}
const at = performance.now();
const counted = await backend.client.call("documents.counts", { query: { index: slug } });
rows.push([
  "counts by status",
  performance.now() - at,
  performance.now() - at,
  performance.now() - at,
  "1",
  versionStatuses
    .map((status) => counted.byStatus[status])
    .filter(Boolean)
    .join(" + "),
]);
console.log(formatTable(["list", "first page ms", "median page ms", "p95 ms", "pages", "rows seen"], rows));
await backend.close();
process.exit(0);

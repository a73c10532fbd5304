/**
 * Ingest of a mixed set through the whole path against the bare loop of the same libraries (read, split, embed, index)
 * on the same cores: `node bench/ingest.ts [files]`.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { IndexSlug } from "../packages/contracts/index.ts";
import type { EnginePassage } from "../packages/core/kernel/index.ts";
import { createEmbedder } from "../packages/engine/embedders/index.ts";
import { createLanceEngine } from "../packages/engine/index.ts";
import { splitIntoPassages } from "../packages/extract/chunk.ts";
import { extractFile } from "../packages/extract/index.ts";
import { root } from "../scripts/build.ts";
import { uploadBytes } from "../scripts/laptop/upload.ts";
import { startBackend } from "./support/backend.ts";
import { formatTable, machineLine } from "./support/figures.ts";

const folder = join(root, "..", "shared", "files");
if (!existsSync(folder)) {
  console.log("Skipped: there are no files at ../shared/files.");
  process.exit(0);
}
const wanted = Number(process.argv[2] ?? 120);
const kinds = ["pdf", "docx", "pptx", "xlsx", "odt", "html", "md", "txt", "csv", "rtf", "epub", "eml", "json"];
const byKind = kinds.map((kind) =>
  readdirSync(join(folder, kind))
    .map((name) => join(folder, kind, name))
    .filter((path) => statSync(path).size < 5_000_000),
);
const files: string[] = [];
for (let i = 0; files.length < wanted && i < 200; i += 1)
  for (const list of byKind) if (list[i] && files.length < wanted) files.push(list[i] ?? "");

console.log(`${await machineLine()}\n`);
const backend = await startBackend({ warm: false });
const embedder = await createEmbedder(JSON.parse(backend.environment.SAMLA_EMBEDDER ?? "{}"));

const bare = async (): Promise<{ seconds: number; ready: number }> => {
  const dir = mkdtempSync(join(tmpdir(), "samla-bare-"));
  const engine = await createLanceEngine({ uri: dir, log: () => undefined });
  await engine.createTable({
    table: "bare/bld_0",
    dimensions: embedder.dimensions,
    language: "English",
    fusion: embedder.fusion,
  });
  const startedAt = performance.now();
  const queue = [...files];
  let ready = 0;
  // As many readers at once as the path under test has; one writer, in batches of ten.
  let pending: { documentId: string; passages: EnginePassage[] }[] = [];
  let writing = Promise.resolve();
  const flush = (): void => {
    const batch = pending;
    pending = [];
    if (batch.length) writing = writing.then(async () => void (await engine.replaceDocuments("bare/bld_0", batch)));
  };
  await Promise.all(
    Array.from({ length: 2 }, async () => {
      for (let path = queue.shift(); path; path = queue.shift()) {
        try {
          const extraction = await extractFile({
            path,
            name: basename(path),
            ocr: { enabled: true, cachePath: backend.settings.cacheDir },
          });
          const passages = splitIntoPassages(extraction, { targetTokens: 400 });
          const vectors = await embedder.embed(
            passages.map((passage) => passage.text),
            "passage",
          );
          const documentId = `doc_${String(ready).padStart(26, "0")}`;
          pending.push({
            documentId,
            passages: passages.map((passage, i) => ({
              id: `psg_${String(ready).padStart(26, "0")}_${i}`,
              document_id: documentId,
              version_id: "v",
              n: passage.n,
              title: basename(path),
              section: passage.headingPath.join(" › "),
              text: passage.text,
              page: passage.page ?? null,
              kind: extraction.kind,
              tags: [],
              path: basename(path),
              updated_at: 0,
              readers: ["everyone"],
              ...(vectors[i] ? { vector: vectors[i] } : {}),
            })),
          });
          ready += 1;
          if (pending.length >= 10) flush();
        } catch {
          // A file that cannot be read costs its time in both runs.
        }
      }
    }),
  );
  flush();
  await writing;
  const seconds = (performance.now() - startedAt) / 1000;
  await engine.close();
  rmSync(dir, { recursive: true, force: true });
  return { seconds, ready };
};

const whole = async (
  slug: string,
): Promise<{ searchable: number; complete: number; ready: number; failed: number }> => {
  const index = slug as IndexSlug;
  await backend.client.call("indexes.create", { body: { slug: index, name: slug, readers: ["everyone"] } });
  const startedAt = performance.now();
  const queue = [...files];
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let path = queue.shift(); path; path = queue.shift())
        await uploadBytes(backend.client, slug, {
          name: basename(path),
          path: basename(join(path, "..")),
          bytes: readFileSync(path),
          onDuplicate: "separate",
        });
    }),
  );
  let searchable = 0;
  for (;;) {
    const { byStatus, total } = await backend.client.call("documents.counts", { query: { index } });
    const seconds = (performance.now() - startedAt) / 1000;
    if (!searchable && byStatus.ready + byStatus.failed === total) searchable = seconds;
    if (searchable) {
      const { items } = await backend.client.call("documents.list", { query: { index, status: "ready", limit: 200 } });
      if (items.every((document) => document.vectors >= document.passages))
        return { searchable, complete: seconds, ready: byStatus.ready, failed: byStatus.failed };
    }
    if (seconds > 300) throw new Error(`not done after ${seconds} s: ${JSON.stringify(byStatus)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

const rounds: (string | number)[][] = [];
const ratios: number[] = [];
for (let round = 1; round <= 3; round += 1) {
  const loop = await bare();
  const path = await whole(`bench-${round}`);
  ratios.push(loop.seconds / path.searchable);
  rounds.push([
    String(round),
    loop.seconds,
    files.length / loop.seconds,
    path.searchable,
    path.complete,
    files.length / path.searchable,
    loop.seconds / path.searchable,
    `${loop.ready} / ${path.ready}`,
  ]);
}
console.log(
  formatTable(
    [
      "round",
      "bare loop s",
      "files/s",
      "whole path, searchable s",
      "with vectors s",
      "files/s",
      "throughput ratio",
      "read bare / whole",
    ],
    rounds,
  ),
);
console.log(`\nmedian ratio ${ratios.sort((a, b) => a - b)[1]?.toFixed(2)} over ${files.length} files`);
await backend.close();
process.exit(0);

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SearchEngine } from "../../core/kernel/ports/search-engine.ts";
import { type LocalAws, startLocalAws } from "../../local-aws/index.ts";
import { createPassage, createQuery } from "../testing/passages.ts";
import { createLanceEngine } from "./index.ts";

const region = "eu-north-1";
const credentials = { accessKeyId: "AKIAENGINETEST000000", secretAccessKey: "secret-of-the-engine-test" };
const table = "manual/bld_s3";

describe("the engine in place on S3", () => {
  let folder: string;
  let aws: LocalAws;
  let writer: SearchEngine;
  let reader: SearchEngine;
  const connect = (readConsistencyMs: number, prefix = "indexes") =>
    createLanceEngine({
      uri: `s3://engine/${prefix}`,
      storageOptions: {
        region,
        endpoint: aws.url,
        allow_http: "true",
        aws_access_key_id: credentials.accessKeyId,
        aws_secret_access_key: credentials.secretAccessKey,
      },
      log: () => undefined,
      readConsistencyMs,
    });
  const give = (documentId: string, text: string, count = 3) => ({
    documentId,
    passages: Array.from({ length: count }, (_, n) =>
      createPassage(documentId, n, { text: `${text} part ${n}`, vector: Float32Array.of(1, n) }),
    ),
  });
  const findIds = async (engine: SearchEngine, text: string) =>
    (
      await engine.search(
        table,
        createQuery(text, {
          mode: "hybrid",
          limit: 100,
          vector: Float32Array.of(1, 0),
          fusion: { kind: "weighted", vectorWeight: 0 },
        }),
      )
    ).hits
      .filter((hit) => hit.passage.text.includes(text))
      .map((hit) => hit.passage.id);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "samla-engine-s3-"));
    aws = await startLocalAws({
      dir: folder,
      port: 0,
      region,
      accountId: "000000000000",
      credentials: [credentials],
      buckets: [{ name: "engine", versioned: false, cors: [], notifications: [] }],
      queues: [],
      tables: [],
      functions: [],
      eventSources: [],
      restApis: [],
      webSocketApis: [],
      rules: [],
      schedules: [],
    });
    writer = await connect(0);
    reader = await connect(0);
    await writer.createTable({
      table,
      dimensions: 2,
      language: "en",
      fusion: { kind: "weighted", vectorWeight: 0.15 },
    });
  });
  afterAll(async () => {
    await writer?.close();
    await reader?.close();
    await aws?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("creates a table, replaces documents and finds them", async () => {
    await writer.replaceDocuments(table, [give("d1", "walrus"), give("d2", "otter")]);
    expect((await findIds(writer, "walrus")).sort()).toEqual(["d1#0", "d1#1", "d1#2"]);
    expect(await writer.listTables()).toEqual([table]);
  });

  it("lets a reader see a commit of another engine at its next search, and never two versions of a document", async () => {
    expect(await findIds(reader, "walrus")).toHaveLength(3);
    await writer.replaceDocuments(table, [give("d1", "seal", 2)]);
    expect(await findIds(reader, "walrus")).toEqual([]);
    expect(await findIds(reader, "seal")).toHaveLength(2);
  });

  it("keeps every document whole when several writers commit at once", async () => {
    const others = await Promise.all([connect(0), connect(0)]);
    const writers = [writer, ...others];
    await Promise.all(
      writers.flatMap((engine, who) =>
        [0, 1, 2].map((n) =>
          engine.replaceDocuments(table, [give(`own${who}-${n}`, "beaver"), give("shared", `heron by ${who}-${n}`)]),
        ),
      ),
    );
    expect(await findIds(reader, "beaver")).toHaveLength(27);
    const shared = await reader.listPassages(table, "shared");
    expect(shared.map((passage) => passage.id)).toEqual(["shared#0", "shared#1", "shared#2"]);
    expect(new Set(shared.map((passage) => passage.text.replace(/ part \d$/, ""))).size).toBe(1);
    for (const engine of others) await engine.close();
  });

  it("maintains the table while a reader searches it", async () => {
    let isDone = false;
    const maintained = writer.maintain(table).finally(() => {
      isDone = true;
    });
    while (!isDone) expect(await findIds(reader, "seal")).toHaveLength(2);
    expect((await maintained).after.unindexedRows).toBe(0);
    expect(await findIds(reader, "beaver")).toHaveLength(27);
  });

  it("keeps prefixes apart and removes a table wholly", async () => {
    const other = await connect(0, "elsewhere");
    expect(await other.listTables()).toEqual([]);
    await other.close();
    await writer.dropTable(table);
    expect(await writer.listTables()).toEqual([]);
  });
});

import { mkdtemp, rm, stat, truncate, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Embedder } from "../../core/kernel/ports/embedder.ts";
import { ensureGloveModel, ensureGloveModels } from "./glove/index.ts";
import { loadStaticModel } from "./glove/load-model.ts";
import { packModel } from "./glove/pack-model.ts";
import { createEmbedder } from "./index.ts";

const modelsFolder = path.resolve(import.meta.dirname, "../../../.samla/models");
const dot = (left: Float32Array = new Float32Array(), right: Float32Array = new Float32Array()) =>
  left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);

describe("the shipped embedder", () => {
  let embedder: Embedder;
  beforeAll(async () => {
    embedder = await createEmbedder({ kind: "glove", folder: await ensureGloveModel(modelsFolder) });
  });

  it("puts texts of one topic nearer than texts of different topics", async () => {
    const [pump, valve, cat] = await embedder.embed(
      ["vacuum pump pressure", "compressor valve gas", "kitten and dog play"],
      "passage",
    );
    expect(dot(pump, valve)).toBeGreaterThan(dot(pump, cat) + 0.2);
    expect(dot(pump, pump)).toBeCloseTo(1, 5);
  });

  it("gives the same vector to a text whatever stands beside it", async () => {
    const [alone] = await embedder.embed(["vacuum pump"], "query");
    const [, among] = await embedder.embed(["other", "vacuum pump"], "passage");
    expect(among).toEqual(alone);
  });

  it("gives no direction to a text without known words", async () => {
    const vectors = await embedder.embed(["", "搜索引擎", "zzqxv", "🙂"], "passage");
    for (const vector of vectors) expect(vector.every((value) => value === 0)).toBe(true);
  });

  it("is named after its model, so vectors of two models are never mixed", () => {
    expect(embedder.id).toMatch(/^glove-100d-[0-9a-f]{10}$/);
    expect(embedder.dimensions).toBe(100);
  });

  it("stops when its caller gives up", async () => {
    await expect(embedder.embed(["a"], "query", AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
  });
});

describe("a packed model", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "samla-model-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const packed = packModel({
    words: ["pump", "é", "valve", "x".repeat(80)],
    vectors: Float32Array.of(1, 0, 0, 1, -1, 0.5, 0.25, 0.25),
    weights: Float32Array.of(1, 1, 2, 1),
    dimensions: 2,
  });

  it("returns each word's weighted vector within the quantising error, and no other word", async () => {
    const file = path.join(folder, "model.bin");
    await writeFile(file, packed);
    const model = await loadStaticModel(file);
    const sum = new Float32Array(2);
    expect(model.addWord("valve", sum)).toBe(true);
    expect(sum[0]).toBeCloseTo(-2, 1);
    expect(sum[1]).toBeCloseTo(1, 1);
    expect(model.addWord("valves", sum)).toBe(false);
    expect(model.addWord("", sum)).toBe(false);
    expect(model.addWord("é", sum)).toBe(true);
    expect(model.addWord("x".repeat(80), sum)).toBe(true);
    expect(model.addWord("y".repeat(5_000), sum)).toBe(false);
  });

  it("is refused when it is cut, foreign or missing", async () => {
    const file = path.join(folder, "cut.bin");
    await writeFile(file, packed);
    await truncate(file, (await stat(file)).size - 1);
    await expect(loadStaticModel(file)).rejects.toThrow("cut short");
    await writeFile(file, "hello");
    await expect(loadStaticModel(file)).rejects.toThrow("not a packed embedding model");
    await expect(loadStaticModel(path.join(folder, "none.bin"))).rejects.toThrow("build-model.ts");
  });
});

describe("the smaller shipped embedder", () => {
  it("comes from the same source with half the dimensions, under a name of its own", async () => {
    const [large = "", small = ""] = await ensureGloveModels(modelsFolder);
    const embedder = await createEmbedder({ kind: "glove", folder: small }, { lazy: true });
    expect([embedder.id.slice(0, 10), embedder.dimensions]).toEqual(["glove-50d-", 50]);
    expect(path.basename(large)).toMatch(/^glove-100d-/);
    const [pump, valve, cat] = await embedder.embed(
      ["vacuum pump pressure", "compressor valve gas", "kitten and dog play"],
      "passage",
    );
    expect(pump).toHaveLength(50);
    expect(dot(pump, valve)).toBeGreaterThan(dot(pump, cat) + 0.2);
  });
});

describe("an OpenAI-compatible endpoint", () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });
  const connect = async (
    listener: RequestListener,
    config: { batchSize?: number; timeoutMs?: number; attempts?: number } = {},
  ) => {
    server = createServer(listener);
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return createEmbedder({
      kind: "openai",
      baseUrl: `http://127.0.0.1:${port}/v1/`,
      model: "m",
      dimensions: 2,
      apiKey: "key",
      ...config,
    });
  };
  const readBody = async (request: AsyncIterable<Buffer>) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    return JSON.parse(Buffer.concat(parts).toString()) as { input: string[] };
  };

  it("gets texts in batches and its answers are put in order and to unit length", async () => {
    const sizes: number[] = [];
    const embedder = await connect(
      async (request, response) => {
        const { input } = await readBody(request);
        sizes.push(input.length);
        expect(request.headers.authorization).toBe("Bearer key");
        const data = input.map((text, index) => ({ index, embedding: [Number(text), 0] }));
        response.end(JSON.stringify({ data: data.reverse() }));
      },
      { batchSize: 2 },
    );
    const vectors = await embedder.embed(["3", "-4", "5"], "passage");
    expect(sizes).toEqual([2, 1]);
    expect(vectors.map((vector) => [...vector])).toEqual([
      [1, 0],
      [-1, 0],
      [1, 0],
    ]);
  });

  it("is asked again when it is busy", async () => {
    let calls = 0;
    const embedder = await connect((_, response) => {
      calls++;
      response.statusCode = calls === 1 ? 429 : 200;
      response.end(calls === 1 ? "slow down" : JSON.stringify({ data: [{ index: 0, embedding: [1, 0] }] }));
    });
    expect(await embedder.embed(["a"], "query")).toHaveLength(1);
    expect(calls).toBe(2);
  });

  it("is not asked again when it refuses, and the error says what to check", async () => {
    let calls = 0;
    const embedder = await connect((_, response) => {
      calls++;
      response.statusCode = 401;
      response.end("no");
    });
    await expect(embedder.embed(["a"], "query")).rejects.toThrow(/answered 401: no\. Check the API key/);
    expect(calls).toBe(1);
  });

  it("is refused when its vectors have another size or are missing", async () => {
    const answers = [[{ index: 0, embedding: [1, 2, 3] }], [], [{ index: 0, embedding: [1, null] }]];
    const embedder = await connect((_, response) => response.end(JSON.stringify({ data: answers.shift() })));
    await expect(embedder.embed(["a"], "query")).rejects.toThrow("returned 3 dimensions, configured are 2");
    await expect(embedder.embed(["a"], "query")).rejects.toThrow("returned 0 vectors for 1 texts");
  });

  it("does not hold its caller when it hangs", async () => {
    const embedder = await connect(() => undefined, { timeoutMs: 50, attempts: 2 });
    await expect(embedder.embed(["a"], "query")).rejects.toThrow("did not answer within 50 ms");
  });
});

describe("a model in a local folder", () => {
  it("is refused at once when it is not there", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "samla-local-model-"));
    const config = { kind: "transformers", modelsFolder: folder, model: "m", dimensions: 384 } as const;
    await expect(createEmbedder(config)).rejects.toThrow("has no config.json");
    await rm(folder, { recursive: true });
  });
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { EmbedderSetting } from "@samla/contracts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createEmbedderRegistry } from "../../core/kernel/ports/embedder.ts";
import { packModel } from "./glove/pack-model.ts";
import { openEmbedders } from "./open-embedders.ts";
import { readEmbedderSettings } from "./read-settings.ts";

let folder: string;
let glove: EmbedderSetting;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "samla-embedders-"));
  glove = { kind: "glove", folder };
  await writeFile(
    path.join(folder, "model.bin"),
    packModel({
      words: ["pump", "valve"],
      vectors: Float32Array.of(1, 0, 0, 1),
      weights: Float32Array.of(1, 1),
      dimensions: 2,
    }),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});
const serve = async (listener: RequestListener, more: object = {}): Promise<EmbedderSetting> => {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { kind: "openai", baseUrl: `http://127.0.0.1:${port}/v1`, model: "m", dimensions: 3, attempts: 2, ...more };
};
const answerWith =
  (embedding: unknown): RequestListener =>
  (_, response) =>
    response.end(JSON.stringify({ data: [{ index: 0, embedding }] }));

describe("the embedders of a deployment", () => {
  it("are all at hand, the default first and words only last", async () => {
    const opened = await openEmbedders({
      SAMLA_EMBEDDER: glove,
      SAMLA_EMBEDDERS: [await serve(answerWith([0, 0, 2]))],
    });
    const registry = createEmbedderRegistry(opened.embedders, opened.default);
    expect(opened.problems).toEqual([]);
    expect(registry.list().map(({ dimensions, local }) => [dimensions, local])).toEqual([
      [2, true],
      [3, false],
      [0, true],
    ]);
    expect(registry.default.id).toBe(path.basename(folder));
    const [, other] = registry.list();
    const [vector] = (await registry.get(other?.id ?? "")?.embed(["x"], "query")) ?? [];
    expect([...(vector ?? [])]).toEqual([0, 0, 1]);
    expect([...((await registry.default.embed(["valve"], "query"))[0] ?? [])]).toEqual([0, 1]);
  });

  it("may be words only by default", async () => {
    const opened = await openEmbedders({ SAMLA_EMBEDDER: { kind: "none" }, SAMLA_EMBEDDERS: [glove] });
    const registry = createEmbedderRegistry(opened.embedders, opened.default);
    expect(registry.default.dimensions).toBe(0);
    expect(registry.list().map(({ id }) => id)).toEqual([path.basename(folder), "none"]);
    await expect(registry.get("none")?.embed(["x"], "query")).rejects.toThrow("no vectors");
  });

  it("that cannot be opened are left out and told by variable, cause and next step; the others work", async () => {
    const absent: EmbedderSetting = { kind: "glove", folder: path.join(folder, "absent") };
    const {
      embedders,
      default: first,
      problems,
    } = await openEmbedders({ SAMLA_EMBEDDER: absent, SAMLA_EMBEDDERS: [glove, absent, glove] });
    expect(first).toBeUndefined();
    expect(embedders.map(({ id }) => id)).toEqual([path.basename(folder)]);
    expect(problems).toEqual([
      expect.stringMatching(/^SAMLA_EMBEDDER \(glove\) cannot be opened: .*absent.*cannot be read\. Build it/),
      expect.stringMatching(/^SAMLA_EMBEDDERS\[1\] \(glove\) cannot be opened/),
      expect.stringMatching(/^SAMLA_EMBEDDERS\[2\] names the embedder .*, which is there already: remove it\.$/),
    ]);
  });

  it("are checked without reading a model that is not asked: a damaged header is found at once", async () => {
    const damaged = await mkdtemp(path.join(tmpdir(), "samla-damaged-"));
    await writeFile(path.join(damaged, "model.bin"), "hello");
    const { problems } = await openEmbedders({
      SAMLA_EMBEDDER: glove,
      SAMLA_EMBEDDERS: [{ kind: "glove", folder: damaged }],
    });
    expect(problems[0]).toContain("is not a packed embedding model");
    await rm(damaged, { recursive: true });
  });
});

describe("the environment's embedder settings", () => {
  it.each([
    ["SAMLA_EMBEDDER", "{", /^SAMLA_EMBEDDER is not JSON: /],
    [
      "SAMLA_EMBEDDER",
      '{"kind":"glov"}',
      /^SAMLA_EMBEDDER: kind is none of none, glove, openai, bedrock, transformers\./,
    ],
    ["SAMLA_EMBEDDER", '{"kind":"openai","model":"m","dimensions":3}', /^SAMLA_EMBEDDER: baseUrl /],
    ["SAMLA_EMBEDDER", '{"kind":"openai","baseUrl":"ftp://x","model":"m","dimensions":3}', /baseUrl is not an http/],
    ["SAMLA_EMBEDDER", '{"kind":"glove","folder":"x","dimension":3}', /Unrecognized key: "dimension"/],
    ["SAMLA_EMBEDDERS", '{"kind":"none"}', /^SAMLA_EMBEDDERS is not a list/],
    ["SAMLA_EMBEDDERS", '[{"kind":"none"},{"kind":"bedrock","dimensions":0}]', /^SAMLA_EMBEDDERS\[1\]: dimensions /],
  ])("%s=%s is refused by its name, with the cause and what to do", (name, value, message) => {
    expect(() => readEmbedderSettings({ [name]: value })).toThrow(message);
    expect(() => readEmbedderSettings({ [name]: value })).toThrow(/Correct it, or leave the variable out/);
  });

  it("are read where they are set", () => {
    expect(readEmbedderSettings({})).toEqual({});
    expect(readEmbedderSettings({ SAMLA_EMBEDDER: '{"kind":"none"}', SAMLA_EMBEDDERS: "[]" })).toEqual({
      SAMLA_EMBEDDER: { kind: "none" },
      SAMLA_EMBEDDERS: [],
    });
  });
});

describe("an endpoint among the embedders", () => {
  const openFirst = async (setting: EmbedderSetting) => {
    const { embedders, problems } = await openEmbedders({ SAMLA_EMBEDDER: setting, SAMLA_EMBEDDERS: [] });
    expect(problems).toEqual([]);
    const [embedder] = embedders;
    if (!embedder) throw new Error("not opened");
    return embedder;
  };

  it.each([
    ["of the wrong size", answerWith([1, 2]), /returned 2 dimensions, configured are 3\. Set the dimensions/],
    ["of no numbers", answerWith([1, "x", 3]), /not finite/],
    ["of nothing", answerWith(undefined), /returned/],
  ] as [string, RequestListener, RegExp][])("that gives vectors %s fails by its name", async (_, listener, message) => {
    const embedder = await openFirst(await serve(listener));
    await expect(embedder.embed(["a"], "query")).rejects.toThrow(message);
    await expect(embedder.embed(["a"], "query")).rejects.toThrow("http://127.0.0.1");
  });

  it("that answers 500 is asked again as often as configured, then fails with its answer", async () => {
    let calls = 0;
    const embedder = await openFirst(
      await serve((_, response) => {
        calls += 1;
        response.statusCode = 500;
        response.end("out of memory");
      }),
    );
    await expect(embedder.embed(["a"], "passage")).rejects.toThrow(/answered 500: out of memory/);
    expect(calls).toBe(2);
  });

  it("that answers something else than vectors in JSON, or is not there, fails in a sentence", async () => {
    const answers = ["<html>", "null", '{"data":7}', '{"data":[null]}'];
    const embedder = await openFirst(await serve((_, response) => response.end(answers.shift())));
    await expect(embedder.embed(["a"], "query")).rejects.toThrow(/127\.0\.0\.1.* else than JSON: "<html>"\. Check/);
    await expect(embedder.embed(["a"], "query")).rejects.toThrow("returned 0 vectors for 1 texts");
    await expect(embedder.embed(["a"], "query")).rejects.toThrow("returned 0 vectors for 1 texts");
    await expect(embedder.embed(["a"], "query")).rejects.toThrow("returned 0 dimensions, configured are 3");
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    await expect(embedder.embed(["a"], "query")).rejects.toThrow(/embedding endpoint http:\/\/127\.0\.0\.1/);
  });

  it("that hangs is given up after its timeout, and at once when the caller leaves", async () => {
    const embedder = await openFirst(await serve(() => undefined, { timeoutMs: 40, attempts: 1 }));
    await expect(embedder.embed(["a"], "query")).rejects.toThrow("did not answer within 40 ms");
    const patient = await openFirst(await serve(() => undefined, { timeoutMs: 60_000, attempts: 1 }));
    const leaving = new AbortController();
    const asked = patient.embed(["a"], "query", leaving.signal);
    leaving.abort(new Error("cancelled"));
    await expect(asked).rejects.toThrow("cancelled");
  });
});

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { testEnvironment } from "./testing-env.ts";

let runtime: typeof import("./engine.ts");
let compose: typeof import("./compose.ts");

beforeAll(async () => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  Object.assign(process.env, testEnvironment, {
    SAMLA_ENGINE_URI: mkdtempSync(join(tmpdir(), "samla-engine-")),
    SAMLA_EMBEDDER: JSON.stringify({ kind: "glove", folder: join(tmpdir(), "no-such-model") }),
  });
  [runtime, compose] = await Promise.all([import("./engine.ts"), import("./compose.ts")]);
});

describe("an embedder that cannot be opened", () => {
  it("leaves searching and writing to words, and is still a failure where an index is made for it", async () => {
    const ctx = compose.createSystemContext("req-1");
    await expect(runtime.withEngine(ctx)).rejects.toThrow();
    const { embedders, engine } = await runtime.withEngineByWords(ctx);
    expect(embedders.default).toBe(runtime.absentEmbedder);
    expect(await engine.listTables()).toEqual([]);
    await engine.close();
  });
});

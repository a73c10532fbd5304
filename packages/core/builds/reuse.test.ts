import type { Build } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { reprocessDocument } from "../documents/index.ts";
import { changeEmbedder, drain, openWorld, ready } from "../documents/testing-journey.ts";
import { filled, fillOf, holds } from "./testing-builds.ts";

const text = "# Tides\nfirst line\nsecond line";
const _input = (build: Build) => ({ index: "library", buildId: build.id });

describe("what was made before", () => {
  const counting = async () => {
    const world = await openWorld();
    await ready(world, "a.txt", text);
    await ready(world, "b.txt", "third");
    const calls = { extract: 0, split: 0, embed: 0 };
    const { extract, split } = world.ctx.extractor;
    const { embed } = world.ctx.embedders.default;
    world.ctx.extractor = {
      extract: (one) => {
        calls.extract += 1;
        return extract(one);
      },
      split: (...args) => {
        calls.split += 1;
        return split(...args);
      },
    };
    const count: typeof embed = (texts, ...rest) => {
      calls.embed += texts.length;
      return embed(texts, ...rest);
    };
    changeEmbedder(world, { embed: count });
    return { world, calls };
  };

  it.each([
    [{ stem: false }, { extract: 0, split: 0, embed: 0 }],
    [{ language: "German" as const }, { extract: 0, split: 0, embed: 0 }],
    [{ fieldWeights: { title: 1, section: 1 } }, { extract: 0, split: 0, embed: 0 }],
    [
      { embedder: "none", dimensions: 0 },
      { extract: 0, split: 0, embed: 0 },
    ],
    // The passages come out the same, so their vectors fit too.
    [{ targetTokens: 200 }, { extract: 0, split: 2, embed: 0 }],
    [{ ocr: "off" as const }, { extract: 2, split: 2, embed: 0 }],
  ])("is used again: %j makes %j", async (changes, expected) => {
    const { world, calls } = await counting();
    const build = await filled(world, changes);
    expect(build.status).toBe("ready");
    expect(calls).toEqual(expected);
    const { done, made, reused } = fillOf(world, build.id);
    expect(done).toBe(2);
    expect(made).toEqual({ ...expected, embed: 0 });
    const embeds = build.config.dimensions > 0 ? 2 : 0;
    expect(reused).toEqual({ extract: 2 - made.extract, split: 2 - made.split, embed: embeds });
  });

  it("is used again by another embedder up to the passages, and its vectors are its own", async () => {
    const { world, calls } = await counting();
    const before = structuredClone(world.passages());
    changeEmbedder(world, {
      id: "other-3d",
      dimensions: 3,
      embed: async (texts) => {
        calls.embed += texts.length;
        return texts.map(() => new Float32Array([1, 2, 3]));
      },
    });
    const build = await filled(world, { embedder: "other-3d", dimensions: 3 });
    // One of them was the trial before the build began.
    expect(calls).toEqual({ extract: 0, split: 0, embed: 5 });
    const { made, reused } = fillOf(world, build.id);
    expect({ made, reused }).toEqual({
      made: { extract: 0, split: 0, embed: 2 },
      reused: { extract: 2, split: 2, embed: 0 },
    });
    expect(world.table.tables.get(`library/${build.id}`)?.map((row) => row.vector?.length)).toEqual([3, 3, 3, 3]);
    expect(world.passages()).toEqual(before);
  });

  it("is made again after a document is read again", async () => {
    const { world, calls } = await counting();
    const build = await filled(world, { targetTokens: 200 });
    const [document] = world.rows.documents.values();
    const { split } = world.ctx.extractor;
    world.ctx.extractor.split = (...args) => split(...args).map((draft) => ({ ...draft, text: `${draft.text} again` }));
    calls.split = 0;
    await reprocessDocument(world.ctx, { documentId: document?.id ?? "" });
    await drain(world);
    expect(calls.split).toBe(2);
    expect(holds(world, build.id)[document?.id ?? ""]).toEqual([
      "# Tides again",
      "first line again",
      "second line again",
    ]);
    expect(fillOf(world, build.id).done).toBe(2);
  });
});

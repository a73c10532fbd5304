import { describe, expect, it } from "vitest";
import { deleteDocument, patchDocument, processVersion, reprocessDocument } from "../documents/index.ts";
import { accept, changeEmbedder, deliver, drain, openWorld, ready } from "../documents/testing-journey.ts";
import { testExtractor } from "../testing.ts";
import { cancelBuild, pauseBuild, resumeBuild, retryBuild } from "./index.ts";
import { buildOf, filled, fillOf, holds, start } from "./testing-builds.ts";

describe("a candidate", () => {
  it("is filled with every document and is ready then, while the live build stays as it is", async () => {
    const world = await openWorld();
    const ids = await ready(world, "a.txt", "# Tides\nfirst\nsecond");
    await ready(world, "b.txt", "third");
    const before = structuredClone(world.passages());
    const build = await filled(world, { stem: false });
    expect(build.status).toBe("ready");
    expect(fillOf(world, build.id)).toMatchObject({ state: "done", total: 2, done: 2, failed: 0 });
    expect(holds(world, build.id)[ids.documentId]).toEqual(["# Tides", "first", "second"]);
    expect(world.table.tables.get(`library/${build.id}`)?.every((row) => row.vector)).toBe(true);
    expect(world.passages()).toEqual(before);
    expect(world.rows.indexes.get("library")?.liveBuildId).toBe(world.build.id);
  });
});

import { expect, it } from "vitest";
import { openWorld, ready } from "../documents/testing-journey.ts";
import { freshnessOf } from "./freshness.ts";

it("the time to search runs from the arrival of the bytes to the index, over the newest documents that tell", async () => {
  const world = await openWorld();
  const lag = () => freshnessOf(world.ctx, "library" as never);
  expect(await lag()).toBeNull();
  const seconds = [1, 2, 3, 40];
  for (const [i, took] of seconds.entries()) {
    const ids = await ready(world, `${i}.txt`, `text ${i}`);
    const version = world.rows.versions.get(ids.versionId);
    if (!version) throw new Error("no version");
    const at = (s: number) => new Date(Date.UTC(2026, 0, 1) + s * 1000).toISOString();
    const done = { status: "done" as const, startedAt: at(0) };
    world.rows.versions.set(ids.versionId, {
      ...version,
      steps: [
        { ...done, name: "upload", endedAt: at(5) },
        { ...done, name: "index", endedAt: at(5 + took) },
      ],
    });
  }
  await ready(world, "untold.txt", "untold").then(({ versionId }) => {
    const version = world.rows.versions.get(versionId);
    if (version) world.rows.versions.set(versionId, { ...version, steps: [] });
  });
  expect(await lag()).toEqual({ documents: 4, p50Ms: 2000, p95Ms: 40_000 });
});

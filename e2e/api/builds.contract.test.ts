import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { find, put, settled } from "./actions.ts";
import { type Backend, library, patient, startBackend } from "./backend.ts";
import { filled, getBuild, getIndex, openGate, promote, rollBack, startBuild } from "./build-actions.ts";

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend({
    environment: { SAMLA_LEASE_MS: "2000" },
    tune: (config) => {
      for (const queue of config.queues) queue.visibilityTimeoutSeconds = 4;
    },
  });
}, 120_000);
afterAll(() => backend?.close());

describe("a build", () => {
  it("is filled beside the live one, promoted and rolled back", async () => {
    const { client } = backend;
    const sent = await Promise.all(
      Array.from({ length: 12 }, (_, i) => put(client, `log-${i}.txt`, `Page ${i} of the log tells of sextants.`)),
    );
    for (const { documentId } of sent) expect((await settled(client, documentId)).status).toBe("ready");
    const first = (await getIndex(client)).liveBuildId;
    const candidate = await startBuild(client, { stem: false });
    expect(candidate.status).toBe("building");
    const ready = await filled(client, candidate.id);
    expect(ready).toMatchObject({
      status: "ready",
      fill: { state: "done", total: 12, done: 12, failed: 0, made: { extract: 0, split: 0, embed: 0 } },
      statistics: { documents: 12 },
    });
    expect((await getIndex(client)).liveBuildId).toBe(first);
    // By stems the live one finds it; the candidate finds words as they are only.
    expect(await find(client, "sextant")).toHaveLength(12);
    await openGate(client);
    expect((await promote(client, candidate.id)).liveBuildId).toBe(candidate.id);
    expect((await getBuild(client, first)).status).toBe("superseded");
    const late = await put(client, "late.txt", "A late page tells of sextants.");
    expect((await settled(client, late.documentId)).status).toBe("ready");
    await expect.poll(async () => (await getBuild(client, first)).fill?.done, patient).toBe(13);
    expect(await rollBack(client, first)).toMatchObject({
      liveBuildId: first,
      rolledBackFrom: { buildId: candidate.id, reason: "it was better before" },
    });
    expect(await find(client, "sextant")).toHaveLength(13);
    const { items } = await client.call("indexes.promotions", { params: { index: library } });
    expect(items.map((one) => one.kind)).toEqual(["rolled-back", "promoted", "created"]);
  });
});

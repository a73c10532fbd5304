import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createQuery } from "../testing/passages.ts";
import { createLanceEngine } from "./index.ts";

const passagesPerDocument = 40;
const documents = 5;
const kills = 6;

describe("a writer killed while it replaces documents", () => {
  let uri: string;
  beforeAll(async () => {
    uri = await mkdtemp(path.join(tmpdir(), "samla-kill-"));
  });
  afterAll(() => rm(uri, { recursive: true, force: true }));

  it("leaves every document whole, in its old or its new version, and the table writable", async () => {
    const engine = await createLanceEngine({ uri, log: () => undefined, readConsistencyMs: 0 });
    await engine.createTable({
      table: "t",
      dimensions: 8,
      language: "en",
      fusion: { kind: "weighted", vectorWeight: 0.1 },
    });
    for (let round = 0; round < kills; round++) {
      const writer = fork(path.join(import.meta.dirname, "../testing/replace-forever.ts"), [
        uri,
        String(round),
        String(documents),
        String(passagesPerDocument),
      ]);
      // Killed at another point of its work each round: after so many commits, at once.
      for (let commits = 0; commits <= round; commits++) await once(writer, "message");
      writer.kill("SIGKILL");
      await once(writer, "exit");
      for (let number = 0; number < documents; number++) {
        const passages = await engine.listPassages("t", `d${number}`);
        expect(new Set(passages.map((passage) => passage.version_id)).size, `document ${number}`).toBe(1);
        expect(passages.map((passage) => passage.n)).toEqual(Array.from({ length: passagesPerDocument }, (_, n) => n));
      }
      const stats = await engine.stats("t");
      expect(stats.passages).toBe(documents * passagesPerDocument);
      const answer = await engine.search("t", createQuery("walrus", { limit: 500 }));
      expect(answer.hits).toHaveLength(documents * passagesPerDocument);
    }
    await engine.maintain("t");
    await engine.close();
  });
});

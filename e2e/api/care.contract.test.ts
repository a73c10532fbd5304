import { readdirSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Audit, Client, Document } from "../../packages/contracts/index.ts";
import { createLanceEngine } from "../../packages/engine/lance/index.ts";
import { find, getDocument, put, refusal, runTask, settled } from "./actions.ts";
import { type Backend, library, patient, startBackend } from "./backend.ts";

let backend: Backend;
beforeAll(async () => {
  // Patience in seconds, so that the test need not wait for the real times; a message whose worker died is dead at once.
  backend = await startBackend({
    environment: { SAMLA_LEASE_MS: "2000", SAMLA_AUDIT_GRACE_MS: "1500", SAMLA_STALE_MS: "3000" },
    tune: (config) => {
      for (const queue of config.queues) {
        queue.visibilityTimeoutSeconds = 4;
        if (queue.deadLetter) queue.deadLetter.maxReceiveCount = 1;
      }
    },
  });
}, 120_000);
afterAll(() => backend?.close());

const params = { index: library };
const clientConfig = () => ({
  endpoint: backend.settings.awsUrl,
  region: backend.settings.region,
  credentials: backend.settings.credentials,
});

/** Asks for checks until one has ended. */
const audit = (client: Client): Promise<Audit> =>
  vi.waitFor(
    async () => {
      const found = await client.call("care.audit", { params });
      expect(found.complete, "the check has ended").toBe(true);
      return found;
    },
    { timeout: 120_000, interval: 200 },
  );
const kinds = (found: Audit): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { kind, count } of found.findings) counts[kind] = (counts[kind] ?? 0) + count;
  return counts;
};
const atRest = { timeout: 120_000, interval: 1_500 };

describe("the auditor", () => {
  it("names what somebody broke in the table, the bucket and the counts, and repairs it", async () => {
    const { client, settings } = backend;
    const made = await Promise.all(
      ["anchor", "beacon", "cutter", "dinghy"].map((word) =>
        put(client, `${word}.txt`, `The ${word} is in the harbour.`),
      ),
    );
    for (const { documentId } of made) await settled(client, documentId);
    await expect.poll(async () => (await audit(client)).differences, atRest).toBe(0);
    const [anchor, beacon, cutter] = made;
    if (!anchor || !beacon || !cutter) throw new Error("nothing was made");
    const index = await client.call("indexes.get", { params });
    const engine = await createLanceEngine({ uri: settings.engineDir, readConsistencyMs: 0, log: () => undefined });
    await engine.replaceDocuments(`${library}/${index.liveBuildId}`, [{ documentId: anchor.documentId, passages: [] }]);
    await engine.close();
    const s3 = new S3Client({ ...clientConfig(), forcePathStyle: true });
    const Bucket = settings.bucket;
    const lost = `documents/${beacon.documentId}/${beacon.versionId}/passages.jsonl`;
    await s3.send(new DeleteObjectCommand({ Bucket, Key: lost }));
    const orphan = `documents/doc_01M84XRZYTJ7PXMAFJ502KY852/ver_01M84XRZYTJ7PXMAFJ502KY852/source`;
    await s3.send(new PutObjectCommand({ Bucket, Key: orphan, Body: "nobody's" }));
    await DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig())).send(
      new UpdateCommand({
        TableName: settings.catalogTable,
        Key: { pk: `COUNT#${library}`, sk: "3" },
        UpdateExpression: "ADD n_ready :some",
        ExpressionAttributeValues: { ":some": 7 },
      }),
    );
    expect((await client.call("documents.counts", { query: { index: library } })).total).toBe(11);
    expect(await find(client, "anchor")).toEqual([]);
    const seen: Record<string, number> = {};
    await expect
      .poll(async () => {
        for (const [kind, count] of Object.entries(kinds(await audit(client)))) seen[kind] = (seen[kind] ?? 0) + count;
        return seen;
      }, atRest)
      .toMatchObject({
        "passages-missing": expect.any(Number),
        "objects-missing": 1,
        "objects-orphaned": 1,
        "counts-wrong": 1,
      });
    await expect.poll(async () => (await audit(client)).differences, atRest).toBe(0);
    expect((await client.call("documents.counts", { query: { index: library } })).total).toBe(4);
    expect(await find(client, "anchor")).toEqual([anchor.documentId]);
    expect((await settled(client, beacon.documentId)).status).toBe("ready");
    const left = await s3.send(
      new ListObjectsV2Command({ Bucket, Prefix: "documents/doc_01M84XRZYTJ7PXMAFJ502KY852" }),
    );
    expect(left.KeyCount).toBe(0);
    const report = await client.call("care.report", { params });
    expect(report.audits[0]).toMatchObject({ differences: 0, complete: true });
    expect(report.documentsBytes).toBeGreaterThan(100);
    expect(report.storage).toMatchObject([{ buildId: index.liveBuildId, status: "live", passages: 4 }]);
    const events = await client.call("events.list", { query: { action: "care.repaired" } });
    expect(events.items.length).toBeGreaterThan(0);
  }, 180_000);

  it("is for those who care for the index", async () => {
    await expect(backend.as("operator").call("care.report", { params })).resolves.toBeDefined();
    expect((await refusal(backend.as("editor").call("care.report", { params }))).problem.code).toBe("forbidden");
    expect((await refusal(backend.as("operator").call("care.audit", { params }))).problem.code).toBe("forbidden");
    const unknown = { index: "no-such-index" as typeof library };
    expect((await refusal(backend.client.call("care.report", { params: unknown }))).problem.status).toBe(404);
  });

  it("is at zero by itself after workers and the whole backend were killed among 200 uploads and deletions", async () => {
    const { client } = backend;
    const killing = new AbortController();
    const sent: { documentId: string; word: string; deleted: boolean }[] = [];
    let kills = 0;
    const workers = ["process", "write-index", "embed", "accept", "sweep", "audit", "fill"];
    const killer = (async () => {
      for (let i = 0; !killing.signal.aborted; i += 1) {
        // Four documents further, so that kills fall among the uploads however fast the machine is.
        await expect.poll(() => killing.signal.aborted || sent.length >= 4 * (i + 1), atRest).toBe(true);
        for (const pid of backend.pidsOf(workers[i % workers.length] ?? "")) {
          try {
            process.kill(pid, "SIGKILL");
            kills += 1;
          } catch {
            // It ended by itself.
          }
        }
      }
    })();
    for (let i = 0; i < 134; i += 1) {
      const word = `sail${String.fromCharCode(97 + (i % 26))}${String.fromCharCode(97 + Math.floor(i / 26))}maker`;
      const { documentId } = await put(client, `${word}.txt`, `Number ${i} is the ${word}.`);
      sent.push({ documentId, word, deleted: false });
      if (i % 2 === 1) {
        const old = sent[i - 1];
        if (!old) continue;
        await client.call("documents.delete", { params: { documentId: old.documentId as Document["id"] } });
        old.deleted = true;
      }
      if (i === 70) {
        const left = backend.pidsOf("*");
        await backend.kill();
        await expect.poll(() => left.filter((pid) => readdirSync("/proc").includes(String(pid))), patient).toEqual([]);
        await backend.start();
      }
    }
    killing.abort();
    await killer;
    expect(kills).toBeGreaterThan(5);
    const begun = performance.now();
    const rounds: number[] = [];
    await expect
      .poll(
        async () => {
          await runTask(backend.settings, "sweep");
          const { byStatus } = await client.call("documents.counts", { query: { index: library } });
          const open = byStatus.uploading + byStatus.queued + byStatus.extracting + byStatus.indexing;
          if (open > 0) return JSON.stringify(byStatus);
          const { differences } = await audit(client);
          rounds.push(differences);
          return differences;
        },
        { timeout: 240_000, interval: 1_500 },
      )
      .toBe(0);
    const dead = (await client.call("queues.list")).items.reduce((sum, queue) => sum + queue.deadLetters, 0);
    console.log(
      `${kills} workers and the backend killed, ${dead} dead letters; at zero ${((performance.now() - begun) / 1000).toFixed(1)} s later; checks found ${rounds.join(", ")}`,
    );
    for (const { documentId, word, deleted } of sent) {
      expect(await find(client, word), word).toEqual(deleted ? [] : [documentId]);
      const document = await getDocument(client, documentId);
      expect([document.status, document.deletedAt !== undefined]).toEqual([
        deleted ? document.status : "ready",
        deleted,
      ]);
    }
    const { total } = await client.call("documents.counts", { query: { index: library } });
    expect(total).toBe(4 + sent.filter((one) => !one.deleted).length);
    // What was repaired by now stays so.
    await runTask(backend.settings, "audit");
    expect((await audit(client)).differences).toBe(0);
  }, 400_000);
});

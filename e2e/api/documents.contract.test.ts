import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Extraction, PassageList } from "../../packages/contracts/index.ts";
import { makeOffice } from "../../packages/extract/office/test-packages.ts";
import { makePdf } from "../../packages/extract/testing/make-pdf.ts";
import { announce, find, getDocument, put, refusal, sendParts, settled, sha256Of } from "./actions.ts";
import { type Backend, library, patient, startBackend } from "./backend.ts";

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend();
}, 120_000);
afterAll(() => backend?.close());

const paragraph = (word: string): string => `The ${word} keeps its own ledger of tides beside the harbour wall.`;
const docx = (text: string): Buffer =>
  makeOffice("word/document.xml", {
    "[Content_Types].xml":
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "word/document.xml": `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:body></w:document>`,
  });

/** One file of each kind, each with a word that no other has. */
const samples: [name: string, word: string, bytes: string | Buffer][] = [
  ["notes.txt", "quillback", paragraph("quillback")],
  ["guide.md", "marlinspike", `# Guide\n\n${paragraph("marlinspike")}\n\n## Emoji 😀\n\nA second part.`],
  ["page.html", "bowsprit", `<html><body><h1>Page</h1><p>${paragraph("bowsprit")}</p></body></html>`],
  ["rows.csv", "capstan", `name,remark\none,${paragraph("capstan")}\n`],
  ["data.json", "halyard", JSON.stringify({ remark: paragraph("halyard") })],
  ["letter.eml", "gunwale", `From: a@b.example\nTo: c@d.example\nSubject: Tides\n\n${paragraph("gunwale")}\n`],
  ["memo.rtf", "topsail", `{\\rtf1\\ansi ${paragraph("topsail")}\\par}`],
  ["report.docx", "jibboom", docx(paragraph("jibboom"))],
  ["paper.pdf", "windlass", makePdf({ pages: [[{ x: 72, y: 72, text: paragraph("windlass") }]], title: "Paper" })],
  ["main.py", "scuppers", `def tides():\n    return "${paragraph("scuppers")}"\n`],
];

const fetchJson = async <T>(url: string): Promise<T> => (await (await fetch(url)).json()) as T;
const passagesOf = (documentId: string): Promise<PassageList> =>
  backend.client.call("documents.passages", { params: { documentId: documentId as never } });

describe("a document's life", () => {
  it("is found by its words in every format, and each passage is exactly a range of the extracted text", async () => {
    const { client } = backend;
    const put_ = await Promise.all(samples.map(async ([name, , bytes]) => put(client, name, bytes)));
    for (const [i, { documentId }] of put_.entries()) {
      const [name, word] = samples[i] ?? ["", ""];
      const document = await settled(client, documentId);
      expect(document.failure, name).toBeUndefined();
      expect(document.status, name).toBe("ready");
      expect(await find(client, word), name).toEqual([documentId]);
      const content = await client.call("documents.content", {
        params: { documentId: document.id },
        query: { what: "extracted" },
      });
      const extraction = await fetchJson<Extraction>(content.url);
      const passages = await passagesOf(documentId);
      expect(passages.total, name).toBeGreaterThan(0);
      for (const passage of passages.items)
        expect(extraction.text.slice(passage.start, passage.end), name).toBe(passage.text);
      const hits = (await client.call("search.query", { query: { q: word, index: [library] } })).hits;
      const hit = hits.find((one) => one.documentId === documentId);
      const passage = passages.items.find((one) => one.id === hit?.passageId);
      expect(hit?.text, name).toBe(passage?.text);
      const [from, to] = hit?.marks[0] ?? [0, 0];
      expect(hit?.text.slice(from, to).toLowerCase(), name).toContain(word.slice(0, 5));
    }
    await expect
      .poll(async () => (await client.call("indexes.get", { params: { index: library } })).statistics, patient)
      .toMatchObject({ documents: samples.length });
  });

  it("has its vectors as soon as it is ready", async () => {
    const { documentId } = await put(backend.client, "vectors.txt", paragraph("spinnaker"));
    await settled(backend.client, documentId);
    const document = await getDocument(backend.client, documentId);
    expect(document.vectors).toBeGreaterThan(0);
    expect(document.vectors).toBe(document.passages);
  });

  it("asks, skips, makes a version or keeps apart when the same file comes twice", async () => {
    const { client } = backend;
    const bytes = Buffer.from(paragraph("bilgewater"));
    const first = await put(client, "twice.txt", bytes);
    await settled(client, first.documentId);
    const asked = await announce(client, "twice.txt", bytes, { onDuplicate: "ask" });
    expect(asked).toMatchObject({
      outcome: "duplicate",
      matches: [{ documentId: first.documentId, reason: "same-bytes" }],
    });
    const skipped = await announce(client, "twice.txt", bytes, { onDuplicate: "skip" });
    expect(skipped).toMatchObject({ outcome: "stored", documentId: first.documentId, versionId: first.versionId });
    const version = await announce(client, "twice.txt", bytes, { onDuplicate: "version" });
    expect(version).toMatchObject({ outcome: "stored", documentId: first.documentId });
    expect(await settled(client, first.documentId)).toMatchObject({ status: "ready", versionCount: 2 });
    const apart = await announce(client, "twice.txt", bytes, { onDuplicate: "separate" });
    expect(apart.outcome).toBe("stored");
    if (apart.outcome !== "stored") return;
    expect(apart.documentId).not.toBe(first.documentId);
    expect((await settled(client, apart.documentId)).status).toBe("ready");
    expect((await find(client, "bilgewater")).sort()).toEqual([first.documentId, apart.documentId].sort());
  });

  it("takes 9 MB in parts, and goes on where a closed tab left off", async () => {
    const { client } = backend;
    const bytes = Buffer.from(`${paragraph("taffrail")}\n\n`.repeat(Math.ceil((9 * 1024 * 1024) / 65)));
    const created = await announce(client, "large.txt", bytes);
    if (created.outcome !== "upload") throw new Error(created.outcome);
    expect(created).toMatchObject({ multipart: true });
    expect(created.parts).toHaveLength(2);
    await sendParts({ ...created, parts: created.parts.slice(0, 1) }, bytes);
    const params = { versionId: created.versionId };
    const state = await client.call("uploads.get", { params });
    expect(state.uploadedParts.map((part) => part.number)).toEqual([1]);
    expect(state.parts.map((part) => part.number)).toEqual([2]);
    const parts = [...state.uploadedParts, ...(await sendParts(state, bytes))].map(({ number, etag }) => ({
      number,
      etag,
    }));
    await client.call("uploads.complete", { params, body: { parts } });
    const again = await client.call("uploads.complete", { params, body: { parts } });
    expect(again.id).toBe(created.versionId);
    await expect
      .poll(async () => (await getDocument(client, created.documentId)).status, patient)
      .not.toBe("uploading");
    const source = await client.call("documents.content", { params: { documentId: created.documentId } });
    const stored = Buffer.from(await (await fetch(source.url)).arrayBuffer());
    expect(sha256Of(stored)).toBe(sha256Of(bytes));
    // Reading nine megabytes is not what this test is about.
    await client.call("documents.cancel", { params: { documentId: created.documentId } }).catch(() => undefined);
  });

  it("is found in exactly one version at every moment of its replacement", async () => {
    const { client } = backend;
    const text = (n: number): Buffer => Buffer.from(`Edition ${n}. ${paragraph("keelson")}`);
    const first = await put(client, "edition.txt", text(1));
    await settled(client, first.documentId);
    const next = await announce(client, "edition.txt", text(2), { documentId: first.documentId });
    if (next.outcome !== "upload") throw new Error(next.outcome);
    let polls = 0;
    const seen = new Set<string>();
    let replaced = false;
    const watch = (async () => {
      while (!replaced) {
        const { hits } = await client.call("search.query", {
          query: { q: "keelson", index: [library], mode: "lexical" },
        });
        expect(hits).toHaveLength(1);
        seen.add(hits[0]?.versionId ?? "");
        polls += 1;
      }
    })();
    await sendParts(next, text(2));
    await expect
      .poll(async () => (await getDocument(client, first.documentId)).liveVersionId, patient)
      .toBe(next.versionId);
    replaced = true;
    await watch;
    const { hits } = await client.call("search.query", { query: { q: "keelson", index: [library], mode: "lexical" } });
    expect(hits.map((hit) => hit.versionId)).toEqual([next.versionId]);
    expect([...seen].every((id) => id === first.versionId || id === next.versionId)).toBe(true);
    console.log(`replacement: ${polls} searches, each found exactly one version`);
  });

  it("is back at an earlier version after a roll back, in searches and in its title", async () => {
    const { client } = backend;
    const text = (title: string): string => `# ${title}\n\n${paragraph("mizzenmast")}`;
    const first = await put(client, "rolled.md", text("First title"));
    expect((await settled(client, first.documentId)).title).toBe("First title");
    const next = await announce(client, "rolled.md", Buffer.from(text("Second title")), {
      documentId: first.documentId,
    });
    if (next.outcome !== "upload") throw new Error(next.outcome);
    await sendParts(next, Buffer.from(text("Second title")));
    await expect
      .poll(async () => (await getDocument(client, first.documentId)).liveVersionId, patient)
      .toBe(next.versionId);
    await client.call("documents.rollBack", {
      params: { documentId: next.documentId },
      body: { versionId: first.versionId as never },
    });
    const hitOf = async () =>
      (await client.call("search.query", { query: { q: "mizzenmast", index: [library] } })).hits[0];
    await expect.poll(async () => (await hitOf())?.versionId, patient).toBe(first.versionId);
    expect((await hitOf())?.title).toBe("First title");
    expect((await getDocument(client, first.documentId)).liveVersionId).toBe(first.versionId);
  });

  it("is absent from searches and lists at once when deleted, and back when restored", async () => {
    const { client } = backend;
    const { documentId } = await put(client, "gone.txt", paragraph("orlop"));
    await settled(client, documentId);
    const params = { documentId: documentId as never };
    const before = await client.call("documents.counts", { query: { index: library } });
    await client.call("documents.delete", { params });
    expect(await find(client, "orlop")).toEqual([]);
    const listed = async (deleted: boolean): Promise<string[]> =>
      (
        await client.call("documents.list", { query: { index: library, deleted: String(deleted), limit: 200 } })
      ).items.map((one) => one.id as string);
    expect(await listed(false)).not.toContain(documentId);
    expect(await listed(true)).toContain(documentId);
    const during = await client.call("documents.counts", { query: { index: library } });
    expect([during.total, during.deleted]).toEqual([before.total - 1, before.deleted + 1]);
    await client.call("documents.restore", { params });
    await expect.poll(() => find(client, "orlop"), patient).toEqual([documentId]);
    expect(await listed(false)).toContain(documentId);
  });

  it("keeps the names people give, in any script, and never lets them become paths", async () => {
    const { client } = backend;
    const name = "Übersicht 📈 العربية – 概要.txt";
    const { documentId } = await put(client, name, paragraph("fairlead"), { path: "Ablage/2026" });
    expect(await settled(client, documentId)).toMatchObject({ name, path: "Ablage/2026", status: "ready" });
    const content = await client.call("documents.content", {
      params: { documentId: documentId as never },
      query: { download: "true" },
    });
    const disposition = (await fetch(content.url)).headers.get("content-disposition") ?? "";
    expect(decodeURIComponent(disposition)).toContain(name);
    for (const bad of ["../../etc/passwd", "a\u0000b.txt", "x".repeat(300), "\u202egpj.exe", ".."])
      expect((await refusal(put(client, bad, "x"))).problem, bad).toMatchObject({ code: "invalid_request" });
  });
});

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Backend, library, startBackend } from "../../e2e/api/backend.ts";
import { outcomesOf, startSync } from "./testing.ts";

let backend: Backend;
const stops: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  backend = await startBackend();
}, 120_000);
afterAll(async () => {
  for (const stop of stops) await stop();
  await backend?.close();
});

const start = async (settings: Record<string, unknown>) => {
  const sync = await startSync(backend, settings);
  stops.push(sync.agent.stop);
  return { ...sync, run: async (body: unknown = {}) => sync.ended((await sync.begin(body)).id) };
};
const placesOf = async (label: string): Promise<string[]> =>
  (await backend.client.call("documents.list", { query: { index: library, tag: `source:${label}`, limit: 200 } })).items
    .map(({ path, name }) => (path ? `${path}/${name}` : name))
    .sort();
/** A document whose bytes have not been told of yet is sent again by the next run. */
const arrived = (label: string): Promise<void> =>
  vi.waitFor(
    async () => {
      const { items } = await backend.client.call("documents.list", {
        query: { index: library, tag: `source:${label}`, limit: 200 },
      });
      expect(items.map(({ status }) => status)).not.toContain("uploading");
    },
    { timeout: 30_000, interval: 100 },
  );

describe("the agent sync with an S3 prefix", () => {
  it("follows objects below the prefix, whatever their keys, and reads none twice", async () => {
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: backend.settings.awsUrl,
      AWS_REGION: backend.settings.region,
      AWS_ACCESS_KEY_ID: backend.settings.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: backend.settings.credentials.secretAccessKey,
    });
    const s3 = new S3Client({ forcePathStyle: true });
    const Bucket = "sources";
    await s3.send(new CreateBucketCommand({ Bucket }));
    const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    await put("docs/a b.md", "# Spaces\n\nA key with a space.");
    await put("docs/deep/ü%2F+.txt", "An odd key.");
    await put("docs/folder/", "");
    await put("docs//double.txt", "Two slashes.");
    await put("other/no.txt", "Not below the prefix.");
    const sync = await start({ source: "s3", bucket: Bucket, prefix: "docs/", label: "s3" });
    expect(await sync.run()).toMatchObject({ status: "done", counts: { found: 3, added: 3, failed: 0 } });
    expect(await placesOf("s3")).toEqual(
      expect.arrayContaining(["a b.md", "deep/ü%2F+.txt", expect.stringMatching(/^_\/double \([0-9a-f]{8}\)\.txt$/)]),
    );
    await arrived("s3");
    expect((await sync.run()).counts).toMatchObject({ unchanged: 3, added: 0, changed: 0 });
    await put("docs/a b.md", "# Spaces\n\nChanged.");
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "docs//double.txt" }));
    expect((await sync.run()).counts).toMatchObject({ unchanged: 1, changed: 1, deleted: 1 });

    const none = await start({ source: "s3", bucket: "no-such-bucket", label: "s3" });
    expect(await none.run()).toMatchObject({
      counts: { failed: 1, deleted: 0, held: 2 },
      rows: expect.arrayContaining([expect.objectContaining({ reason: expect.stringContaining("no such bucket") })]),
    });
  });
});

describe("the agent sync with a web site", () => {
  let site: Server;
  let url = "";
  const seen: { path: string; conditional: boolean; status: number }[] = [];
  const pages = new Map<string, { status?: number; body?: string | Buffer; headers?: Record<string, string> }>();
  beforeAll(async () => {
    site = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
      const page = pages.get(incoming.url ?? "");
      const etag = page?.headers?.etag;
      const fresh = etag !== undefined && incoming.headers["if-none-match"] === etag;
      const status = page ? (fresh ? 304 : (page.status ?? 200)) : 404;
      seen.push({ path: incoming.url ?? "", conditional: incoming.headers["if-none-match"] !== undefined, status });
      outgoing.writeHead(status, page?.headers);
      outgoing.end(fresh ? undefined : page?.body);
    });
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  });
  afterAll(() => void site.close());
  const sitemap = (paths: string[]): string =>
    `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${paths
      .map((path) => `<url><loc>${path.startsWith("http") ? path : url + path}</loc></url>`)
      .join("")}</urlset>`;

  it("takes the pages that the sitemap names and robots.txt allows, and asks each whether it changed", async () => {
    pages.set("/robots.txt", { body: "User-agent: *\nDisallow: /private\nAllow: /private/open$\n" });
    pages.set("/sitemap.xml", {
      body: `<sitemapindex><sitemap><loc>${url}/one.xml.gz</loc></sitemap></sitemapindex>`,
    });
    const paths = [
      "/",
      "/guide/",
      "/guide/rope",
      "/private/x",
      "/private/open",
      "/gone",
      "/broken",
      "/far",
      "/loop",
      "/near",
    ];
    pages.set("/one.xml.gz", { body: gzipSync(sitemap([...paths, "https://elsewhere.example/"])) });
    const html = (text: string) => `<html><title>${text}</title><body><p>${text}</p></body></html>`;
    for (const path of ["/", "/guide/", "/guide/rope", "/private/open"])
      pages.set(path, {
        body: html(`Page ${path} about ropes`),
        headers: { etag: `"${path}-1"`, "content-type": "text/html" },
      });
    pages.set("/broken", { status: 500 });
    pages.set("/far", { status: 302, headers: { location: "http://169.254.169.254/latest/meta-data" } });
    pages.set("/loop", { status: 302, headers: { location: "/loop" } });
    pages.set("/near", { status: 301, headers: { location: "/guide/rope" } });
    const sync = await start({ source: "site", siteUrl: `${url}/`, allowPrivateAddresses: true, label: "site" });
    const first = await sync.run();
    expect(first).toMatchObject({ status: "done", counts: { added: 5, failed: 3 } });
    expect(await placesOf("site")).toEqual([
      "guide/index.html",
      "guide/rope.html",
      "index.html",
      "near.html",
      "private/open.html",
    ]);
    const rows = Object.fromEntries(first.rows.map(({ key, reason = "" }) => [key.replace(url, ""), reason]));
    expect(rows["/private/x"]).toMatch(/robots\.txt/);
    expect(rows["https://elsewhere.example/"]).toMatch(/another site/);
    expect(rows["/broken"]).toMatch(/answered 500/);
    expect(rows["/far"]).toMatch(/only http:\/\/127\.0\.0\.1/);
    expect(rows["/loop"]).toMatch(/redirected more than/);
    expect(rows["/gone"]).toMatch(/answered 404/);

    seen.length = 0;
    pages.set("/guide/", { body: html("The guide is new"), headers: { etag: '"guide-2"' } });
    pages.delete("/private/open");
    const second = await sync.run();
    expect(second.counts).toMatchObject({ unchanged: 3, changed: 1, deleted: 1, failed: 3 });
    expect(seen.filter(({ status }) => status === 304).map(({ path }) => path)).toEqual(
      expect.arrayContaining(["/", "/guide/rope"]),
    );
    // A site that is down is no site without pages.
    pages.set("/sitemap.xml", { status: 503 });
    expect((await sync.run()).counts).toMatchObject({ deleted: 0, held: 4 });
    expect(outcomesOf(await sync.run())["(the whole source)"]).toBe("failed");
  });

  it("asks no private address unless its settings allow", async () => {
    seen.length = 0;
    const sync = await start({ source: "site", siteUrl: `${url}/`, label: "guarded" });
    const run = await sync.run();
    expect(run.rows[0]?.reason).toMatch(/not an address of the public internet/);
    const named = await start({
      source: "site",
      siteUrl: `${url.replace("127.0.0.1", "localhost")}/`,
      label: "guarded",
    });
    expect((await named.run()).rows[0]?.reason).toMatch(/not an address of the public internet/);
    expect(seen).toEqual([]);
  });
});

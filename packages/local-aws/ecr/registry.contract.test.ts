import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { CreateRepositoryCommand, ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listenFront } from "../kernel/server.ts";
import { createClientSettings, TEST_ACCOUNT, TEST_CREDENTIALS, TEST_REGION } from "../kernel/testing.ts";
import { digestOf } from "./blob-store.ts";
import { createRegistry, type Registry } from "./index.ts";
import { mediaTypes } from "./manifest.ts";

describe("the registry protocol", () => {
  let dir: string;
  let url: string;
  let registry: Registry;
  let headers: Record<string, string>;
  let close: () => Promise<void>;
  const pushed: string[] = [];

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "samla-ecr-"));
    const front = await listenFront({ port: 0, credentials: [TEST_CREDENTIALS] });
    url = front.url;
    registry = createRegistry({
      dir,
      identity: { region: TEST_REGION, accountId: TEST_ACCOUNT },
      publicUrl: url,
      onPush: (_, digest, tag) => pushed.push(`${tag} ${digest}`),
    });
    front.addService(registry.service);
    front.addDoor(registry.door);
    front.markReady();
    close = async () => {
      await front.close();
      await registry.service.close();
    };
    const ecr = new ECRClient(createClientSettings(url));
    for (const [repositoryName, imageTagMutability] of [
      ["samla/answer", "IMMUTABLE"],
      ["samla/moving", "MUTABLE"],
    ] as const)
      await ecr.send(new CreateRepositoryCommand({ repositoryName, imageTagMutability }));
    const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
    headers = { authorization: `Basic ${authorizationData?.[0]?.authorizationToken}` };
    ecr.destroy();
  });
  afterAll(async () => {
    await close();
    await rm(dir, { recursive: true, force: true });
  });

  const call = (
    method: string,
    where: string,
    body?: string | Uint8Array<ArrayBuffer>,
    more: Record<string, string> = {},
  ) =>
    fetch(new URL(where, url), { method, headers: { ...headers, ...more }, ...(body === undefined ? {} : { body }) });

  const pushBlob = async (repository: string, bytes: Buffer): Promise<Response> => {
    const started = await call("POST", `/v2/${repository}/blobs/uploads/`);
    return call("PUT", `${started.headers.get("location")}?digest=${digestOf(bytes)}`, new Uint8Array(bytes));
  };

  const manifestOf = (config: Buffer, layers: Buffer[]): string =>
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf(config), size: config.length },
      layers: layers.map((layer) => ({
        mediaType: "application/vnd.oci.image.layer.v1.tar",
        digest: digestOf(layer),
        size: layer.length,
      })),
    });

  const pushImage = async (repository: string, tag: string, text: string): Promise<Response> => {
    const [config, layer] = [Buffer.from(`{"of":"${text}"}`), Buffer.from(text)];
    for (const blob of [config, layer]) await pushBlob(repository, blob);
    return call("PUT", `/v2/${repository}/manifests/${tag}`, manifestOf(config, [layer]), {
      "content-type": mediaTypes.ociManifest,
    });
  };

  it("asks for a token of the API, and takes no forged or expired one", async () => {
    expect((await fetch(`${url}/v2/`)).status).toBe(401);
    const forged = Buffer.from(`AWS:9999999999999.${"A".repeat(43)}`).toString("base64");
    expect((await fetch(`${url}/v2/`, { headers: { authorization: `Basic ${forged}` } })).status).toBe(401);
    expect((await call("GET", "/v2/")).status).toBe(200);
  });

  it("gives back the very bytes that were pushed, by tag and by digest", async () => {
    const put = await pushImage("samla/answer", "v1", "first");
    expect(put.status).toBe(201);
    const digest = put.headers.get("docker-content-digest") ?? "";
    const byTag = await call("GET", "/v2/samla/answer/manifests/v1");
    const text = await byTag.text();
    expect(digestOf(Buffer.from(text))).toBe(digest);
    expect(byTag.headers.get("content-type")).toBe(mediaTypes.ociManifest);
    const layer = JSON.parse(text).layers[0].digest;
    expect(await (await call("GET", `/v2/samla/answer/blobs/${layer}`)).text()).toBe("first");
    expect(pushed).toContain(`v1 ${digest}`);
  });

  it("never moves an immutable tag, takes the same image again, and moves a mutable one", async () => {
    await pushImage("samla/answer", "fixed", "one");
    expect((await pushImage("samla/answer", "fixed", "one")).status).toBe(201);
    const refused = await pushImage("samla/answer", "fixed", "two");
    expect([refused.status, (await refused.json()).errors[0].code]).toEqual([400, "TAG_INVALID"]);
    await pushImage("samla/moving", "latest", "one");
    const moved = await pushImage("samla/moving", "latest", "two");
    const held = await call("HEAD", "/v2/samla/moving/manifests/latest");
    expect(held.headers.get("docker-content-digest")).toBe(moved.headers.get("docker-content-digest"));
  });

  it("refuses bytes of another digest and a manifest of parts that are not there or of another size", async () => {
    const started = await call("POST", "/v2/samla/answer/blobs/uploads/");
    const wrong = await call("PUT", `${started.headers.get("location")}?digest=${digestOf(Buffer.from("x"))}`, "y");
    expect([wrong.status, (await wrong.json()).errors[0].code]).toEqual([400, "DIGEST_INVALID"]);
    const absent = manifestOf(Buffer.from("never sent"), []);
    const unknown = await call("PUT", "/v2/samla/answer/manifests/bad", absent);
    expect([unknown.status, (await unknown.json()).errors[0].code]).toEqual([404, "MANIFEST_BLOB_UNKNOWN"]);
    const config = Buffer.from("{}");
    await pushBlob("samla/answer", config);
    const forged = manifestOf(config, []).replace('"size":2', '"size":3');
    const size = await call("PUT", "/v2/samla/answer/manifests/bad", forged);
    expect([size.status, (await size.json()).errors[0].code]).toEqual([400, "MANIFEST_INVALID"]);
    expect((await call("GET", "/v2/samla/answer/manifests/bad")).status).toBe(404);
  });

  it("goes on with an upload that was cut off, from the byte it has", async () => {
    const bytes = Buffer.from("0123456789");
    const started = await call("POST", "/v2/samla/answer/blobs/uploads/");
    const where = started.headers.get("location") ?? "";
    await call("PATCH", where, new Uint8Array(bytes.subarray(0, 4)), { "content-range": "0-3" });
    expect((await call("GET", where)).headers.get("range")).toBe("0-3");
    expect((await call("PATCH", where, new Uint8Array(bytes.subarray(6)), { "content-range": "6-9" })).status).toBe(
      416,
    );
    await call("PATCH", where, new Uint8Array(bytes.subarray(4)), { "content-range": "4-9" });
    expect((await call("PUT", `${where}?digest=${digestOf(bytes)}`)).status).toBe(201);
    expect(await (await call("GET", `/v2/samla/answer/blobs/${digestOf(bytes)}`)).text()).toBe("0123456789");
  });

  it("keeps blobs to the repositories they were pushed or mounted to", async () => {
    const bytes = Buffer.from("shared");
    await pushBlob("samla/answer", bytes);
    const digest = digestOf(bytes);
    expect((await call("HEAD", `/v2/samla/moving/blobs/${digest}`)).status).toBe(404);
    const mounted = await call("POST", `/v2/samla/moving/blobs/uploads/?mount=${digest}&from=samla/answer`);
    expect(mounted.status).toBe(201);
    expect((await call("HEAD", `/v2/samla/moving/blobs/${digest}`)).status).toBe(200);
  });

  it("names the repository that does not exist, and no path leads outside", async () => {
    const none = await call("GET", "/v2/samla/none/tags/list");
    expect([none.status, (await none.json()).errors[0].code]).toEqual([404, "NAME_UNKNOWN"]);
    expect((await call("GET", "/v2/samla/answer/blobs/sha256:..%2f..%2fecr.db")).status).toBe(404);
    expect((await call("GET", "/v2/..%2f..%2fetc/tags/list")).status).toBe(404);
  });

  it("lists tags in pages", async () => {
    for (const tag of ["p1", "p2", "p3"]) await pushImage("samla/moving", tag, tag);
    const first = await call("GET", "/v2/samla/moving/tags/list?n=2&last=latest");
    expect((await first.json()).tags).toEqual(["p1", "p2"]);
    const next = /<([^>]+)>/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
    expect((await (await call("GET", next)).json()).tags).toEqual(["p3"]);
  });
});

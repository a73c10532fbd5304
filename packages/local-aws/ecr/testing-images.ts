import { gzipSync } from "node:zlib";
import { CreateRepositoryCommand, type ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { type Header, pack } from "tar-stream";
import { digestOf } from "./blob-store.ts";
import { mediaTypes } from "./manifest.ts";

/** An entry of a test layer: a file's text, or a header of any kind. */
export type TestEntry = Partial<Header> & { name: string; content?: string | Buffer };

export type TestImage = { manifest: Buffer; blobs: Buffer[] };

/** A tar archive of the entries, as they come. */
export const tarOf = async (entries: readonly TestEntry[]): Promise<Buffer> => {
  const archive = pack();
  for (const { content, ...header } of entries) archive.entry({ mtime: new Date(0), ...header }, content ?? "");
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
};

/** For tests: an OCI image of layers, lowest first; each is a list of entries or files by name. */
export const createTestImage = async (
  layers: readonly (readonly TestEntry[] | Record<string, string>)[],
  settings: {
    config?: Record<string, unknown>;
    /** Instead of the true digests of the unpacked layers. */
    diffIds?: string[];
    architecture?: string;
  } = {},
): Promise<TestImage> => {
  const tars = await Promise.all(
    layers.map((layer) =>
      tarOf(
        Array.isArray(layer) ? layer : Object.entries(layer).map(([name, content]) => ({ name, content, mode: 0o755 })),
      ),
    ),
  );
  const zipped = tars.map((tar) => gzipSync(tar));
  const config = Buffer.from(
    JSON.stringify({
      architecture: settings.architecture ?? (process.arch === "x64" ? "amd64" : process.arch),
      os: process.platform,
      config: settings.config ?? {},
      rootfs: { type: "layers", diff_ids: settings.diffIds ?? tars.map(digestOf) },
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf(config), size: config.length },
      layers: zipped.map((layer) => ({
        mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
        digest: digestOf(layer),
        size: layer.length,
      })),
    }),
  );
  return { manifest, blobs: [config, ...zipped] };
};

/** For tests: pushes an image by the registry protocol, into a repository that is made if it is not there. Returns its digest. */
export const pushTestImage = async (
  ecr: ECRClient,
  url: string,
  repositoryName: string,
  reference: string,
  image: TestImage,
): Promise<string> => {
  await ecr.send(new CreateRepositoryCommand({ repositoryName })).catch((error: Error) => {
    if (error.name !== "RepositoryAlreadyExistsException") throw error;
  });
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const headers = { authorization: `Basic ${authorizationData?.[0]?.authorizationToken}` };
  const send = async (method: string, path: string, body: Buffer, type = "application/octet-stream") => {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: { ...headers, "content-type": type },
      body: new Uint8Array(body),
    });
    if (answer.status !== 201) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
  for (const blob of image.blobs)
    await send("POST", `/v2/${repositoryName}/blobs/uploads/?digest=${digestOf(blob)}`, blob);
  const { mediaType } = JSON.parse(image.manifest.toString()) as { mediaType: string };
  await send("PUT", `/v2/${repositoryName}/manifests/${reference}`, image.manifest, mediaType);
  return digestOf(image.manifest);
};

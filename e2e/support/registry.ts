import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetDownloadUrlForLayerCommand,
} from "@aws-sdk/client-ecr";
import { pack } from "tar-stream";
import { createSettings } from "../../scripts/laptop/settings.ts";

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

const layerOf = async (files: Record<string, string>): Promise<Buffer> => {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name, mtime: new Date(0) }, content);
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
};

type Descriptor = { digest: string; mediaType: string; size: number };

/** The laptop's registry; another SAMLA's is not ours to push to. */
export const openRegistry = (awsUrl: string) => {
  const { region, stage, credentials } = createSettings({ web: 0, aws: Number(new URL(awsUrl).port) });
  const ecr = new ECRClient({ endpoint: awsUrl, region, credentials });
  const nameOf = (agent: string): string => `samla/${stage}/${agent}`;

  const send = async (method: string, path: string, body: Uint8Array, type: string): Promise<void> => {
    const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
    const answer = await fetch(new URL(path, awsUrl), {
      method,
      headers: { authorization: `Basic ${authorizationData?.[0]?.authorizationToken}`, "content-type": type },
      body: new Uint8Array(body),
    });
    if (answer.status !== 201) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  };

  return {
    close: () => ecr.destroy(),
    tagsOf: async (agent: string, imageDigest: string): Promise<string[]> => {
      const { imageDetails } = await ecr.send(
        new DescribeImagesCommand({ repositoryName: nameOf(agent), imageIds: [{ imageDigest }] }),
      );
      return imageDetails?.[0]?.imageTags ?? [];
    },
    /** Pushes an image that is another one with a layer of these files on top. Returns its digest. */
    pushWith: async (agent: string, base: string, tag: string, files: Record<string, string>): Promise<string> => {
      const repositoryName = nameOf(agent);
      const { images } = await ecr.send(
        new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest: base }] }),
      );
      const manifest = JSON.parse(images?.[0]?.imageManifest ?? "{}") as {
        mediaType: string;
        config: Descriptor;
        layers: Descriptor[];
      };
      const { downloadUrl } = await ecr.send(
        new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest: manifest.config.digest }),
      );
      const config = (await (await fetch(downloadUrl ?? "")).json()) as { rootfs: { diff_ids: string[] } };
      const tar = await layerOf(files);
      const layer = gzipSync(tar);
      config.rootfs.diff_ids.push(digestOf(tar));
      const configBytes = Buffer.from(JSON.stringify({ ...config, history: undefined }));
      for (const blob of [layer, configBytes])
        await send(
          "POST",
          `/v2/${repositoryName}/blobs/uploads/?digest=${digestOf(blob)}`,
          blob,
          "application/octet-stream",
        );
      const next = Buffer.from(
        JSON.stringify({
          ...manifest,
          config: { ...manifest.config, digest: digestOf(configBytes), size: configBytes.length },
          layers: [
            ...manifest.layers,
            { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: digestOf(layer), size: layer.length },
          ],
        }),
      );
      await send("PUT", `/v2/${repositoryName}/manifests/${tag}`, next, manifest.mediaType);
      return digestOf(next);
    },
  };
};

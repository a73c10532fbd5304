import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRegistryAuthorization } from "../../packages/aws/registry/token.ts";
import { buildImage } from "../../scripts/image/build-image.ts";
import { pushImage } from "../../scripts/image/push-image.ts";
import { createSettings } from "../../scripts/laptop/settings.ts";
import { readTarget } from "./test.ts";

const root = join(import.meta.dirname, "..", "..");

/** Builds an agent as of a commit of one's own, so that it is another image, and pushes it. Gives its digest. */
export const pushAgentImage = async (agent: string, commit: string, tag: string): Promise<string> => {
  const dir = mkdtempSync(join(tmpdir(), "samla-e2e-image-"));
  try {
    const { storageUrl: url } = readTarget();
    const { region, credentials, stage } = createSettings({ web: 3000, aws: Number(new URL(url).port) });
    const image = await buildImage({
      root,
      agentDir: `agents/${agent}`,
      dir,
      source: { commit, committedAt: "2026-01-02T03:04:05.000Z", url: "https://example.com/samla", changed: false },
    });
    const { digest } = await pushImage(
      image,
      {
        url,
        repository: `samla/${stage}/${agent}`,
        authorization: createRegistryAuthorization({ endpoint: url, region, credentials }),
      },
      tag,
    );
    return digest;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

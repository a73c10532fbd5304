import { keepTagPrefix } from "@samla/contracts";
import type { AgentImages } from "../kernel/index.ts";
import type { ImageContext } from "./context.ts";
import { judgeImage } from "./gate.ts";
import { keepImage } from "./keep-images.ts";

/** Images as releases need them: who an image is, whether it may go out, and that no rule takes it. */
export const createAgentImages = (
  ctx: Pick<ImageContext, "registry" | "gates" | "ledger" | "now" | "platform">,
): AgentImages => ({
  async find(agent, digest) {
    const image = await ctx.registry.getImage(agent, digest);
    if (!image) return undefined;
    const parts = await ctx.registry.readParts(agent, digest);
    const label = (name: string): string | undefined => parts?.labels[`org.opencontainers.image.${name}`];
    const tag = image.tags.find((one) => !one.startsWith(keepTagPrefix));
    const [commit, source] = [label("revision"), label("source")];
    let manifest: unknown;
    try {
      manifest = JSON.parse(parts?.labels["com.samla.agent"] ?? "null") ?? undefined;
    } catch {
      manifest = undefined;
    }
    return {
      image: {
        digest,
        ...(tag === undefined ? {} : { tag }),
        ...(commit === undefined ? {} : { commit }),
        ...(source === undefined ? {} : { source }),
        ...(parts?.builtAt === undefined ? {} : { builtAt: parts.builtAt }),
      },
      ...(manifest === undefined ? {} : { manifest }),
    };
  },
  gate: (agent, digest) => judgeImage(ctx, agent, digest),
  protect: (agent, digest) => keepImage(ctx, agent, digest),
});

import type { EventActor } from "@samla/contracts";
import type {
  AgentCatalog,
  AgentPlatform,
  ContainerPort,
  Context,
  GateCatalog,
  ImageLedger,
  RegistryPort,
} from "../kernel/index.ts";
import { isFailure, notFound } from "../kernel/index.ts";

/** What the verbs of images have: the registry, thresholds and waivers, the quarantine, and what agents run. */
export type ImageContext = Omit<Context, "catalog"> & {
  registry: RegistryPort;
  gates: GateCatalog;
  ledger: ImageLedger;
  agents: Pick<AgentCatalog, "getAgent" | "listReleases">;
  containers: Pick<ContainerPort, "listTasks">;
  platform: Pick<AgentPlatform, "stage" | "names">;
};

export const actorOf = (ctx: Pick<Context, "actor">): EventActor => ({
  kind: ctx.actor.kind,
  id: ctx.actor.id,
  name: ctx.actor.name,
});

/** Throws `not_found` for an agent that the stage has no repository for. */
export const requireRepository = (ctx: Pick<ImageContext, "platform">, agent: string): void => {
  if (!ctx.platform.names.includes(agent)) throw notFound("repository", agent);
};

/** What a part of AWS gives, or `otherwise` and a line in `problems`: one that does not answer hides none of the others. */
export const attempt = async <T>(
  problems: string[],
  part: string,
  otherwise: T,
  read: () => Promise<T>,
): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    if (isFailure(error) && error.code === "not_found") throw error;
    problems.push(`${part}: ${isFailure(error) ? error.message : "it does not answer"}`);
    return otherwise;
  }
};

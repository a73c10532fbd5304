import type { EmbedderSetting } from "@samla/contracts";
import type { Embedder } from "../../core/kernel/ports/embedder.ts";
import { createEmbedder } from "./index.ts";

/** Settings by the names of their environment variables: the default, and more. */
export type EmbedderSettings = { SAMLA_EMBEDDER: EmbedderSetting; SAMLA_EMBEDDERS: EmbedderSetting[] };

export type OpenedEmbedders = {
  /** In the order of the settings, without those that could not be opened. */
  embedders: Embedder[];
  /** Undefined when it could not be opened. */
  default: Embedder | undefined;
  /** One sentence each: the variable, the cause, the next step. */
  problems: string[];
};

/** Opens the embedders of a deployment. One that cannot be opened is left out and told, so that the others still work. */
export async function openEmbedders(settings: EmbedderSettings): Promise<OpenedEmbedders> {
  const named = [
    { name: "SAMLA_EMBEDDER", setting: settings.SAMLA_EMBEDDER },
    ...settings.SAMLA_EMBEDDERS.map((setting, at) => ({ name: `SAMLA_EMBEDDERS[${at}]`, setting })),
  ];
  const results = await Promise.allSettled(
    // The others may never be asked by this process.
    named.map(({ setting }, at) => createEmbedder(setting, { lazy: at > 0 })),
  );
  const embedders: Embedder[] = [];
  const problems: string[] = [];
  let first: Embedder | undefined;
  results.forEach((result, at) => {
    const name = named[at]?.name ?? "";
    if (result.status === "rejected") {
      const cause = result.reason instanceof Error ? result.reason.message : String(result.reason);
      problems.push(`${name} (${named[at]?.setting.kind}) cannot be opened: ${cause}`);
      return;
    }
    if (at === 0) first = result.value;
    const { id } = result.value;
    if (embedders.some((one) => one.id === id))
      problems.push(`${name} names the embedder ${id}, which is there already: remove it.`);
    else embedders.push(result.value);
  });
  return { embedders, default: first, problems };
}

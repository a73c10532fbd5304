import type { AgentDetail, BuildConfig } from "@samla/contracts";

export type AgentUse = {
  name: string;
  title: string;
  /** It names no index, so it searches every one that its callers may read. */
  isEvery: boolean;
  /** What of its declared contract the configuration would not keep; undefined: nothing. */
  broken: string | undefined;
};

/** Of a manifest only what is needed here; a foreign image has none. */
type Needs = { needs?: Partial<Record<"index" | "embedder", { setting?: string }>> };

const namesIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === "string" && one !== "");

/**
 * How an agent's live release uses an index, by what its manifest says of its settings; undefined when it does not. Its
 * contract breaks when it names an embedder that is another one than the configuration's.
 */
export const useOfIndex = (
  agent: Pick<AgentDetail, "name" | "title" | "live" | "manifest">,
  slug: string,
  config: Pick<BuildConfig, "embedder" | "dimensions">,
): AgentUse | undefined => {
  const { needs } = (agent.manifest ?? {}) as Needs;
  const settings = agent.live?.config.settings;
  if (!settings || !needs?.index?.setting) return undefined;
  const indexes = namesIn(settings[needs.index.setting]);
  if (indexes.length > 0 && !indexes.includes(slug)) return undefined;
  const wanted = needs.embedder?.setting ? namesIn(settings[needs.embedder.setting]) : [];
  const isKept = wanted.length === 0 || wanted.includes(config.embedder);
  return {
    name: agent.name,
    title: agent.title,
    isEvery: indexes.length === 0,
    broken: isKept
      ? undefined
      : `It is released for the embedder ${wanted.join(", ")}; this build has ${
          config.dimensions === 0 ? "no vectors" : `${config.embedder} with ${config.dimensions} dimensions`
        }.`,
  };
};

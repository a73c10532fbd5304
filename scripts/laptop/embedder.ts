import { ensureGloveModels } from "../../packages/engine/embedders/index.ts";
import { type EmbedderSettings, openEmbedders } from "../../packages/engine/embedders/open-embedders.ts";
import { readEmbedderSettings } from "../../packages/engine/embedders/read-settings.ts";
import type { Settings } from "./settings.ts";

/**
 * The embedders that the laptop runs: those named by `SAMLA_EMBEDDER` and `SAMLA_EMBEDDERS` (JSON), then the shipped ones,
 * packed at the first start and always there, as builds may have been made with them. Throws when one that was named
 * cannot be opened.
 */
export const prepareEmbedders = async (settings: Settings): Promise<EmbedderSettings> => {
  const named = readEmbedderSettings(process.env);
  const shipped = (await ensureGloveModels(settings.modelDir)).map((folder) => ({ kind: "glove" as const, folder }));
  const wanted = [...(named.SAMLA_EMBEDDER ? [named.SAMLA_EMBEDDER] : []), ...(named.SAMLA_EMBEDDERS ?? [])];
  // A default of one's own comes first; further ones follow the shipped default.
  const ordered = named.SAMLA_EMBEDDER
    ? [...wanted, ...shipped]
    : [...shipped.slice(0, 1), ...wanted, ...shipped.slice(1)];
  const [first = { kind: "none" as const }, ...rest] = withoutRepetitions(ordered);
  const opened = { SAMLA_EMBEDDER: first, SAMLA_EMBEDDERS: rest };
  if (wanted.length > 0) {
    const { problems } = await openEmbedders(opened);
    if (problems[0]) throw new Error(problems[0]);
  }
  return opened;
};

const withoutRepetitions = <T extends object>(list: readonly T[]): T[] => [
  ...new Map(list.map((one) => [JSON.stringify(one), one])).values(),
];

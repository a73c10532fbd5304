import { join } from "node:path";
import { buildGloveModel, nameGloveModel } from "../../packages/engine/embedders/glove/build-model.ts";
import type { Settings } from "./settings.ts";

/** The embedder that the laptop runs: one named by `SAMLA_EMBEDDER` (JSON), else the shipped one, packed at the first start. */
export const prepareEmbedder = async (settings: Settings): Promise<object> => {
  const configured = process.env.SAMLA_EMBEDDER;
  if (configured) return JSON.parse(configured) as object;
  const folder = join(settings.modelDir, await nameGloveModel());
  await buildGloveModel(folder);
  return { kind: "glove", folder };
};

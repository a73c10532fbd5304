import { FatalError } from "@samla/agent-kit";
import { IndexSlug } from "@samla/contracts";
import { z } from "zod";

/** The settings of `agent.json` with their types; defaults and limits are checked by the manifest's own shape. */
const Settings = z.object({
  indexes: z.array(IndexSlug),
  model: z.enum(["quotations", "openai", "bedrock"]),
  modelId: z.string(),
  modelUrl: z.string(),
  modelTimeoutSeconds: z.number(),
  passages: z.number().int(),
  sentences: z.number().int(),
  embedder: z.string(),
});
export type Settings = z.infer<typeof Settings>;

/** Throws `FatalError` (`bad_configuration`) when the chosen model lacks what it needs. */
export const readSettings = (values: Record<string, unknown>): Settings => {
  const settings = Settings.parse(values);
  const lacking = [
    ...(settings.model !== "quotations" && !settings.modelId ? ["modelId"] : []),
    ...(settings.model === "openai" && !settings.modelUrl ? ["modelUrl"] : []),
  ];
  if (lacking.length > 0)
    throw new FatalError(
      "bad_configuration",
      `The agent's settings are not valid: ${lacking.join(" and ")} must be given for the model ${settings.model}.`,
      "Give them in the settings, or choose quotations, which need no model.",
      { variable: "SAMLA_AGENT_SETTINGS", errors: lacking.map((field) => ({ field, message: "is not given" })) },
    );
  return settings;
};

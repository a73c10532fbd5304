import { EmbedderSetting } from "@samla/contracts";
import type { EmbedderSettings } from "./open-embedders.ts";

const nextStep = "Correct it, or leave the variable out for the shipped embedder.";

/**
 * The embedders that environment variables ask for: `SAMLA_EMBEDDER` (JSON) the default, `SAMLA_EMBEDDERS` (a JSON list) more.
 * Throws one sentence: the variable, the cause, the next step.
 */
export function readEmbedderSettings(environment: Record<string, string | undefined>): Partial<EmbedderSettings> {
  const first = environment.SAMLA_EMBEDDER;
  const more = environment.SAMLA_EMBEDDERS;
  return {
    ...(first ? { SAMLA_EMBEDDER: readSetting("SAMLA_EMBEDDER", parseJson("SAMLA_EMBEDDER", first)) } : {}),
    ...(more ? { SAMLA_EMBEDDERS: readList(parseJson("SAMLA_EMBEDDERS", more)) } : {}),
  };
}

function readList(value: unknown): EmbedderSetting[] {
  if (!Array.isArray(value)) throw new Error(`SAMLA_EMBEDDERS is not a list: [{"kind": …}, …]. ${nextStep}`);
  return value.map((one: unknown, at) => readSetting(`SAMLA_EMBEDDERS[${at}]`, one));
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new Error(`${name} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}. ${nextStep}`, {
      cause,
    });
  }
}

function readSetting(name: string, value: unknown): EmbedderSetting {
  const parsed = EmbedderSetting.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue && issue.path.length > 0 ? `${name}: ${issue.path.join(".")}` : name;
  const kinds = EmbedderSetting.options.map((option) => option.shape.kind.value).join(", ");
  const cause =
    issue?.path.join() === "kind"
      ? `is none of ${kinds}`
      : (issue?.message ?? "is wrong").replace(/^Invalid input: /, "");
  throw new Error(`${where} ${cause}. ${nextStep}`);
}

import { type BuildConfig, changesOfConfig } from "@samla/contracts";
import { type EngineContext, Failure, noEmbedder } from "../kernel/index.ts";

type Problem = { field: string; message: string };

const doubled = (values: readonly string[]): string | undefined =>
  values.find((value, i) => values.indexOf(value) !== i);

const normal = (text: string): string => text.normalize("NFC").toLowerCase().trim().replaceAll(/\s+/g, " ");

/** Throws `invalid_request` naming every part of a configuration that cannot be built as it is here. */
export const checkConfig = (ctx: Pick<EngineContext, "embedders">, config: BuildConfig): void => {
  const problems: Problem[] = [];
  const add = (field: keyof BuildConfig, message: string): void =>
    void problems.push({ field: `config.${field}`, message });
  const embedder = ctx.embedders.get(config.embedder);
  if (!embedder)
    add(
      "embedder",
      `there is no embedder ${config.embedder}; choose one of ${ctx.embedders
        .list()
        .map((one) => one.id)
        .join(", ")}`,
    );
  else if (embedder.dimensions !== config.dimensions)
    add(
      "dimensions",
      embedder.id === noEmbedder.id
        ? "must be 0 for a build of words only"
        : `${embedder.id} makes vectors of ${embedder.dimensions}, not of ${config.dimensions}`,
    );
  if (config.overlapTokens * 2 > config.targetTokens)
    add("overlapTokens", `must be at most half of targetTokens, which is ${config.targetTokens}`);
  for (const part of ["pinned", "buried"] as const) {
    const twice = doubled(config[part].map((rule) => normal(rule.query)));
    if (twice) add(part, `has two rules for the query "${twice}"`);
  }
  for (const pin of config.pinned) {
    const buried = config.buried.find((rule) => normal(rule.query) === normal(pin.query));
    const both = pin.documentIds.find((id) => buried?.documentIds.includes(id));
    if (both) add("pinned", `shows and hides ${both} for the query "${pin.query}"`);
  }
  if (problems.length === 0) return;
  throw new Failure("invalid_request", problems.map((one) => `${one.field}: ${one.message}`).join("; "), {
    nextStep: "Correct these parts of the configuration.",
    errors: problems,
  });
};

/** Whether two configurations make the same build. */
export const isSameConfig = (a: BuildConfig, b: BuildConfig): boolean => changesOfConfig(a, b).length === 0;

import { type AgentManifest, ApiError, limits } from "@samla/contracts";
import type { Api } from "./api.ts";
import { FatalError } from "./fatal.ts";

export type Check = { name: string; ok: boolean; detail?: string };
type Problem = { check: Check; fatal?: FatalError };

const namesIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((name): name is string => typeof name === "string" && name !== "");

const detailOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A refusal is an answer about the credentials; all else may be over in a moment. */
const refusedBy = (error: unknown): FatalError | undefined => {
  if (error instanceof FatalError) return error;
  if (error instanceof ApiError && ["unauthenticated", "forbidden"].includes(error.problem.code))
    return new FatalError(
      "access_denied",
      `The API refused the agent's own credentials: ${error.message}`,
      "Give its client a role that may read, or renew its secret.",
    );
  return undefined;
};

const notChecked = "not checked: the agent has no credentials of its own";

/**
 * Looks whether the API answers and what the manifest needs exists, as the agent itself. Gives each check with its
 * cause, and of failed ones that waiting will not mend, the fatal error that a start ends with.
 */
export const checkNeeds = async (
  manifest: AgentManifest,
  settings: Record<string, unknown>,
  api: Api,
  signal: AbortSignal,
): Promise<Problem[]> => {
  try {
    await api.open.call("platform.health", { signal });
  } catch (error) {
    return [{ check: { name: "api", ok: false, detail: detailOf(error) } }];
  }
  const found: Problem[] = [{ check: { name: "api", ok: true } }];
  const indexes = manifest.needs.index ? namesIn(settings[manifest.needs.index.setting]) : [];
  const embedders = manifest.needs.embedder ? namesIn(settings[manifest.needs.embedder.setting]) : [];
  const own = api.own;
  if (!own) {
    for (const slug of indexes) found.push({ check: { name: `index ${slug}`, ok: true, detail: notChecked } });
    for (const id of embedders) found.push({ check: { name: `embedder ${id}`, ok: true, detail: notChecked } });
    return found;
  }
  try {
    const { items } = await own.call("indexes.list", { query: { limit: limits.pageSizeMax }, signal });
    found.push({ check: { name: "credentials", ok: true } });
    for (const slug of indexes) {
      const ok = items.some((index) => index.slug === slug);
      const detail = `There is no index ${slug}, or the agent's client may not read it.`;
      found.push(
        ok
          ? { check: { name: `index ${slug}`, ok } }
          : {
              check: { name: `index ${slug}`, ok, detail },
              fatal: new FatalError(
                "index_unreachable",
                detail,
                `Create the index ${slug}, let the agent's client read it, or name another index in the settings.`,
                { index: slug },
              ),
            },
      );
    }
    if (embedders.length > 0) {
      const offered = await own.call("embedders.list", { signal });
      for (const id of embedders) {
        const ok = offered.items.some((embedder) => embedder.id === id);
        const detail = `The embedder ${id} is not offered here.`;
        const fatal = new FatalError(
          "embedder_missing",
          detail,
          `Offer ${id} in SAMLA_EMBEDDERS, or name another embedder in the settings.`,
          { embedder: id },
        );
        found.push(
          ok ? { check: { name: `embedder ${id}`, ok } } : { check: { name: `embedder ${id}`, ok, detail }, fatal },
        );
      }
    }
  } catch (error) {
    const fatal = refusedBy(error);
    found.push({ check: { name: "credentials", ok: false, detail: detailOf(error) }, ...(fatal ? { fatal } : {}) });
  }
  return found;
};

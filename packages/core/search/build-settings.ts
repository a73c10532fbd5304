import type { BuildConfig, QuerySettings } from "@samla/contracts";
import type { EngineQuery } from "../kernel/index.ts";

type Rule = QuerySettings["pinned"];

/** A query as rules compare it: case, spacing and the form of accents do not matter. */
const normaliseQuery = (text: string): string => text.normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase();

const documentsOf = (rules: Rule, q: string): string[] => {
  const typed = normaliseQuery(q);
  return [
    ...new Set(
      (rules ?? []).filter((rule) => normaliseQuery(rule.query) === typed).flatMap((rule) => rule.documentIds),
    ),
  ];
};

type SettingsOfQuery = Pick<EngineQuery, "fusion" | "stopWords" | "synonyms" | "pinned" | "buried">;

/** What a build's configuration, or what is tried instead of it, means for one query. */
export const settingsOfQuery = (
  config: BuildConfig | undefined,
  q: string,
  instead: QuerySettings = {},
): SettingsOfQuery => {
  if (!config) return {};
  const { fusion, stopWords, synonyms, pinned, buried } = { ...config, ...withoutUndefined(instead) };
  const first = documentsOf(pinned, q);
  const never = documentsOf(buried, q);
  return {
    fusion: fusion as NonNullable<EngineQuery["fusion"]>,
    stopWords,
    ...(synonyms.length > 0 ? { synonyms } : {}),
    ...(first.length > 0 ? { pinned: first } : {}),
    ...(never.length > 0 ? { buried: never } : {}),
  };
};

const withoutUndefined = <T extends object>(value: T): { [K in keyof T]: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;

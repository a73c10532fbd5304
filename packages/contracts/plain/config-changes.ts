/** Steps of making a build's data, in order. A change of an earlier one makes all later ones run again; `query` needs no data made. */
export const buildStages = ["extract", "split", "embed", "write", "query"] as const;
export type BuildStage = (typeof buildStages)[number];

/** The first stage that a part of the configuration takes part in; a test holds it to the settings of `BuildConfig`. */
export const stageOfSetting = {
  ocr: "extract",
  splitBy: "split",
  targetTokens: "split",
  overlapTokens: "split",
  embedder: "embed",
  dimensions: "embed",
  language: "write",
  stem: "write",
  fieldWeights: "write",
  stopWords: "query",
  synonyms: "query",
  fusion: "query",
  pinned: "query",
  buried: "query",
} as const satisfies Record<string, BuildStage>;
export type BuildSetting = keyof typeof stageOfSetting;

/** Whether two plain values, as JSON has them, are the same. The order of an object's keys does not matter. */
export const isSameValue = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isSameValue(a[key as never], b[key as never]));
};

/** Objects of the same kind are told apart part by part; one of another kind is another thing. */
const areAlike = (a: unknown, b: unknown): boolean => {
  const isPlain = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  return isPlain(a) && isPlain(b) && (a as { kind?: string }).kind === (b as { kind?: string }).kind;
};

const differences = (
  path: string,
  before: unknown,
  after: unknown,
): { path: string; before: unknown; after: unknown }[] => {
  if (isSameValue(before, after)) return [];
  if (!areAlike(before, after)) return [{ path, before, after }];
  const [a, b] = [before as Record<string, unknown>, after as Record<string, unknown>];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
    differences(`${path}.${key}`, a[key], b[key]),
  );
};

/** What differs between two configurations, by stage and then as the table above has it; `path` such as `fieldWeights.title`. */
export const changesOfConfig = (
  before: Readonly<Record<BuildSetting, unknown>>,
  after: Readonly<Record<BuildSetting, unknown>>,
): { path: string; before?: unknown; after?: unknown; stage: BuildStage }[] =>
  (Object.keys(stageOfSetting) as BuildSetting[]).flatMap((setting) =>
    differences(setting, before[setting], after[setting]).map((change) => ({
      ...change,
      stage: stageOfSetting[setting],
    })),
  );

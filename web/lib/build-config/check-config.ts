import type { BuildConfig } from "@samla/contracts";

export type ConfigProblem = { path: string; message: string };
export type CheckedConfig = { config: BuildConfig; problems: [] } | { config: undefined; problems: ConfigProblem[] };

/** Checks a configuration by the contract's shapes, which are loaded when they are first needed. */
export const checkConfig = async (value: unknown): Promise<CheckedConfig> => {
  const { BuildConfig } = await import("@samla/contracts/build-config");
  // Strict, as the API would silently drop a misspelt setting otherwise.
  const parsed = BuildConfig.strict().safeParse(value);
  if (parsed.success) return { config: parsed.data, problems: [] };
  return {
    config: undefined,
    problems: parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message })),
  };
};

const contextLength = 10;

/** Line of the mistake by what engines say of it: a line, a position, or ten characters on either side of the place. */
const lineOfMistake = (said: string, text: string): number | undefined => {
  const line = /line (\d+)/.exec(said)?.[1];
  if (line) return Number(line);
  const [, dots, excerpt] = /, (\.\.\.)?"([\s\S]*)"(?:\.\.\.)? is not valid JSON/.exec(said) ?? [];
  const at = excerpt === undefined ? -1 : text.indexOf(excerpt);
  return at < 0 ? undefined : text.slice(0, at + (dots ? contextLength : 0)).split("\n").length;
};

/** Reads JSON; the problem says where it breaks, in lines, as an editor counts them. */
export const readJson = (text: string): { value: unknown } | { problem: string } => {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const line = lineOfMistake(error instanceof Error ? error.message : "", text);
    return { problem: `This is not JSON yet${line ? `: look at line ${line}` : ""}.` };
  }
};

import type { AgentManifest, AgentSetting } from "@samla/contracts";

/** An image's manifest as far as a form draws it; undefined for a foreign image, whose settings are plain JSON. */
export const manifestOf = (json: unknown): AgentManifest | undefined => {
  const manifest = json as Partial<AgentManifest> | null | undefined;
  return typeof manifest === "object" && manifest !== null && typeof manifest.name === "string" && manifest.settings
    ? (manifest as AgentManifest)
    : undefined;
};

export type SettingValue = string | number | boolean | readonly string[];

const empties: Record<AgentSetting["type"], SettingValue> = {
  text: "",
  "long-text": "",
  number: 0,
  switch: false,
  choice: "",
  list: [],
};

/** A setting's value: what was set, else its default, else what is empty of its type. */
export const valueOfSetting = (setting: AgentSetting, given: unknown): SettingValue => {
  const empty = setting.type === "choice" ? (setting.choices?.[0]?.value ?? "") : empties[setting.type];
  const isFit = Array.isArray(empty) ? Array.isArray(given) : typeof given === typeof empty;
  return (isFit ? given : (setting.default ?? empty)) as SettingValue;
};

/** Settings for another image: what its manifest knows of them stays, the rest falls away, and what it needs is there. */
export const settingsFor = (manifest: AgentManifest, given: Record<string, unknown>): Record<string, SettingValue> =>
  Object.fromEntries(
    Object.entries(manifest.settings)
      .filter(([name, setting]) => Object.hasOwn(given, name) || setting.required)
      .map(([name, setting]) => [name, valueOfSetting(setting, given[name])]),
  );

/** What of the settings cannot be right, by name; the server checks all of it. */
export const settingProblems = (manifest: AgentManifest, settings: Record<string, unknown>): Record<string, string> => {
  const problems: Record<string, string> = {};
  for (const [name, setting] of Object.entries(manifest.settings)) {
    const value = valueOfSetting(setting, settings[name]);
    if (setting.required && value === "") problems[name] = `${setting.title} is needed.`;
    if (setting.type === "number" && typeof value === "number") {
      if (setting.min !== undefined && value < setting.min) problems[name] = `Use at least ${setting.min}.`;
      if (setting.max !== undefined && value > setting.max) problems[name] = `Use at most ${setting.max}.`;
    }
  }
  return problems;
};

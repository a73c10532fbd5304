import type { Index } from "@samla/contracts";

export type Settings = Pick<Index, "name" | "description" | "readers">;
export type SettingName = keyof Settings;
const names = ["name", "description", "readers"] as const;

export const settingsOf = (index: Settings): Settings => ({
  name: index.name,
  description: index.description,
  readers: index.readers,
});

const isSame = (a: Settings[SettingName], b: Settings[SettingName]): boolean =>
  Array.isArray(a) && Array.isArray(b) ? [...a].sort().join("\n") === [...b].sort().join("\n") : a === b;

/** What differs of `mine` from `base`, as the body of a change; undefined if nothing does. */
export const changesOf = (base: Settings, mine: Settings): Partial<Settings> | undefined => {
  const changes: Partial<Settings> = {
    ...(isSame(base.name, mine.name) ? {} : { name: mine.name }),
    ...(isSame(base.description, mine.description) ? {} : { description: mine.description }),
    ...(isSame(base.readers, mine.readers) ? {} : { readers: mine.readers }),
  };
  return Object.keys(changes).length > 0 ? changes : undefined;
};

/** What is wrong with a change, by setting; undefined if nothing is. The shapes are loaded when something is saved. */
export const settingErrors = async (body: Partial<Settings>): Promise<Record<string, string> | undefined> => {
  const { PatchIndexBody } = await import("@samla/contracts/indexes");
  const parsed = PatchIndexBody.safeParse(body);
  return parsed.success
    ? undefined
    : Object.fromEntries(parsed.error.issues.map((issue) => [String(issue.path[0]), issue.message]));
};

export type SettingChange = {
  name: SettingName;
  before: Settings[SettingName];
  theirs: Settings[SettingName];
  mine: Settings[SettingName];
  /** Both changed it, to different values: a person must decide. */
  isConflict: boolean;
};

/** What somebody else changed since `base`, beside what I made of it. */
export const changesByOthers = (base: Settings, mine: Settings, theirs: Settings): SettingChange[] =>
  names
    .filter((name) => !isSame(base[name], theirs[name]))
    .map((name) => ({
      name,
      before: base[name],
      theirs: theirs[name],
      mine: mine[name],
      isConflict: !isSame(base[name], mine[name]) && !isSame(mine[name], theirs[name]),
    }));

/** My changes on top of theirs: where both changed a setting, mine stays. */
export const mergeSettings = (base: Settings, mine: Settings, theirs: Settings): Settings => ({
  name: isSame(base.name, mine.name) ? theirs.name : mine.name,
  description: isSame(base.description, mine.description) ? theirs.description : mine.description,
  readers: isSame(base.readers, mine.readers) ? theirs.readers : mine.readers,
});

/** A setting's value in words. */
export const showSetting = (value: Settings[SettingName]): string =>
  Array.isArray(value) ? value.join(", ") : value === "" ? "(empty)" : value;

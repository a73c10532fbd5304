import type { Release, ReleaseChange, ReleaseConfig } from "@samla/contracts";

type Side = { image: Pick<Release["image"], "digest" | "tag" | "commit">; config: ReleaseConfig };
type Json = ReleaseChange["before"];

const flat = ({ image, config }: Side): Map<string, Json> => {
  const { settings, ...rest } = config;
  return new Map<string, Json>([
    ["image.digest", image.digest],
    ["image.tag", image.tag],
    ["image.commit", image.commit],
    ...Object.entries(rest).map(([name, value]): [string, Json] => [name, value]),
    ...Object.entries(settings).map(([name, value]): [string, Json] => [`settings.${name}`, value]),
  ]);
};

/** What one release changes against another; a member that is not there on a side is left out. */
export const differencesOf = (before: Side | undefined, after: Side): ReleaseChange[] => {
  const old = before ? flat(before) : new Map<string, Json>();
  const now = flat(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => JSON.stringify(old.get(path)) !== JSON.stringify(now.get(path)))
    .map((path) => ({
      path,
      ...(old.get(path) === undefined ? {} : { before: old.get(path) }),
      ...(now.get(path) === undefined ? {} : { after: now.get(path) }),
    }));
};

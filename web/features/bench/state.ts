import type { BuildDetail, Principal, QuerySettings, TrySearchBody } from "@samla/contracts";
import { followsChanges, isSameValue, principalPattern, searchModes } from "@samla/contracts/plain";
import { type QueryPart, queryPartOf } from "../../lib/build-config/query-fields.tsx";
import { createParam, listParam, oneOfParam, textParam } from "../../lib/url-state.ts";

const settingsParam = createParam<QuerySettings>({
  parse: (text) => {
    try {
      const value: unknown = JSON.parse(text);
      // Whether the settings make sense is for the API to say; here they only have to be an object.
      return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as QuerySettings) : null;
    } catch {
      return null;
    }
  },
  serialize: (settings) => JSON.stringify(settings),
  eq: isSameValue,
});

const principalParam = createParam<Principal>({
  parse: (text) => (principalPattern.test(text) ? (text as Principal) : null),
  serialize: (principal) => principal,
});

/** The whole state of the bench; it lives in the URL, so that a finding can be sent around. */
export const benchParsers = {
  q: textParam.whileTyping().withDefault(""),
  mode: oneOfParam(searchModes).withDefault("hybrid"),
  left: textParam,
  right: textParam,
  leftSettings: settingsParam,
  rightSettings: settingsParam,
  as: listParam(principalParam).withDefault([]),
};

export const noneId = "none";

/** The builds of both sides: those named in the address, else the live one and the newest other one that can serve. */
export const chooseBuilds = (
  builds: readonly BuildDetail[],
  left: string | null,
  right: string | null,
): { left: BuildDetail | undefined; right: BuildDetail | undefined } => {
  const usable = builds.filter((build) => followsChanges(build.status));
  const live = usable.find((build) => build.status === "live");
  const candidate = usable.find((build) => build.status === "ready") ?? usable.find((build) => build !== live);
  return {
    left: usable.find((build) => build.id === left) ?? live,
    right: right === noneId ? undefined : (usable.find((build) => build.id === right) ?? candidate),
  };
};

/** The query settings of a side: the build's own with what is tried instead. */
export const settingsOf = (build: BuildDetail, tried: QuerySettings | null): QueryPart => ({
  ...queryPartOf(build.config),
  ...tried,
});

/** What of the settings differs from the build's own; null if nothing does. */
export const triedSettings = (build: BuildDetail, settings: QueryPart): QuerySettings | null => {
  const own = queryPartOf(build.config);
  const different = (Object.keys(own) as (keyof QueryPart)[]).filter((key) => !isSameValue(own[key], settings[key]));
  return different.length === 0 ? null : Object.fromEntries(different.map((key) => [key, settings[key]]));
};

const finished = (rules: QuerySettings["pinned"]) =>
  rules?.filter((rule) => rule.query.trim() !== "" && rule.documentIds.length > 0);

/** What is asked of the API; rules that are still being written are left out. Undefined while there is nothing to ask. */
export const requestOf = (
  q: string,
  mode: TrySearchBody["mode"],
  build: BuildDetail | undefined,
  tried: QuerySettings | null,
  as: readonly Principal[],
): TrySearchBody | undefined =>
  build && q.trim() !== ""
    ? {
        q: q.trim(),
        buildId: build.id,
        mode,
        limit: 10,
        ...(tried
          ? {
              settings: {
                ...tried,
                ...(tried.pinned ? { pinned: finished(tried.pinned) } : {}),
                ...(tried.buried ? { buried: finished(tried.buried) } : {}),
              },
            }
          : {}),
        ...(as.length > 0 ? { as: [...as] } : {}),
      }
    : undefined;

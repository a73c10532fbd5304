import type { SearchQuery } from "@samla/contracts";
import {
  createParam,
  flagParam,
  listParam,
  numberParam,
  oneOfParam,
  textParam,
  type UrlState,
} from "../../lib/url-state.ts";

// Written here and held to the contract by type, so that the first page need not carry the schemas.
export const searchSorts = ["relevance", "newest", "oldest", "title"] as const satisfies readonly SearchQuery["sort"][];
export const searchModes = ["hybrid", "lexical", "vector"] as const satisfies readonly SearchQuery["mode"][];

export const hitsPerPage = 20;
/** The API gives hits up to this offset. */
export const pageMax = 51;

const dayParam = createParam({
  parse: (text) => (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : null),
  serialize: (day: string) => day,
});

const list = listParam(textParam).withDefault([]);

/** The whole state of the search page; it lives in the URL and nowhere else. */
export const searchParsers = {
  q: textParam.whileTyping().withDefault(""),
  index: list,
  kind: list,
  tag: list,
  path: textParam.whileTyping().withDefault(""),
  from: dayParam,
  to: dayParam,
  sort: oneOfParam(searchSorts).withDefault("relevance"),
  mode: oneOfParam(searchModes).withDefault("hybrid"),
  page: numberParam.withDefault(1),
  explain: flagParam.withDefault(false),
};

export type SearchState = UrlState<typeof searchParsers>;

/** Fields that narrow the search, cleared together. */
export const noFilters = { index: null, kind: null, tag: null, path: null, from: null, to: null, page: null } as const;

export const countFilters = (state: SearchState): number =>
  state.index.length +
  state.kind.length +
  state.tag.length +
  (state.path ? 1 : 0) +
  (state.from ? 1 : 0) +
  (state.to ? 1 : 0);

/** The API's query for a state; undefined while there is nothing to search for. */
export const requestOf = (state: SearchState) => {
  const q = state.q.trim();
  if (!q) return undefined;
  const page = Math.min(Math.max(1, state.page), pageMax);
  return {
    q,
    index: state.index,
    kind: state.kind,
    tag: state.tag,
    path: state.path || undefined,
    from: state.from ?? undefined,
    to: state.to ?? undefined,
    sort: state.sort,
    mode: state.mode,
    limit: hitsPerPage,
    offset: (page - 1) * hitsPerPage,
    explain: state.explain,
  };
};
export type SearchRequest = NonNullable<ReturnType<typeof requestOf>>;

/** The list with the value taken out if it was in, put in otherwise. */
export const toggled = (values: readonly string[], value: string): string[] =>
  values.includes(value) ? values.filter((one) => one !== value) : [...values, value];

import type { SearchQuery } from "@samla/contracts";
import {
  createParser,
  debounce,
  type inferParserType,
  parseAsArrayOf,
  parseAsBoolean,
  parseAsInteger,
  parseAsString,
  parseAsStringLiteral,
} from "nuqs";

// Written here and held to the contract by type, so that the first page need not carry the schemas.
export const searchSorts = ["relevance", "newest", "oldest", "title"] as const satisfies readonly SearchQuery["sort"][];
export const searchModes = ["hybrid", "lexical", "vector"] as const satisfies readonly SearchQuery["mode"][];

export const hitsPerPage = 20;
/** The API gives hits up to this offset. */
export const pageMax = 51;

const parseAsDay = createParser({
  parse: (text) => (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : null),
  serialize: (day: string) => day,
});

const list = parseAsArrayOf(parseAsString).withDefault([]);

/** The whole state of the search page; it lives in the URL and nowhere else. */
export const searchParsers = {
  q: parseAsString.withDefault("").withOptions({ limitUrlUpdates: debounce(300) }),
  index: list,
  kind: list,
  tag: list,
  path: parseAsString.withDefault("").withOptions({ limitUrlUpdates: debounce(300) }),
  from: parseAsDay,
  to: parseAsDay,
  sort: parseAsStringLiteral(searchSorts).withDefault("relevance"),
  mode: parseAsStringLiteral(searchModes).withDefault("hybrid"),
  page: parseAsInteger.withDefault(1),
  explain: parseAsBoolean.withDefault(false),
};

export type SearchState = inferParserType<typeof searchParsers>;

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

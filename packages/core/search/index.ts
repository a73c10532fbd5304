export { listEmbedders } from "./list-embedders.ts";
export { filterOf, mergeHits, search, suggest } from "./search.ts";
export { type BuildAnswer, type BuildQuery, searchBuild } from "./search-build.ts";
export { trySearch } from "./try-search.ts";

export { filterOf, mergeHits, search, suggest } from "./search.ts";

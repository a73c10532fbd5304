import { SearchQuery, searchModes, searchSorts } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import * as params from "./search-params.ts";

const empty: params.SearchState = {
  q: "",
  index: [],
  kind: [],
  tag: [],
  path: "",
  from: null,
  to: null,
  sort: "relevance",
  mode: "hybrid",
  page: 1,
  explain: false,
};

describe("the search page's state", () => {
  it("offers exactly the sorts and modes of the contract", () => {
    expect(params.searchSorts).toEqual(searchSorts);
    expect(params.searchModes).toEqual(searchModes);
  });

  it("asks nothing while nothing is typed", () => {
    expect(params.requestOf({ ...empty, q: "   " })).toBeUndefined();
  });

  it("becomes a query that the contract accepts, for every page", () => {
    for (const page of [-3, 1, 2, 51, 9000]) {
      const request = params.requestOf({ ...empty, q: " a b ", page, kind: ["pdf"], from: "2026-01-31" });
      expect(SearchQuery.safeParse({ ...request, explain: "true" }).success).toBe(true);
      expect(request?.q).toBe("a b");
    }
  });

  it("counts what narrows the search", () => {
    expect(params.countFilters({ ...empty, index: ["a"], tag: ["x", "y"], to: "2026-01-01" })).toBe(4);
    expect(params.countFilters({ ...empty, q: "a", sort: "newest", page: 3 })).toBe(0);
  });

  it("toggles a facet's value", () => {
    expect(params.toggled(["a"], "b")).toEqual(["a", "b"]);
    expect(params.toggled(["a", "b"], "a")).toEqual(["b"]);
  });
});

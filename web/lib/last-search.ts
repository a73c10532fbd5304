let last: { q: string; path: string } | undefined;

/** Remembers where the person searched, with all filters, for the way back. Lives as long as the page. */
export const rememberSearch = (q: string, path: string): void => {
  last = { q, path };
};

/** The way back to a search: the very one they came from if it was for these words, else a plain one. */
export const searchPathFor = (q: string): string =>
  last?.q === q ? last.path : q ? `/search?${new URLSearchParams({ q })}` : "/search";

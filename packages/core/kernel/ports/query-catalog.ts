import type { QueryRecord } from "@samla/contracts";
import type { Page } from "./records.ts";

/** A search as stored: what the API shows, and with whose rights it was made. */
export type StoredQuery = QueryRecord & {
  /** Principals that it searched as; undefined: with those of an administrator. */
  principals?: string[];
  expiresAtSeconds: number;
};

/** The narrow row of a search: what lists and reports read many of. */
export type QueryLine = {
  id: string;
  at: string;
  /** Absent in an anonymous log. */
  who?: string;
  text: string;
  total: number;
  totalMs: number;
  clicks: number;
  /** Further pages of a search are no searches of their own. */
  page: boolean;
};

/** The log of searches. It belongs to the index, whichever build served. */
export interface QueryCatalog {
  /** One search over several indexes is one record an index, under the same id. */
  putQueries(queries: StoredQuery[]): Promise<void>;
  getQuery(slug: string, queryId: string): Promise<StoredQuery | undefined>;
  getQueries(slug: string, queryIds: string[]): Promise<Map<string, StoredQuery>>;
  /**
   * Reads the query, asks `decide` what becomes of it and writes that; reads and asks again when somebody was faster.
   * Undefined: nothing to do. Returns undefined when there is no such query.
   */
  changeQuery(
    slug: string,
    queryId: string,
    decide: (query: StoredQuery) => StoredQuery | undefined,
  ): Promise<StoredQuery | undefined>;
  /** Narrow rows not older than `since`; reads a bounded amount. Throws `invalid_cursor`. */
  listQueryLines(query: {
    index: string;
    view: "recent" | "zero-results" | "slow" | "with-thumbs";
    q?: string | undefined;
    /** Only those that say who searched. */
    named?: boolean;
    since: string;
    cursor?: string | undefined;
    limit: number;
  }): Promise<Page<QueryLine>>;
  /** Removes some searches of the index, those older than `before` or all; says whether any may be left. */
  forgetQueries(slug: string, before?: string): Promise<{ removed: number; left: boolean }>;
}

import { z } from "zod";
import { IndexSlug, QueryId } from "./ids.ts";
import {
  FeedbackBody,
  ListQueriesQuery,
  QueryPage,
  QueryRecord,
  QueryReport,
  QueryReportQuery,
  ReplayBody,
  ReplayResult,
} from "./queries.ts";
import { defineRoute } from "./route.ts";

const indexParams = z.object({ index: IndexSlug });
const queryParams = z.object({ queryId: QueryId });

/** The log of searches: what people asked, what they were shown, what they made of it. */
export const queryRoutes = {
  "queries.list": defineRoute({
    group: "queries",
    summary: "List the searches of an index",
    permission: "queries.read",
    params: indexParams,
    query: ListQueriesQuery,
    response: QueryPage,
    successStatus: 200,
  }),
  "queries.report": defineRoute({
    group: "queries",
    summary: "What people ask of an index",
    permission: "queries.read",
    params: indexParams,
    query: QueryReportQuery,
    response: QueryReport,
    successStatus: 200,
  }),
  "queries.get": defineRoute({
    group: "queries",
    summary: "Get one search as it was",
    permission: "queries.read",
    params: z.object({ index: IndexSlug, queryId: QueryId }),
    response: QueryRecord,
    successStatus: 200,
  }),
  "queries.feedback": defineRoute({
    group: "queries",
    summary: "Say that a hit of your search was opened, good or bad",
    permission: "search",
    params: queryParams,
    body: FeedbackBody,
    successStatus: 204,
  }),
  "queries.replay": defineRoute({
    group: "queries",
    summary: "Run a search again on the build it ran on",
    permission: "queries.read",
    params: queryParams,
    body: ReplayBody,
    response: ReplayResult,
    successStatus: 200,
  }),
} as const;

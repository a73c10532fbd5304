export { giveFeedback } from "./give-feedback.ts";
export { getQuery, listQueries } from "./read-queries.ts";
export { recordSearch } from "./record-search.ts";
export { replayQuery } from "./replay.ts";
export { reportQueries } from "./report.ts";
export { trimQueryLogs } from "./trim-logs.ts";

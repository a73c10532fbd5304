/** Values of the contract without shapes, for browsers: nothing here loads zod. The shapes derive from these. */
export * from "./plain/agent-passage.ts";
export * from "./plain/agents.ts";
export * from "./plain/answers.ts";
export * from "./plain/choices.ts";
export * from "./plain/config-changes.ts";
export * from "./plain/endpoints.ts";
export * from "./plain/errors.ts";
export * from "./plain/events.ts";
export * from "./plain/ids.ts";
export * from "./plain/images.ts";
export * from "./plain/kinds.ts";
export * from "./plain/limits.ts";
export * from "./plain/roles.ts";
export * from "./plain/statuses.ts";
export * from "./plain/sync-runs.ts";
export * from "./plain/texts.ts";
export * from "./plain/transport.ts";

export * from "./context.ts";
export * from "./failure.ts";
export * from "./ids.ts";
export * from "./ports/catalog.ts";
export * from "./ports/extractor.ts";
export * from "./ports/object-store.ts";
export * from "./ports/search-engine.ts";
export * from "./ports/work-queues.ts";

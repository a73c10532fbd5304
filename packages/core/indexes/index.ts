export { dropOrphanTables } from "./drop-orphan-tables.ts";
export { createIndex, defaultBuildConfig, deleteIndex, getIndex, listIndexes, patchIndex } from "./indexes.ts";

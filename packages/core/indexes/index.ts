export { createIndex, defaultBuildConfig, deleteIndex, getIndex, listIndexes, patchIndex } from "./indexes.ts";

export { createLanceEngine, type EngineLog, type LanceOptions } from "./lance/index.ts";

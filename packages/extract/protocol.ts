import type { ExtractFailureCode } from "@samla/contracts/extraction";
import type { ExtractProgress } from "./reader.ts";
import type { ReadRequest } from "./readers.ts";

/** Parent to child. The result is written to `resultPath` as JSON: a large document is no message. */
export type ChildRequest = ReadRequest & { id: number; resultPath: string };

/** Child to parent. */
export type ChildMessage =
  | { type: "ready" }
  | { type: "progress"; id: number; progress: ExtractProgress }
  | { type: "done"; id: number; sizeBytes: number }
  | { type: "failed"; id: number; code: ExtractFailureCode; detail: string; suspicious: boolean };

import { fileURLToPath } from "node:url";
import type { Extractor } from "@samla/core/kernel";
import { extractFile } from "@samla/extract";
import { splitIntoPassages } from "@samla/extract/chunk";
import { getParts } from "./compose.ts";

/** The readers in their child process, whose bundle lies beside this one's. */
export const createExtractor = (): Extractor => ({
  extract: ({ filePath, name, ocr, signal, onProgress }) => {
    const { env } = getParts();
    const cachePath = env.SAMLA_CACHE_DIR;
    return extractFile({
      path: filePath,
      name,
      signal,
      onProgress,
      childPath: fileURLToPath(new URL("./child.mjs", import.meta.url)),
      ocr: { enabled: ocr === "auto", ...(cachePath ? { cachePath } : {}) },
    });
  },
  split: (extraction, options) => splitIntoPassages(extraction, options),
});

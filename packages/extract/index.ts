import { fileURLToPath } from "node:url";
import type { Extraction } from "@samla/contracts/extraction";
import { ExtractFailure } from "./failure.ts";
import { type IsolatedChild, startChild } from "./isolate.ts";
import { defaultLimits, type ExtractLimits } from "./limits.ts";
import type { AssetPaths, ExtractProgress, OcrSettings } from "./reader.ts";

export { defaultPassageOptions, type PassageOptions, splitIntoPassages } from "./chunk.ts";
export { ExtractFailure } from "./failure.ts";
export { defaultLimits, type ExtractLimits } from "./limits.ts";
export type { AssetPaths, ExtractProgress, OcrSettings } from "./reader.ts";
export { type SniffedType, sniffType } from "./sniff.ts";
export { estimateTokens } from "./tokens.ts";

export type ExtractOptions = {
  /** The file on disk; the caller keeps it until the call returns. */
  path: string;
  /** The name it was uploaded under: decides between kinds of text. */
  name: string;
  limits?: Partial<ExtractLimits>;
  /** Without it pages and images that need OCR are not read. */
  ocr?: OcrSettings;
  assets?: AssetPaths;
  /** Aborting kills the reader within moments; the call fails with `cancelled`. */
  signal?: AbortSignal;
  onProgress?: (progress: ExtractProgress) => void;
  /** The child's entry when bundled; default: `child.ts` beside this file. */
  childPath?: string;
};

type Idle = { child: IsolatedChild; key: string };

/** At most this many children wait for the next file. */
const idleMax = 2;
const idle: Idle[] = [];

async function takeChild(childPath: string, limits: ExtractLimits, key: string): Promise<IsolatedChild> {
  for (let index = idle.length - 1; index >= 0; index--) {
    if (idle[index]?.key !== key) continue;
    const [entry] = idle.splice(index, 1);
    if (!entry) continue;
    entry.child.setIdle(false);
    // It may have ended while it waited.
    if (await entry.child.isReusable()) return entry.child;
    void entry.child.kill();
  }
  return startChild(childPath, limits);
}

/** A child that served well waits for the next file; any other ends, without the caller waiting for it. */
async function giveBack(child: IsolatedChild, key: string, mayReuse: boolean): Promise<void> {
  if (!mayReuse || !(await child.isReusable())) {
    void child.kill();
    return;
  }
  child.setIdle(true);
  idle.push({ child, key });
  if (idle.length > idleMax) void idle.shift()?.child.kill();
}

/**
 * Reads a file of any supported kind in a child process with limits on time and memory, so that no file can
 * crash, hang or exhaust the caller. Throws ExtractFailure; every code but `internal` is final for these bytes.
 */
export async function extractFile(options: ExtractOptions): Promise<Extraction> {
  const { path, name, ocr, assets, signal, onProgress } = options;
  if (signal?.aborted) throw new ExtractFailure("cancelled", "processing was cancelled");
  const limits: ExtractLimits = { ...defaultLimits, ...options.limits };
  const childPath = options.childPath ?? fileURLToPath(new URL("./child.ts", import.meta.url));
  const key = JSON.stringify([childPath, limits]);
  const child = await takeChild(childPath, limits, key);
  let mayReuse = false;
  try {
    const extraction = await child.run({ path, name, limits, ocr, assets }, { signal, onProgress });
    mayReuse = true;
    return extraction;
  } catch (error) {
    mayReuse =
      error instanceof ExtractFailure &&
      ["empty", "unsupported", "encrypted", "corrupt", "too_large"].includes(error.code);
    throw error;
  } finally {
    await giveBack(child, key, mayReuse);
  }
}

/** Ends the children that wait. Call it at shutdown; waiting children do not keep the process alive. */
export async function closeExtractors(): Promise<void> {
  await Promise.all(idle.splice(0).map((entry) => entry.child.kill()));
}

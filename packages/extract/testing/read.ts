import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Extraction } from "@samla/contracts/extraction";
import { defaultLimits, type ExtractLimits } from "../limits.ts";
import { readDocument } from "../readers.ts";

/** Reads made bytes in this process, through a temporary file as the real path does. */
export async function readBytes(
  bytes: Buffer | string,
  name: string,
  options: { limits?: Partial<ExtractLimits>; ocr?: boolean } = {},
): Promise<Extraction> {
  const folder = await mkdtemp(join(tmpdir(), "samla-test-"));
  const path = join(folder, "source");
  try {
    await writeFile(path, bytes);
    return await readDocument({
      path,
      name,
      limits: { ...defaultLimits, ...options.limits },
      ocr: { enabled: options.ocr ?? false, cachePath: join(tmpdir(), "samla-test-ocr") },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** "type: text" of every block, for comparing whole documents at a glance. */
export function listBlocks({ text, blocks }: Pick<Extraction, "text" | "blocks">): string[] {
  return blocks.map((block) => `${block.type}${block.level ?? ""}: ${text.slice(block.start, block.end)}`);
}

import { ExtractFailure } from "../failure.ts";
import { createOcrEngine, type OcrEngine, OcrTimeout } from "../ocr/engine.ts";
import { buildOcrLines } from "../ocr/lines.ts";
import type { ReaderInput } from "../reader.ts";
import type { PdfPage } from "./types.ts";

/** Pages with less text than this may be scans with a stamp or a page number laid over them. */
const sparseChars = 100;
/** After this many pages past their time the rest is left: something about the file is wrong. */
const timeoutsBeforeGivingUp = 2;

const countChars = (page: PdfPage) => page.lines.reduce((sum, line) => sum + line.text.replace(/\s/g, "").length, 0);

/** Fonts without a map to Unicode yield private or replacement characters. */
export function isGarbled(text: string): boolean {
  const chars = text.replace(/\s/g, "");
  if (chars.length < 20) return false;
  const unreadable = chars.match(/[\ufffd\p{Co}\p{Cn}\p{Cc}]/gu)?.length ?? 0;
  return unreadable > chars.length * 0.3;
}

async function findPagesForOcr(pages: readonly PdfPage[], bytes: Buffer, engine: OcrEngine): Promise<PdfPage[]> {
  const wanted = new Set<number>();
  let sparse = 0;
  for (const page of pages) {
    const chars = countChars(page);
    if (chars === 0 || isGarbled(page.lines.map((line) => line.text).join(" "))) wanted.add(page.number);
    else if (chars < sparseChars) sparse++;
  }
  if (sparse > 0) {
    const scans = await engine.findScans(bytes).catch(() => new Set<number>());
    for (const page of pages) if (countChars(page) < sparseChars && scans.has(page.number)) wanted.add(page.number);
  }
  return pages.filter((page) => wanted.has(page.number));
}

function needsLook(page: PdfPage): boolean {
  return countChars(page) < sparseChars || isGarbled(page.lines.map((line) => line.text).join(" "));
}

async function recognizePage(engine: OcrEngine, page: PdfPage, input: ReaderInput): Promise<PdfPage> {
  const found = await engine.recognize(input.bytes, page.number, input.limits.ocrPageTimeoutMs);
  const scale = page.width > 0 && found.width > 0 ? page.width / found.width : 1;
  const lines = buildOcrLines(found, scale);
  if (lines.length === 0) return page;
  const [width, height] = page.width > 0 ? [page.width, page.height] : [found.width, found.height];
  return { ...page, width, height, lines, ocr: true, damaged: false };
}

/**
 * Replaces pages without usable text by what OCR reads on them. `tried` says whether any page went through OCR.
 * @throws ExtractFailure `internal` when all pages need OCR and the recogniser is not installed.
 */
export async function recognizePages(
  pages: readonly PdfPage[],
  input: ReaderInput,
): Promise<{ pages: PdfPage[]; tried: boolean }> {
  const unchanged = { pages: [...pages], tried: false };
  if (!input.ocr?.enabled || !pages.some(needsLook)) return unchanged;
  const engine = await createOcrEngine(input.ocr).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    if (pages.every((page) => page.lines.length === 0)) {
      throw new ExtractFailure("internal", `OCR cannot start: ${reason}`, { cause: error });
    }
    input.warn("Pages without text were not read: OCR is not available");
    return null;
  });
  if (!engine) return unchanged;
  const wanted = await findPagesForOcr(pages, input.bytes, engine);
  const chosen = wanted.slice(0, input.limits.ocrPages);
  if (chosen.length < wanted.length) {
    input.warn(`Only the first ${chosen.length} of ${wanted.length} pages without text were read by OCR`);
  }
  const results = new Map<number, PdfPage>();
  const failed: number[] = [];
  let timeouts = 0;
  for (const [index, page] of chosen.entries()) {
    input.onProgress?.({ step: "ocr", page: index + 1, pages: chosen.length });
    try {
      results.set(page.number, await recognizePage(engine, page, input));
    } catch (error) {
      if (!page.damaged) failed.push(page.number);
      if (error instanceof OcrTimeout && ++timeouts >= timeoutsBeforeGivingUp) {
        failed.push(...chosen.slice(index + 1).map((rest) => rest.number));
        break;
      }
    }
  }
  if (failed.length > 0)
    input.warn(`${failed.length} of ${pages.length} pages could not be read by OCR: ${failed.slice(0, 20).join(", ")}`);
  return { pages: pages.map((page) => results.get(page.number) ?? page), tried: chosen.length > 0 };
}

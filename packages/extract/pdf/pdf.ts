import { createBlockBuilder } from "../block-builder.ts";
import { ExtractFailure } from "../failure.ts";
import type { Reader, ReaderInput } from "../reader.ts";
import { buildPdfBlocks } from "./blocks.ts";
import { readInfo, readOutline, readPages } from "./document.ts";
import { openPdf } from "./engine.ts";
import { findHeadings, measureType, type PdfHeading } from "./headings.ts";
import { recognizePages } from "./recognize.ts";
import { removeRunningHeads } from "./running-heads.ts";
import type { PdfPage } from "./types.ts";

function listPages(pages: readonly PdfPage[]): string {
  const numbers = pages.map((page) => page.number);
  return numbers.length > 20
    ? `${numbers.slice(0, 20).join(", ")} and ${numbers.length - 20} more`
    : numbers.join(", ");
}

function warnAboutDamage(pages: readonly PdfPage[], warn: ReaderInput["warn"]): void {
  const damaged = pages.filter((page) => page.damaged);
  if (damaged.length > 0) warn(`${damaged.length} of ${pages.length} pages could not be read: ${listPages(damaged)}`);
}

/** The most prominent heading of the first page; where several are equal, the first. */
function findPrintedTitle(headings: readonly PdfHeading[]): string | undefined {
  const top = Math.min(...headings.map((heading) => heading.level));
  const text = headings.find((heading) => heading.level === top)?.text;
  return text && text.length >= 4 && text.length <= 200 ? text : undefined;
}

/**
 * Reads a PDF: text with positions from pdf.js, pages without usable text through OCR when it is offered.
 * @throws ExtractFailure `encrypted`, `corrupt`, `too_large`, `too_complex`, `empty`, `ocr_empty`.
 */
export const readPdf: Reader = async (input) => {
  const document = await openPdf(input.bytes, input.assets?.pdfjsPath);
  try {
    const onPage = (page: number, pages: number) => input.onProgress?.({ step: "extract", page, pages });
    const read = await readPages(document, input.limits, onPage);
    const outline = await readOutline(document);
    const info = await readInfo(document);
    const recognized = await recognizePages(read, input);
    const pages = removeRunningHeads(recognized.pages);
    if (pages.every((page) => page.lines.length === 0)) {
      if (pages.every((page) => page.damaged)) throw new ExtractFailure("corrupt", "none of its pages can be read");
      throw new ExtractFailure(recognized.tried ? "ocr_empty" : "empty", `${pages.length} pages without text`);
    }
    warnAboutDamage(pages, input.warn);
    const builder = createBlockBuilder(input.limits);
    for (const page of pages) {
      const size = page.width > 0 ? { width: page.width, height: page.height } : {};
      builder.page(undefined, page.ocr ? { ...size, ocr: true } : size);
    }
    const headings = findHeadings(pages, outline, measureType(pages.filter((page) => !page.ocr)));
    buildPdfBlocks(builder, pages, headings);
    const title = info.title ?? findPrintedTitle(headings.get(1) ?? []);
    return { ...builder.result(), ...info, title, ocrPages: pages.filter((page) => page.ocr).length };
  } finally {
    await document.loadingTask.destroy();
  }
};

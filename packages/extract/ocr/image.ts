import { createBlockBuilder } from "../block-builder.ts";
import { ExtractFailure } from "../failure.ts";
import { buildPdfBlocks } from "../pdf/blocks.ts";
import type { PdfPage } from "../pdf/types.ts";
import type { Reader, ReaderInput } from "../reader.ts";
import { createOcrEngine, type OcrEngine, OcrTimeout } from "./engine.ts";
import { type ImageSize, readImageSize } from "./image-size.ts";
import { buildOcrLines } from "./lines.ts";
import { listTiffPages, putPageFirst } from "./tiff-pages.ts";

/**
 * Reads the text in an image by OCR, page by page where a TIFF has several; rectangles are in pixels.
 * @throws ExtractFailure `too_large` (pixels), `corrupt`, `unsupported`, `timeout`, `ocr_empty`, `empty` when OCR is not offered.
 */
export const readImage: Reader = async (input) => {
  const size = readImageSize(input.bytes);
  if (!size) throw new ExtractFailure("corrupt", "the image has no readable header");
  if (size.width * size.height > input.limits.imagePixels) {
    const megapixels = input.limits.imagePixels / 1e6;
    throw new ExtractFailure(
      "too_large",
      `${size.width} x ${size.height} pixels; at most ${megapixels} megapixels are read`,
    );
  }
  if (!input.ocr?.enabled) throw new ExtractFailure("empty", "the image needs OCR, which is switched off");
  const engine = await createOcrEngine(input.ocr);
  const pages = await readPages(input, engine, size);
  const drawn = pages.filter((page) => page.lines.length > 0);
  if (drawn.length === 0) throw new ExtractFailure("ocr_empty", "no words were recognised");
  const builder = createBlockBuilder(input.limits);
  for (const { width, height } of pages) builder.page(undefined, { width, height, ocr: true });
  buildPdfBlocks(builder, pages, new Map());
  return { ...builder.result(), ocrPages: pages.length };
};

/** Reads one page after the other; a later page that cannot be decoded is named in a warning and left empty. */
const readPages = async (input: ReaderInput, engine: OcrEngine, size: ImageSize): Promise<PdfPage[]> => {
  const sources = listTiffPages(input.bytes);
  const count = Math.min(Math.max(sources.length, 1), input.limits.ocrPages);
  if (count < sources.length) input.warn(`Only the first ${count} of ${sources.length} pages of this image were read`);
  const pages: PdfPage[] = [];
  const failed: number[] = [];
  for (let number = 1; number <= count; number++) {
    input.onProgress?.({ step: "ocr", page: number, pages: count });
    const source = sources[number - 1];
    const { width, height } = source ?? size;
    const bytes = source && number > 1 ? putPageFirst(input.bytes, source) : input.bytes;
    const empty: PdfPage = { number, width, height, lines: [], ocr: true, damaged: false };
    try {
      const found = await engine.recognize(bytes, 1, input.limits.ocrPageTimeoutMs);
      pages.push({ ...empty, lines: buildOcrLines(found, found.width > 0 ? width / found.width : 1) });
    } catch (error) {
      if (error instanceof OcrTimeout) throw new ExtractFailure("timeout", "recognising the image", { cause: error });
      const reason = error instanceof Error ? error.message : String(error);
      if (number === 1) {
        // Whole, but stored in a way that the decoder does not know (as a palette or CMYK in TIFF).
        const code = /\b(?:not support|unsupported)/i.test(reason) ? "unsupported" : "corrupt";
        throw new ExtractFailure(code, `the image cannot be decoded (${reason.slice(0, 200)})`, { cause: error });
      }
      failed.push(number);
      pages.push({ ...empty, damaged: true });
    }
  }
  if (failed.length > 0) input.warn(`${failed.length} pages could not be decoded: ${failed.slice(0, 20).join(", ")}`);
  return pages;
};

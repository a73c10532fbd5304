import { createBlockBuilder } from "../block-builder.ts";
import { ExtractFailure } from "../failure.ts";
import { buildPdfBlocks } from "../pdf/blocks.ts";
import type { PdfPage } from "../pdf/types.ts";
import type { Reader } from "../reader.ts";
import { createOcrEngine, OcrTimeout } from "./engine.ts";
import { readImageSize } from "./image-size.ts";
import { buildOcrLines } from "./lines.ts";

/**
 * Reads the text in an image by OCR; rectangles are in pixels.
 * @throws ExtractFailure `too_large` (pixels), `corrupt`, `timeout`, `ocr_empty`, `empty` when OCR is not offered.
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
  input.onProgress?.({ step: "ocr", page: 1, pages: 1 });
  const page = await engine.recognize(input.bytes, 1, input.limits.ocrPageTimeoutMs).catch((error: unknown) => {
    if (error instanceof OcrTimeout) throw new ExtractFailure("timeout", "recognising the image", { cause: error });
    const reason = error instanceof Error ? error.message : String(error);
    throw new ExtractFailure("corrupt", `the image cannot be decoded (${reason.slice(0, 200)})`, { cause: error });
  });
  const scale = page.width > 0 ? size.width / page.width : 1;
  const lines = buildOcrLines(page, scale);
  if (lines.length === 0) throw new ExtractFailure("ocr_empty", "no words were recognised");
  if (size.pages > 1)
    input.warn(`Only the first of ${size.pages} pages of this image was read; save it as PDF to read all`);
  const builder = createBlockBuilder(input.limits);
  builder.page(undefined, { width: size.width, height: size.height, ocr: true });
  const drawn: PdfPage = { number: 1, width: size.width, height: size.height, lines, ocr: true, damaged: false };
  buildPdfBlocks(builder, [drawn], new Map());
  return { ...builder.result(), ocrPages: 1 };
};

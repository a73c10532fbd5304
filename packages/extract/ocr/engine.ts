import type { LiteParse, TextItem } from "@llamaindex/liteparse";
import type { OcrSettings } from "../reader.ts";
import { prepareLanguageData } from "./language-data.ts";

/** A recognised word or run of words; position in points at 72 dpi from the top left. */
export type OcrWord = { text: string; x: number; y: number; width: number; height: number; confidence: number };
export type OcrPage = { width: number; height: number; words: OcrWord[] };

export class OcrTimeout extends Error {}

export type OcrEngine = {
  /** One page (1-based) of a PDF, or an image as page 1. Rejects with OcrTimeout after `timeoutMs`. */
  recognize(source: Buffer, page: number, timeoutMs: number): Promise<OcrPage>;
  /** Pages that are one picture, as a scan is, whatever little text lies over it. */
  findScans(source: Buffer): Promise<Set<number>>;
};

/** Finds small print that 150 dpi loses, for a sixth more time; 300 dpi finds no more. */
const dpi = 200;

function toWord(item: TextItem): OcrWord {
  const { text, x, y, width, height } = item;
  return { text: text.trim(), x, y, width, height, confidence: item.confidence ?? 1 };
}

/** Marks of dirt come out as single signs of low confidence. */
function isWord(word: OcrWord): boolean {
  if (word.text === "" || word.width <= 0 || word.height <= 0) return false;
  return word.confidence >= 0.5 || /[\p{L}\p{N}]/u.test(word.text);
}

async function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new OcrTimeout(`no result within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The recogniser (Tesseract over PDFium, native). It works on threads of its own, so a page past its time is
 * given up while the process goes on; the process is not used again after that.
 * @throws Error when the native package or the language data is missing.
 */
export async function createOcrEngine(settings: OcrSettings): Promise<OcrEngine> {
  const { folder, language } = await prepareLanguageData(settings);
  const library = await import("@llamaindex/liteparse");
  const open = (targetPages?: string): LiteParse =>
    new library.LiteParse({
      ocrEnabled: true,
      tessdataPath: folder,
      ocrLanguage: language,
      outputFormat: "text",
      quiet: true,
      numWorkers: 1,
      dpi,
      ...(targetPages ? { targetPages } : {}),
    });
  return {
    async recognize(source, page, timeoutMs) {
      const result = await withTimeout(open(String(page)).parse(source), timeoutMs);
      const [first] = result.pages;
      if (!first) return { width: 0, height: 0, words: [] };
      return { width: first.width, height: first.height, words: first.textItems.map(toWord).filter(isWord) };
    },
    async findScans(source) {
      const stats = await open().isComplex(source);
      return new Set(stats.filter((page) => page.fullPageImage || page.isGarbled).map((page) => page.pageNumber));
    },
  };
}

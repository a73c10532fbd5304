import { ExtractFailure } from "../failure.ts";
import type { ExtractLimits } from "../limits.ts";
import type { PDFDocumentProxy, PDFPageProxy } from "./engine.ts";
import { buildLines, type FontStyle, foldSpace, type TextPiece } from "./lines.ts";
import { orderLines } from "./order.ts";
import type { OutlineEntry, PdfPage } from "./types.ts";

const outlineEntries = 5_000;

type TextContent = Awaited<ReturnType<PDFPageProxy["getTextContent"]>>;
type PageText = { pieces: TextPiece[]; styles: Record<string, FontStyle> };
type TextLimits = Pick<ExtractLimits, "pdfPages" | "pdfTextItems" | "pdfTextItemsOfPage" | "outputChars">;

/** Reads a page's text as a stream, so that a page made to have no end is left at the limit. */
async function readText(page: PDFPageProxy, limits: TextLimits): Promise<PageText> {
  const reader: ReadableStreamDefaultReader<TextContent> = page
    .streamTextContent({ disableNormalization: false })
    .getReader();
  const pieces: TextPiece[] = [];
  const styles: PageText["styles"] = {};
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { pieces, styles };
    for (const item of value.items) if ("str" in item) pieces.push(item);
    Object.assign(styles, value.styles);
    if (pieces.length > limits.pdfTextItemsOfPage) {
      reader.cancel(new Error("too many pieces of text")).catch(() => undefined);
      throw new ExtractFailure(
        "too_complex",
        `page ${page.pageNumber} has more than ${limits.pdfTextItemsOfPage} pieces of text`,
      );
    }
  }
}

async function readPage(page: PDFPageProxy, limits: TextLimits): Promise<{ page: PdfPage; items: number }> {
  const view = page.getViewport({ scale: 1 });
  const { pieces, styles } = await readText(page, limits);
  const lines = buildLines(pieces, styles, view.transform, page.userUnit || 1);
  const { width, height } = view;
  const read: PdfPage = { number: page.pageNumber, width, height, lines, ocr: false, damaged: false };
  return { page: { ...read, lines: orderLines(read) }, items: pieces.length };
}

/**
 * Lines of every page in reading order. A page that cannot be read is marked `damaged` and left empty.
 * @throws ExtractFailure `too_large` (pages) or `too_complex` (pieces of text).
 */
export async function readPages(
  document: PDFDocumentProxy,
  limits: TextLimits,
  onPage: (page: number, pages: number) => void,
): Promise<PdfPage[]> {
  const count = document.numPages;
  if (count > limits.pdfPages)
    throw new ExtractFailure("too_large", `${count} pages; at most ${limits.pdfPages} are read`);
  const pages: PdfPage[] = [];
  let items = 0;
  let chars = 0;
  for (let number = 1; number <= count; number++) {
    try {
      const page = await document.getPage(number);
      const read = await readPage(page, limits);
      page.cleanup();
      pages.push(read.page);
      items += read.items;
      for (const line of read.page.lines) chars += line.text.length;
    } catch (error) {
      if (error instanceof ExtractFailure) throw error;
      pages.push({ number, width: 0, height: 0, lines: [], ocr: false, damaged: true });
    }
    if (items > limits.pdfTextItems) {
      throw new ExtractFailure("too_complex", `more than ${limits.pdfTextItems} pieces of text`);
    }
    if (chars > limits.outputChars)
      throw new ExtractFailure("too_large", `more than ${limits.outputChars} characters of text`);
    onPage(number, count);
  }
  return pages;
}

type OutlineNode = Awaited<ReturnType<PDFDocumentProxy["getOutline"]>>[number];

/** The outline as a flat list; entries without a page in this file are left out. Damaged outlines count as none. */
export async function readOutline(document: PDFDocumentProxy): Promise<OutlineEntry[]> {
  const entries: OutlineEntry[] = [];
  let visited = 0;
  const findPage = async (dest: OutlineNode["dest"]): Promise<number | null> => {
    const target = typeof dest === "string" ? await document.getDestination(dest) : dest;
    const reference = target?.[0];
    if (typeof reference === "number") return reference + 1;
    return reference ? (await document.getPageIndex(reference)) + 1 : null;
  };
  const walk = async (nodes: readonly OutlineNode[], level: number): Promise<void> => {
    for (const node of nodes) {
      if (++visited > outlineEntries || level > 20) return;
      const page = await findPage(node.dest).catch(() => null);
      const title = foldSpace(node.title);
      if (page !== null && title) entries.push({ level, title, page });
      await walk(node.items, level + 1);
    }
  };
  try {
    await walk((await document.getOutline()) ?? [], 1);
  } catch {
    return entries;
  }
  return entries;
}

const generatedTitle =
  /^(?:untitled|microsoft (?:word|powerpoint|excel)\s*-|.*\.(?:docx?|pptx?|xlsx?|dvi|tex|indd|qxd|pdf)$)/i;

/** Title, language and properties the file states about itself. Damaged metadata counts as none. */
export async function readInfo(
  document: PDFDocumentProxy,
): Promise<{ title?: string; language?: string; properties: Record<string, string> }> {
  const { info } = await document.getMetadata().catch(() => ({ info: {} }));
  const values = new Map(Object.entries(info));
  const read = (key: string) => {
    const value = values.get(key);
    return typeof value === "string" ? foldSpace(value).slice(0, 1000) : "";
  };
  const properties: Record<string, string> = {};
  const names = {
    author: "Author",
    subject: "Subject",
    keywords: "Keywords",
    creator: "Creator",
    producer: "Producer",
  };
  for (const [name, key] of Object.entries(names)) if (read(key)) properties[name] = read(key);
  const created = /^D:(\d{4})(\d\d)?(\d\d)?/.exec(read("CreationDate"));
  if (created) properties.created = created.slice(1).filter(Boolean).join("-");
  const title = read("Title");
  const isReal = title.length > 2 && !generatedTitle.test(title);
  return { title: isReal ? title : undefined, language: read("Language") || undefined, properties };
}

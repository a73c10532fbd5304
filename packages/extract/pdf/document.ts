import { ExtractFailure } from "../failure.ts";
import type { ExtractLimits } from "../limits.ts";
import type { PDFDocumentProxy, PDFPageProxy } from "./engine.ts";
import { buildLines, foldSpace, type TextPiece } from "./lines.ts";
import { orderLines } from "./order.ts";
import type { OutlineEntry, PdfPage } from "./types.ts";

const outlineEntries = 5_000;

async function readPage(page: PDFPageProxy, countItems: (more: number) => void): Promise<PdfPage> {
  const view = page.getViewport({ scale: 1 });
  const content = await page.getTextContent({ disableNormalization: false });
  countItems(content.items.length);
  const pieces: TextPiece[] = [];
  for (const item of content.items) if ("str" in item) pieces.push(item);
  const lines = buildLines(pieces, content.styles, view.transform, page.userUnit || 1);
  const read: PdfPage = {
    number: page.pageNumber,
    width: view.width,
    height: view.height,
    lines,
    ocr: false,
    damaged: false,
  };
  return { ...read, lines: orderLines(read) };
}

/**
 * Lines of every page in reading order. A page that cannot be read is marked `damaged` and left empty.
 * @throws ExtractFailure `too_large` (pages) or `too_complex` (pieces of text).
 */
export async function readPages(
  document: PDFDocumentProxy,
  limits: Pick<ExtractLimits, "pdfPages" | "pdfTextItems" | "outputChars">,
  onPage: (page: number, pages: number) => void,
): Promise<PdfPage[]> {
  const count = document.numPages;
  if (count > limits.pdfPages)
    throw new ExtractFailure("too_large", `${count} pages; at most ${limits.pdfPages} are read`);
  const pages: PdfPage[] = [];
  let items = 0;
  let chars = 0;
  const countItems = (more: number) => {
    items += more;
    if (items > limits.pdfTextItems)
      throw new ExtractFailure("too_complex", `more than ${limits.pdfTextItems} pieces of text`);
  };
  for (let number = 1; number <= count; number++) {
    try {
      const page = await document.getPage(number);
      const read = await readPage(page, countItems);
      page.cleanup();
      pages.push(read);
      for (const line of read.lines) chars += line.text.length;
    } catch (error) {
      if (error instanceof ExtractFailure) throw error;
      pages.push({ number, width: 0, height: 0, lines: [], ocr: false, damaged: true });
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

import { type BlockBuilder, createBlockBuilder } from "../block-builder.ts";
import { ExtractFailure } from "../failure.ts";
import type { Reader, ReaderInput } from "../reader.ts";
import { createOdfHandler, type OdfItem, type OdfPage } from "./odf-story.ts";
import { createOdfStyles, type OdfStyles } from "./odf-styles.ts";
import { createOdsHandler } from "./ods-sheets.ts";
import { parsePart, pickTitle, readOptional, readProperties, type XmlPackage } from "./ooxml.ts";
import { addPieces, appendAll, markText, type Piece, readPieceText } from "./pieces.ts";
import { buildSheetPieces } from "./sheet-table.ts";
import { parseXml } from "./xml.ts";
import { openZip } from "./zip.ts";

type OdfPackage = XmlPackage;

const metaProperties: Record<string, string> = {
  title: "title",
  subject: "subject",
  description: "description",
  keyword: "keywords",
  "initial-creator": "author",
  creator: "author",
  "creation-date": "created",
  date: "modified",
  language: "language",
};

/**
 * Reads OpenDocument text, spreadsheets and presentations (ODF 1.2 and 1.3): headings with their numbers, lists,
 * tables, notes, comments, text boxes and charts; sheets and slides are pages.
 */
export const readOdf: Reader = async (input) => {
  const odf: OdfPackage = {
    zip: await openZip(input.bytes, input.limits),
    limits: { ...input.limits, allowsDoctype: true },
  };
  await refuseEncrypted(odf);
  if (!odf.zip.has("content.xml")) throw new ExtractFailure("corrupt", "the package has no content (content.xml)");
  const mediaType = (await odf.zip.read("mimetype"))?.toString("latin1") ?? "";
  const builder = createBlockBuilder(input.limits);
  if (mediaType.includes("spreadsheet")) await addSheets(odf, builder);
  else await addDocument(odf, input, builder);
  const built = builder.result();
  if (built.blocks.length === 0) throw new ExtractFailure("empty", "the document has no text");
  const readMeta = () => readProperties(odf, "meta.xml", metaProperties);
  const properties = await readOptional("The document's properties", input.warn, readMeta, {});
  return { ...built, title: pickTitle(properties), language: properties.language, properties };
};

/** Looked for as text: older programs give the manifest a document type, which the XML reader refuses. */
async function refuseEncrypted(odf: OdfPackage): Promise<void> {
  const manifest = await odf.zip.read("META-INF/manifest.xml");
  if (manifest?.includes("encryption-data") || odf.zip.has("encrypted-package")) {
    throw new ExtractFailure("encrypted", "the document is locked with a password");
  }
}

async function addSheets(odf: OdfPackage, builder: BlockBuilder): Promise<void> {
  const { handler, sheets } = createOdsHandler(odf.limits);
  const limits = { ...odf.limits, xmlNodes: odf.limits.sheetXmlNodes };
  await parseXml(odf.zip.stream("content.xml"), handler, limits);
  for (const { name, rows, notes } of sheets) {
    builder.page(name);
    const pieces = [...buildSheetPieces(rows), ...notes];
    if (pieces.length > 0) addPieces(builder, [{ type: "heading", level: 1, text: name }, ...pieces]);
  }
}

async function addDocument(odf: OdfPackage, input: ReaderInput, builder: BlockBuilder): Promise<void> {
  const styles = createOdfStyles();
  const margins = await readOptional("The styles", input.warn, () => readStylesPart(odf, styles), {
    header: [],
    footer: [],
  });
  const { handler, pages } = createOdfHandler(styles, odf.limits);
  await parsePart(odf, "content.xml", handler);
  const isPresentation = pages.some(({ isSlide }) => isSlide);
  if (!isPresentation) addPieces(builder, margins.header);
  for (const page of pages) {
    if (page.isSlide) builder.page(page.title || undefined);
    else if (page.items.length === 0) continue;
    if (page.title) builder.heading(1, page.title);
    addPieces(builder, await resolveObjects(odf, input, page));
  }
  if (!isPresentation) addPieces(builder, margins.footer);
}

type Margins = { header: Piece[]; footer: Piece[] };

/** Styles for the reader of the content, and the headers and footers of the page styles, each text once. */
async function readStylesPart(odf: OdfPackage, styles: OdfStyles): Promise<Margins> {
  const margins = { header: new Set<string>(), footer: new Set<string>() };
  let margin: "header" | "footer" | undefined;
  let text = "";
  let inParagraph = false;
  await parsePart(odf, "styles.xml", {
    open(name, attributes) {
      const kind = /^(header|footer)(?:-left|-first)?$/.exec(name)?.[1];
      if (kind) {
        margin = kind === "header" ? "header" : "footer";
        text = "";
      } else if (!margin) styles.handler.open?.(name, attributes);
      else if (name === "p" || name === "h") inParagraph = true;
      else if (name === "tab" || name === "s") text += " ";
    },
    text(value) {
      if (margin && inParagraph) text += value;
    },
    close(name) {
      if (name === "p" || name === "h") {
        inParagraph = false;
        text += "\n";
      } else if (margin && /^(?:header|footer)(?:-left|-first)?$/.test(name)) {
        if (/\p{L}{2}/u.test(text)) margins[margin].add(text.trim());
        margin = undefined;
      } else if (!margin) styles.handler.close?.(name);
    },
  });
  const toPieces = (mark: string, texts: Set<string>): Piece[] => [...texts].map((value) => markText(mark, value));
  return { header: toPieces("Header", margins.header), footer: toPieces("Footer", margins.footer) };
}

/** Puts the text of embedded objects (charts, documents) in their place; formulas and pictures have none. */
async function resolveObjects(odf: OdfPackage, input: ReaderInput, page: OdfPage): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for (const item of page.items) {
    if (item.type === "part")
      appendAll(pieces, await readOptional("An embedded object", input.warn, () => readObject(odf, item.folder), []));
    else pieces.push(item);
  }
  return pieces;
}

async function readObject(odf: OdfPackage, folder: string): Promise<Piece[]> {
  const bytes = await odf.zip.read(`${folder}/content.xml`);
  if (!bytes || /<(?:\w+:)?math\b/.test(bytes.toString("latin1", 0, 2_000))) return [];
  const { handler, pages } = createOdfHandler(createOdfStyles(), odf.limits);
  await parseXml(bytes, handler, odf.limits);
  const items: OdfItem[] = pages.flatMap((page) => page.items);
  return items.flatMap((item) => (item.type === "part" || readPieceText(item).trim() === "" ? [] : [item]));
}

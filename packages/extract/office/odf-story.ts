import type { ExtractLimits } from "../limits.ts";
import { advanceNumbering, type NumberingCounters } from "./numbering.ts";
import { createOdfLists } from "./odf-lists.ts";
import type { OdfStyles } from "./odf-styles.ts";
import { appendAll, assertTextLength, markText, type Piece, readPieceText } from "./pieces.ts";
import { readAttribute, readIntegerAttribute, type XmlAttributes, type XmlHandler } from "./xml.ts";

/** An embedded object, named by its folder in the package. */
export type OdfReference = { type: "part"; folder: string };
export type OdfItem = Piece | OdfReference;
/** One slide; documents without slides have a single page. */
export type OdfPage = { isSlide: boolean; title: string; items: OdfItem[] };

/** Content that is not shown: deletions, forms, marks of notes, phonetic guides, sources of indexes. */
export const hiddenOdfElements: ReadonlySet<string> = new Set([
  "tracked-changes",
  "forms",
  "note-citation",
  "annotation-end",
  "ruby-text",
  "scripts",
  "event-listeners",
  "settings",
  "index-title-template",
  "hidden-text",
  "hidden-paragraph",
  "master-styles",
  "image-map",
]);

type Paragraph = { text: string; level: number; styleName?: string; isListHeader: boolean; after: OdfItem[] };
type Table = {
  rows: string[][];
  headerRows: number;
  inHeader: boolean;
  row?: string[];
  rowRepeat: number;
  repeatsLeft: number;
  cell?: string;
  cellRepeat: number;
  after: OdfItem[];
};
type Frame = {
  element: string;
  items: OdfItem[];
  paragraph?: Paragraph;
  tables: Table[];
  creator: string;
  noteClass: string;
};

/** Elements whose content is apart from the paragraph they stand in. */
const frameElements = new Set([
  "note",
  "annotation",
  "text-box",
  "title",
  "desc",
  "notes",
  "creator",
  "date",
  "creator-initials",
]);
/** Inside these a title, date or creator is a field: part of the text. */
const textElements = new Set(["p", "h", "span", "a"]);
const fieldElements = new Set(["title", "creator", "date"]);
const decorClasses = new Set(["page-number", "footer", "header", "date-time", "page"]);
const maxRepeatedCells = 64;
const maxRepeatedRows = 100;
/** Repeats one table may ask for in its rows; past it rows are only out of line. */
const maxRepeats = 100_000;

/** Handler for text and presentation content. `pages` fills while the part is parsed. */
export function createOdfHandler(
  styles: OdfStyles,
  limits: Pick<ExtractLimits, "outputChars">,
): { handler: XmlHandler; pages: OdfPage[] } {
  const pages: OdfPage[] = [{ isSlide: false, title: "", items: [] }];
  let frame = createFrame("");
  frame.items = pages[0]?.items ?? [];
  const outer: Frame[] = [];
  const outerParagraphs: (Paragraph | undefined)[] = [];
  const lists = createOdfLists(styles);
  const outlineCounters: NumberingCounters = [];
  const hiddenSpans: boolean[] = [];
  const frameClasses: string[] = [];
  const openElements: string[] = [];
  const noteCounts = { footnote: 0, endnote: 0 };
  let hiddenDepth = 0;
  let stylesDepth = 0;
  let chars = 0;

  const describe = ({ text, level, styleName, isListHeader }: Paragraph): Piece => {
    const role = styles.findRole(styleName);
    const listLabel = lists.takeLabel();
    const headingLevel = level || (role === "title" ? 1 : styles.findOutlineLevel(styleName));
    if (headingLevel > 0) {
      const isCounted = !isListHeader && text.trim() !== "" && level > 0;
      const outlineLabel = isCounted ? advanceNumbering(styles.outline, outlineCounters, headingLevel - 1) : "";
      const label = outlineLabel || listLabel;
      return { type: "heading", level: headingLevel, text: label ? `${label} ${text}` : text };
    }
    if (role === "quote" || role === "caption" || role === "codeLine") return { type: role, text };
    if (listLabel === undefined) return { type: "paragraph", text };
    return { type: "listItem", text: listLabel ? `${listLabel} ${text}` : text };
  };

  const place = (item: OdfItem): void => {
    const table = frame.tables.at(-1);
    if (table?.cell !== undefined) {
      if (item.type === "part") table.after.push(item);
      else {
        const text = readPieceText(item);
        table.cell = table.cell && text ? `${table.cell}\n${text}` : table.cell || text;
      }
    } else frame.items.push(item);
  };

  const closeParagraph = (): void => {
    const paragraph = frame.paragraph;
    frame.paragraph = outerParagraphs.pop();
    if (!paragraph) return;
    const isHidden = styles.isHidden(paragraph.styleName, "paragraph");
    const isEmpty = paragraph.text.trim() === "" || isHidden;
    const slide = pages.at(-1);
    const slideClass = frameClasses.at(-1);
    if (!isEmpty && slide?.isSlide && slideClass === "title" && !outer.some(({ element }) => element === "notes")) {
      slide.title = `${slide.title} ${paragraph.text.trim()}`.trim();
    } else if (!isEmpty && !decorClasses.has(slideClass ?? "")) {
      const piece = describe(paragraph);
      if (frame.paragraph) frame.paragraph.after.push(piece);
      else place(piece);
    } else if (!frame.paragraph && styles.findRole(paragraph.styleName) === "codeLine") {
      frame.items.push({ type: "codeLine", text: "" });
    }
    const after = frame.tables.at(-1)?.cell === undefined ? frame.items : frame.tables.at(-1)?.after;
    appendAll(frame.paragraph?.after ?? after ?? frame.items, paragraph.after);
  };

  const openFrame = (name: string, attributes: XmlAttributes): void => {
    outer.push(frame);
    frame = createFrame(name);
    frame.noteClass = readAttribute(attributes, "note-class") ?? "footnote";
  };

  const closeFrame = (): void => {
    const inner = frame;
    frame = outer.pop() ?? frame;
    const text = inner.items
      .flatMap((item) => (item.type === "part" ? [] : [readPieceText(item)]))
      .join("\n")
      .trim();
    const add = (item: OdfItem): void => {
      if (frame.paragraph) frame.paragraph.after.push(item);
      else if (frame.tables.at(-1)?.cell !== undefined) frame.tables.at(-1)?.after.push(item);
      else frame.items.push(item);
    };
    if (inner.element === "creator") frame.creator = inner.creator;
    else if (inner.element === "note" && text) {
      const kind = inner.noteClass === "endnote" ? "endnote" : "footnote";
      add(markText(`${kind === "endnote" ? "Endnote" : "Footnote"} ${++noteCounts[kind]}`, text));
    } else if (inner.element === "annotation" && text) {
      add(markText(inner.creator ? `Comment by ${inner.creator.trim()}` : "Comment", text));
    } else if (inner.element === "notes" && text) add(markText("Speaker notes", text));
    else if (["text-box", "title", "desc"].includes(inner.element)) for (const item of inner.items) add(item);
  };

  const openInParagraph = (paragraph: Paragraph, name: string, attributes: XmlAttributes): void => {
    if (name === "s") paragraph.text += " ".repeat(Math.min(readIntegerAttribute(attributes, "c", 1), 100));
    else if (name === "tab") paragraph.text += "\t";
    else if (name === "line-break") paragraph.text += "\n";
  };

  const handler: XmlHandler = {
    open(name, attributes) {
      if (name === "automatic-styles" || name === "styles") stylesDepth++;
      if (stylesDepth > 0) {
        styles.handler.open?.(name, attributes);
        return;
      }
      if (hiddenOdfElements.has(name)) hiddenDepth++;
      if (hiddenDepth > 0) return;
      const table = frame.tables.at(-1);
      const isField = fieldElements.has(name) && textElements.has(openElements.at(-1) ?? "");
      openElements.push(name);
      if (frameElements.has(name) && !isField) openFrame(name, attributes);
      else if (name === "p" || name === "h") {
        outerParagraphs.push(frame.paragraph);
        frame.paragraph = {
          text: "",
          level: name === "h" ? Math.max(readIntegerAttribute(attributes, "outline-level", 1), 1) : 0,
          styleName: readAttribute(attributes, "style-name"),
          isListHeader: readAttribute(attributes, "is-list-header") === "true",
          after: [],
        };
      } else if (name === "span") hiddenSpans.push(styles.isHidden(readAttribute(attributes, "style-name"), "text"));
      else if (name === "page") {
        const slide: OdfPage = { isSlide: true, title: "", items: [] };
        pages.push(slide);
        frame.items = slide.items;
      } else if (name === "frame" || name === "custom-shape")
        frameClasses.push(readAttribute(attributes, "class") ?? "");
      else if (name === "list") lists.openList(attributes);
      else if (name === "list-item" || name === "list-header") lists.openItem(attributes, name === "list-header");
      else if (name === "object") {
        const folder = readAttribute(attributes, "href")?.replace(/^\.\//, "");
        if (folder) (frame.paragraph?.after ?? frame.items).push({ type: "part", folder });
      } else if (name === "table") frame.tables.push(createTable());
      else if (table && !frame.paragraph) openInTable(table, name, attributes);
      else if (frame.paragraph) openInParagraph(frame.paragraph, name, attributes);
    },
    text(text) {
      if (hiddenDepth > 0 || stylesDepth > 0) return;
      if (frame.element === "creator" && frame.creator.length < 200) frame.creator += text;
      if (!frame.paragraph || hiddenSpans.includes(true)) return;
      chars += text.length;
      assertTextLength(chars, limits);
      frame.paragraph.text += text.replace(/\s+/g, " ");
    },
    close(name) {
      if (stylesDepth > 0) {
        styles.handler.close?.(name);
        if (name === "automatic-styles" || name === "styles") stylesDepth--;
        return;
      }
      if (hiddenOdfElements.has(name)) {
        hiddenDepth--;
        return;
      }
      if (hiddenDepth > 0) return;
      const table = frame.tables.at(-1);
      openElements.pop();
      const isField = fieldElements.has(name) && textElements.has(openElements.at(-1) ?? "");
      if (frameElements.has(name) && !isField) closeFrame();
      else if (name === "p" || name === "h") closeParagraph();
      else if (name === "span") hiddenSpans.pop();
      else if (name === "frame" || name === "custom-shape") frameClasses.pop();
      else if (name === "list") lists.closeList();
      else if (name === "table" && table) {
        frame.tables.pop();
        place({
          type: "table",
          rows: table.rows,
          headerRows: table.headerRows < table.rows.length ? table.headerRows : 0,
        });
        for (const item of table.after) place(item);
      } else if (table && !frame.paragraph) closeInTable(table, name);
    },
  };
  return { handler, pages };
}

function createFrame(element: string): Frame {
  return { element, items: [], tables: [], creator: "", noteClass: "footnote" };
}

function createTable(): Table {
  return { rows: [], headerRows: 0, inHeader: false, rowRepeat: 1, repeatsLeft: maxRepeats, cellRepeat: 1, after: [] };
}

function openInTable(table: Table, name: string, attributes: XmlAttributes): void {
  if (name === "table-header-rows") table.inHeader = true;
  else if (name === "table-row") {
    table.row = [];
    table.rowRepeat = Math.min(readIntegerAttribute(attributes, "number-rows-repeated", 1), maxRepeatedRows);
  } else if (name === "table-cell" || name === "covered-table-cell") {
    table.cell = "";
    table.cellRepeat = Math.min(readIntegerAttribute(attributes, "number-columns-repeated", 1), maxRepeatedCells);
  }
}

function closeInTable(table: Table, name: string): void {
  if (name === "table-header-rows") table.inHeader = false;
  else if (name === "table-cell" || name === "covered-table-cell") {
    const repeat = Math.min(table.cellRepeat, Math.max(1, table.repeatsLeft));
    table.repeatsLeft -= repeat - 1;
    for (let i = 0; i < repeat; i++) table.row?.push(table.cell ?? "");
    table.cell = undefined;
  } else if (name === "table-row" && table.row) {
    const repeat = table.row.some((cell) => cell !== "") ? table.rowRepeat : 1;
    for (let i = 0; i < repeat; i++) table.rows.push(table.row);
    if (table.inHeader) table.headerRows += repeat;
    table.row = undefined;
  }
}

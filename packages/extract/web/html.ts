import { Parser } from "htmlparser2";
import { createBlockBuilder } from "../block-builder.ts";
import { decodeText } from "../encoding.ts";
import { ExtractFailure } from "../failure.ts";
import type { ExtractLimits } from "../limits.ts";
import { formatNumber } from "../office/numbering.ts";
import { addPieces, type Piece } from "../office/pieces.ts";
import type { Reader } from "../reader.ts";
import { blockElements, isDropped, readCodeLanguage, readHeadingLevel } from "./html-elements.ts";
import {
  closeCell,
  closeHtmlTable,
  closeRow,
  createHtmlTable,
  type HtmlTable,
  openCell,
  openRow,
} from "./html-table.ts";

export type HtmlContent = { pieces: Piece[]; title?: string; language?: string; properties: Record<string, string> };

export type HtmlOptions = {
  /** Reads navigation even where the page marks its main content. */
  keepsNavigation?: boolean;
  /** Elements may close themselves, such as <title/>. */
  isXhtml?: boolean;
};

type List = { isOrdered: boolean; next: number; step: number; format: string };

/** Tables nested deeper than this are read as running text. */
const maxTableNesting = 50;
/** Stands for <br> until white space is collapsed. */
const lineBreak = "\u2028";
const listFormats: Record<string, string> = { a: "lowerLetter", A: "upperLetter", i: "lowerRoman", I: "upperRoman" };
const metaProperties: Record<string, string> = {
  author: "author",
  description: "description",
  keywords: "keywords",
  date: "created",
};

/** Reads an HTML page: title, language, headings, lists, tables, code; scripts, styles and hidden parts are left out. */
export const readHtml: Reader = async ({ bytes, limits }) => {
  const { text, encoding } = decodeText(bytes, { markup: true });
  const { pieces, ...content } = readHtmlContent(text, limits);
  const builder = createBlockBuilder(limits);
  addPieces(builder, pieces);
  const built = builder.result();
  if (built.blocks.length === 0) throw new ExtractFailure("empty", "the page shows no text");
  return { ...built, ...content, encoding };
};

/**
 * Walks HTML by its events, so that depth costs no stack. Navigation is dropped where the page marks its main
 * content, unless nothing else is there.
 * @throws ExtractFailure `too_complex` past limits.htmlDepth.
 */
export function readHtmlContent(
  html: string,
  limits: Pick<ExtractLimits, "htmlDepth">,
  options: HtmlOptions = {},
): HtmlContent {
  const dropsNavigation = !options.keepsNavigation && /<(?:main|article|h1)\b/i.test(html);
  const isXhtml = options.isXhtml ?? /^\s*<\?xml/.test(html);
  const content = walkHtml(html, limits, dropsNavigation, isXhtml);
  return dropsNavigation && content.pieces.length === 0 ? walkHtml(html, limits, false, isXhtml) : content;
}

function walkHtml(
  html: string,
  limits: Pick<ExtractLimits, "htmlDepth">,
  dropsNavigation: boolean,
  isXhtml: boolean,
): HtmlContent {
  const root: Piece[] = [];
  const properties: Record<string, string> = {};
  const tables: HtmlTable[] = [];
  const lists: List[] = [];
  let depth = 0;
  let droppedDepth = 0;
  let unreadTables = 0;
  let preDepth = 0;
  let quoteDepth = 0;
  let headingLevel = 0;
  let codeLanguage: string | undefined;
  let marker = "";
  let isCaption = false;
  let isTitle = false;
  let title = "";
  let language: string | undefined;
  let buffer = "";
  let options: string[] | undefined;

  const findSink = (): Piece[] => {
    for (let i = tables.length - 1; i >= 0; i--) {
      const cell = tables[i]?.cell;
      if (cell) return cell.pieces;
    }
    return root;
  };

  const describe = (text: string): Piece => {
    if (headingLevel > 0) return { type: "heading", level: headingLevel, text: text.replaceAll("\n", " ") };
    if (isCaption) return { type: "caption", text };
    if (lists.length > 0) return { type: "listItem", text };
    return { type: quoteDepth > 0 ? "quote" : "paragraph", text };
  };

  const flush = (): void => {
    if (buffer === "") return;
    const raw = buffer;
    buffer = "";
    if (preDepth > 0) {
      const text = raw.replaceAll(lineBreak, "\n");
      if (text.trim() !== "") findSink().push({ type: "code", text, language: codeLanguage });
      return;
    }
    const collapsed = raw.replace(/[ \t\r\n\f]+/g, " ").replaceAll("\u00ad", "");
    for (const part of collapsed.split(/ ?\u2028(?: ?\u2028)+ ?/)) {
      const text = part.replace(/ ?\u2028 ?/g, "\n").trim();
      if (text === "") continue;
      if (options) options.push(text);
      else {
        findSink().push(describe(marker + text));
        marker = "";
      }
    }
  };

  const openItem = (attributes: Record<string, string>): void => {
    const list = lists.at(-1);
    marker = "";
    if (!list?.isOrdered) return;
    const value = Number.parseInt(attributes.value ?? "", 10);
    if (Number.isFinite(value)) list.next = value;
    marker = `${formatNumber(list.next, list.format)}. `;
    list.next += list.step;
  };

  const openTable = (attributes: Record<string, string>): void => {
    const parent = tables.at(-1);
    if (parent) parent.holdsTable = true;
    tables.push(createHtmlTable(attributes.role === "presentation" || attributes.role === "none"));
  };

  const closeTable = (): void => {
    const table = tables.pop();
    if (!table) return;
    const pieces = closeHtmlTable(table);
    const sink = findSink();
    for (const piece of pieces) sink.push(piece);
  };

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (++depth > limits.htmlDepth) {
          throw new ExtractFailure(
            "too_complex",
            `elements are nested deeper than ${limits.htmlDepth.toLocaleString("en")} levels`,
            {
              suspicious: true,
            },
          );
        }
        if (droppedDepth > 0) return;
        if (isDropped(name, attributes, dropsNavigation)) {
          droppedDepth = depth;
          return;
        }
        if (blockElements.has(name)) flush();
        headingLevel = readHeadingLevel(name, attributes) || headingLevel;
        const table = tables.at(-1);
        switch (name) {
          case "html":
            language ??= attributes.lang || attributes["xml:lang"] || undefined;
            break;
          case "title":
            isTitle = title === "";
            break;
          case "meta": {
            const property = metaProperties[(attributes.name ?? "").toLowerCase()];
            if (property && attributes.content?.trim()) properties[property] ??= attributes.content.trim();
            break;
          }
          case "br":
            buffer += lineBreak;
            break;
          case "img":
            if (attributes.alt?.trim()) buffer += ` ${attributes.alt} `;
            break;
          case "pre":
          case "listing":
          case "xmp":
            preDepth++;
            codeLanguage = readCodeLanguage(attributes);
            break;
          case "code":
            if (preDepth > 0) codeLanguage ??= readCodeLanguage(attributes);
            break;
          case "blockquote":
            quoteDepth++;
            break;
          case "ul":
          case "menu":
          case "dir":
            lists.push({ isOrdered: false, next: 1, step: 1, format: "bullet" });
            break;
          case "ol": {
            const start = Number.parseInt(attributes.start ?? "1", 10);
            lists.push({
              isOrdered: true,
              next: Number.isFinite(start) ? start : 1,
              step: attributes.reversed === undefined ? 1 : -1,
              format: listFormats[attributes.type ?? ""] ?? "decimal",
            });
            break;
          }
          case "li":
            openItem(attributes);
            break;
          case "select":
          case "datalist":
            options = [];
            break;
          case "figcaption":
            isCaption = true;
            break;
          case "caption":
            isCaption = true;
            if (table) table.hasCaption = true;
            break;
          case "table":
            if (tables.length < maxTableNesting) openTable(attributes);
            else unreadTables++;
            break;
          case "thead":
            if (table) table.isInHead = true;
            break;
          case "tr":
            if (table && unreadTables === 0) openRow(table);
            break;
          case "td":
          case "th":
            if (table && unreadTables === 0) openCell(table, name === "th", attributes.colspan, attributes.rowspan);
            break;
        }
      },
      ontext(text) {
        if (isTitle) title += text;
        else if (droppedDepth === 0) buffer += text;
      },
      onclosetag(name) {
        const closedDepth = depth--;
        if (droppedDepth > 0) {
          if (closedDepth === droppedDepth) droppedDepth = 0;
          return;
        }
        if (blockElements.has(name)) flush();
        const table = tables.at(-1);
        switch (name) {
          case "title":
            isTitle = false;
            break;
          case "pre":
          case "listing":
          case "xmp":
            preDepth--;
            break;
          case "blockquote":
            quoteDepth--;
            break;
          case "ul":
          case "ol":
          case "menu":
          case "dir":
            lists.pop();
            break;
          case "li":
            marker = "";
            break;
          case "select":
          case "datalist":
            flush();
            if (options && options.length > 0) findSink().push({ type: "paragraph", text: options.join("; ") });
            options = undefined;
            break;
          case "figcaption":
          case "caption":
            isCaption = false;
            break;
          case "table":
            if (unreadTables > 0) unreadTables--;
            else closeTable();
            break;
          case "thead":
            if (table) {
              closeRow(table);
              table.isInHead = false;
            }
            break;
          case "tr":
            if (table && unreadTables === 0) closeRow(table);
            break;
          case "td":
          case "th":
            if (table && unreadTables === 0) closeCell(table);
            break;
          default:
            break;
        }
        if (blockElements.has(name)) headingLevel = 0;
      },
    },
    { decodeEntities: true, lowerCaseTags: true, recognizeSelfClosing: isXhtml, recognizeCDATA: isXhtml },
  );
  parser.write(html);
  parser.end();
  flush();
  while (tables.length > 0) closeTable();
  const shownTitle = title.replace(/\s+/g, " ").trim();
  return { pieces: root, title: shownTitle || undefined, language, properties };
}

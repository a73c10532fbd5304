import { formatNumber } from "./numbering.ts";
import { parsePart, type XmlPackage } from "./ooxml.ts";
import type { Piece } from "./pieces.ts";
import { isOn, readIntegerAttribute, readPrefixedAttribute, type XmlAttributes, type XmlHandler } from "./xml.ts";

/** A chart or diagram in its place on the slide. */
export type SlideReference = { type: "part"; relationshipId: string };
export type SlideItem = Piece | SlideReference;
export type SlideContent = { title: string; items: SlideItem[] };

type Paragraph = {
  text: string;
  level: number;
  bullet?: "none" | "sign";
  numberFormat?: string;
  numberText?: string;
  startAt: number;
};
type Shape = { placeholder?: string; counters: number[] };
type Table = { rows: string[][]; row?: string[]; cell?: string; hasHeader: boolean };

/** Placeholders that repeat on every slide, and the picture of the slide on its notes page. */
const decorPlaceholders = new Set(["sldNum", "dt", "ftr", "hdr", "sldImg"]);
const titlePlaceholders = new Set(["title", "ctrTitle"]);
/** Placeholders whose paragraphs are bullets unless they say otherwise. */
const listPlaceholders = new Set(["body", "obj", ""]);

/**
 * Reads one slide or notes part (ECMA-376 part 1, 19.3 and 21.1): shapes in document order, groups followed,
 * the title apart.
 */
export async function readSlide(office: XmlPackage, part: string): Promise<SlideContent> {
  const items: SlideItem[] = [];
  const titles: string[] = [];
  let shape: Shape | undefined;
  let paragraph: Paragraph | undefined;
  let table: Table | undefined;
  let inText = false;
  let fallbackDepth = 0;

  const closeParagraph = (): void => {
    const closed = paragraph;
    paragraph = undefined;
    if (!closed || closed.text.trim() === "") return;
    if (table) {
      if (table.cell !== undefined) table.cell = table.cell ? `${table.cell}\n${closed.text}` : closed.text;
    } else if (shape?.placeholder !== undefined && titlePlaceholders.has(shape.placeholder))
      titles.push(closed.text.trim());
    else if (!decorPlaceholders.has(shape?.placeholder ?? "body")) items.push(describeParagraph(closed, shape));
  };

  const handler: XmlHandler = {
    open(name, attributes) {
      if (name === "Fallback") fallbackDepth++;
      if (fallbackDepth > 0) return;
      if (name === "sp") shape = { counters: [] };
      else if (name === "ph" && shape) shape.placeholder = attributes.type ?? "";
      else if (name === "p") paragraph = { text: "", level: 0, startAt: 1 };
      else if (paragraph) {
        if (name === "t") inText = true;
        else openInParagraph(paragraph, name, attributes);
      } else if (name === "tbl") table = { rows: [], hasHeader: false };
      else if (table) openInTable(table, name, attributes);
      else if (name === "chart" || name === "relIds") {
        const relationshipId = readPrefixedAttribute(attributes, name === "chart" ? "id" : "dm");
        if (relationshipId) items.push({ type: "part", relationshipId });
      }
    },
    text(text) {
      if (inText && paragraph && fallbackDepth === 0) paragraph.text += text;
    },
    close(name) {
      if (name === "Fallback") fallbackDepth--;
      if (fallbackDepth > 0) return;
      if (name === "t") inText = false;
      else if (name === "p") closeParagraph();
      else if (name === "sp") shape = undefined;
      else if (name === "tbl" && table) {
        items.push({ type: "table", rows: table.rows, headerRows: table.hasHeader && table.rows.length > 1 ? 1 : 0 });
        table = undefined;
      } else if (table) closeInTable(table, name);
    },
  };
  await parsePart(office, part, handler);
  return { title: titles.join(" ").replace(/\s+/g, " "), items };
}

function openInParagraph(paragraph: Paragraph, name: string, attributes: XmlAttributes): void {
  if (name === "pPr") paragraph.level = Math.min(Math.max(readIntegerAttribute(attributes, "lvl", 0), 0), 8);
  else if (name === "br") paragraph.text += "\n";
  else if (name === "buNone") paragraph.bullet = "none";
  else if (name === "buChar" || name === "buBlip") paragraph.bullet = "sign";
  else if (name === "buAutoNum") {
    // Types such as alphaLcParenR: the format, then how it is written (ECMA-376 part 1, 20.1.10.61).
    const type = attributes.type ?? "arabicPeriod";
    paragraph.numberFormat = /^alphaLc/.test(type)
      ? "lowerLetter"
      : /^alphaUc/.test(type)
        ? "upperLetter"
        : /^romanLc/.test(type)
          ? "lowerRoman"
          : /^romanUc/.test(type)
            ? "upperRoman"
            : "decimal";
    paragraph.numberText = type.endsWith("ParenBoth")
      ? "(%)"
      : type.endsWith("ParenR")
        ? "%)"
        : type.endsWith("Plain")
          ? "%"
          : "%.";
    paragraph.startAt = readIntegerAttribute(attributes, "startAt", 1);
  }
}

function describeParagraph(paragraph: Paragraph, shape: Shape | undefined): Piece {
  const { text, level, bullet, numberFormat, numberText } = paragraph;
  if (numberFormat && numberText && shape) {
    const { counters } = shape;
    counters.length = Math.min(counters.length, level + 1);
    const number = (counters[level] ?? paragraph.startAt - 1) + 1;
    counters[level] = number;
    return { type: "listItem", text: `${numberText.replace("%", formatNumber(number, numberFormat))} ${text}` };
  }
  if (shape) shape.counters.length = Math.min(shape.counters.length, level);
  const isBulleted = bullet === "sign" || (bullet === undefined && listPlaceholders.has(shape?.placeholder ?? "none"));
  return { type: isBulleted ? "listItem" : "paragraph", text };
}

function openInTable(table: Table, name: string, attributes: XmlAttributes): void {
  if (name === "tr") table.row = [];
  else if (name === "tc") table.cell = "";
  else if (name === "tblPr") table.hasHeader = attributes.firstRow !== undefined && isOn(attributes.firstRow);
}

function closeInTable(table: Table, name: string): void {
  if (name === "tc") {
    table.row?.push(table.cell ?? "");
    table.cell = undefined;
  } else if (name === "tr") {
    if (table.row) table.rows.push(table.row);
    table.row = undefined;
  }
}

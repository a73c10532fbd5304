import { formatCellNumber } from "./number-format.ts";
import { parsePart, type XmlPackage } from "./ooxml.ts";
import type { Piece } from "./pieces.ts";
import { readAttribute, readIntegerAttribute, type XmlHandler } from "./xml.ts";

type Series = { name: string; categories: Map<number, string>; values: Map<number, string> };

const maxChartPoints = 10_000;
const maxSeries = 256;

/** Reads a chart part: its title as a caption and its cached numbers as a table, one row per category. */
export async function readChart(office: XmlPackage, part: string): Promise<Piece[]> {
  const titles: string[] = [];
  const series: Series[] = [];
  let current: Series | undefined;
  let target: "name" | "categories" | "values" | undefined;
  let pointIndex = 0;
  let formatCode: string | undefined;
  let collected = "";
  let isCollecting = false;
  const handler: XmlHandler = {
    open(name, attributes) {
      if (name === "ser") {
        current = { name: "", categories: new Map(), values: new Map() };
        if (series.length < maxSeries) series.push(current);
      } else if (name === "cat" || name === "xVal") target = "categories";
      else if (name === "val" || name === "yVal" || name === "bubbleSize") target = "values";
      else if (name === "tx" && current) target = "name";
      else if (name === "pt") pointIndex = readIntegerAttribute(attributes, "idx", 0);
      else if (name === "numCache" || name === "strCache") formatCode = undefined;
      else if (name === "v" || name === "t" || name === "formatCode") {
        isCollecting = true;
        collected = "";
      } else if (name === "p" && !current) titles.push("");
    },
    text(text) {
      if (isCollecting) collected += text;
    },
    close(name) {
      if (name === "formatCode") formatCode = collected;
      else if (name === "t" && !current && titles.length > 0) titles[titles.length - 1] += collected;
      else if (name === "v" && current && target) placePoint(current, target, pointIndex, collected, formatCode);
      else if (name === "ser") current = undefined;
      if (name === "v" || name === "t" || name === "formatCode") isCollecting = false;
      if (["ser", "cat", "xVal", "val", "yVal", "bubbleSize", "tx"].includes(name)) target = undefined;
    },
  };
  await parsePart(office, part, handler);
  const pieces: Piece[] = titles.filter((title) => title.trim()).map((text) => ({ type: "caption", text }));
  const table = buildChartTable(series);
  return table ? [...pieces, table] : pieces;
}

function placePoint(
  series: Series,
  target: "name" | "categories" | "values",
  index: number,
  text: string,
  formatCode: string | undefined,
): void {
  if (target === "name") series.name = series.name ? `${series.name} ${text}` : text;
  else if (index < maxChartPoints) {
    const shown = formatCellNumber(text, formatCode);
    const outer = target === "categories" ? series.categories.get(index) : undefined;
    // Categories of several levels list the innermost level first.
    series[target].set(index, outer === undefined ? shown : `${shown} ${outer}`);
  }
}

function buildChartTable(series: Series[]): Piece | undefined {
  const indexes = new Set<number>();
  for (const { categories, values } of series) {
    for (const index of categories.keys()) indexes.add(index);
    for (const index of values.keys()) indexes.add(index);
  }
  if (series.length === 0 || indexes.size === 0) return undefined;
  const rows = [["", ...series.map(({ name }) => name)]];
  for (const index of [...indexes].sort((a, b) => a - b)) {
    const category = series.find(({ categories }) => categories.has(index))?.categories.get(index) ?? "";
    rows.push([category, ...series.map(({ values }) => values.get(index) ?? "")]);
  }
  return { type: "table", rows, headerRows: 1 };
}

/** Reads the data part of a SmartArt diagram: the text of each of its nodes, in the order they were made. */
export async function readDiagram(office: XmlPackage, part: string): Promise<Piece[]> {
  const pieces: Piece[] = [];
  let isNode = false;
  let isText = false;
  let text = "";
  await parsePart(office, part, {
    open(name, attributes) {
      if (name === "pt") isNode = !/^(?:pres|parTrans|sibTrans)$/.test(readAttribute(attributes, "type") ?? "node");
      else if (name === "t") isText = true;
      else if (name === "p") text = "";
    },
    text(value) {
      if (isText && isNode) text += value;
    },
    close(name) {
      if (name === "p" && isNode && text.trim()) pieces.push({ type: "listItem", text });
      if (name === "p") text = "";
      if (name === "t") isText = false;
    },
  });
  return pieces;
}

/** Reads DrawingML text that stands in shapes (a sheet's drawing part): one paragraph a piece. */
export async function readShapeTexts(office: XmlPackage, part: string): Promise<Piece[]> {
  const pieces: Piece[] = [];
  let isText = false;
  let text = "";
  await parsePart(office, part, {
    open(name) {
      if (name === "t") isText = true;
      else if (name === "p") text = "";
      else if (name === "br") text += "\n";
    },
    text(value) {
      if (isText) text += value;
    },
    close(name) {
      if (name === "t") isText = false;
      else if (name === "p" && text.trim()) pieces.push({ type: "paragraph", text });
    },
  });
  return pieces;
}

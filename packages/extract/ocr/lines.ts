import { cutIntoOrder } from "../pdf/order.ts";
import type { PdfLine } from "../pdf/types.ts";
import type { OcrPage, OcrWord } from "./engine.ts";

type Row = { words: OcrWord[]; right: number; top: number; bottom: number };

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** The row a word continues: at the same height, ending shortly before it. */
function findRow(rows: readonly Row[], word: OcrWord, typical: number): Row | undefined {
  let best: Row | undefined;
  for (const row of rows) {
    const gap = word.x - row.right;
    if (gap < -typical || gap > typical * 1.8) continue;
    const shared = Math.min(row.bottom, word.y + word.height) - Math.max(row.top, word.y);
    if (shared < 0.5 * Math.min(row.bottom - row.top, word.height)) continue;
    if (!best || row.right > best.right) best = row;
  }
  return best;
}

function toLine(row: Row, typical: number, scale: number): PdfLine {
  const left = Math.min(...row.words.map((word) => word.x));
  const text = row.words.map((word) => word.text).join(" ");
  const height = median(row.words.map((word) => word.height));
  // Heights of words vary with their letters; one size for all keeps paragraphs whole.
  const size = height > typical * 1.6 ? height : typical;
  return {
    text,
    segments: [{ text, left: left * scale, right: row.right * scale }],
    rect: [left * scale, row.top * scale, (row.right - left) * scale, (row.bottom - row.top) * scale],
    baseline: row.bottom * scale,
    size: size * scale,
    font: "ocr",
    isUniform: true,
    angle: 0,
  };
}

/** Cells that stand side by side after ordering become one line with a segment each. */
function joinRows(lines: readonly PdfLine[]): PdfLine[] {
  const joined: PdfLine[] = [];
  for (const line of lines) {
    const last = joined.at(-1);
    const isBeside = last && line.rect[0] > last.rect[0] + last.rect[2];
    if (!last || !isBeside || Math.abs(line.baseline - last.baseline) > line.size * 0.5) {
      joined.push(line);
      continue;
    }
    const top = Math.min(last.rect[1], line.rect[1]);
    const bottom = Math.max(last.rect[1] + last.rect[3], line.rect[1] + line.rect[3]);
    last.rect = [last.rect[0], top, line.rect[0] + line.rect[2] - last.rect[0], bottom - top];
    last.segments = [...last.segments, ...line.segments];
    last.text += ` ${line.text}`;
  }
  return joined;
}

/** Joins recognised words into lines in reading order, columns apart. `scale` turns points into the page's units. */
export function buildOcrLines(page: OcrPage, scale: number): PdfLine[] {
  if (page.words.length === 0) return [];
  const typical = median(page.words.map((word) => word.height)) || 1;
  const rows: Row[] = [];
  for (const word of [...page.words].sort((a, b) => a.x - b.x)) {
    const row = findRow(rows, word, typical);
    if (row) {
      row.words.push(word);
      row.right = Math.max(row.right, word.x + word.width);
      row.top = Math.min(row.top, word.y);
      row.bottom = Math.max(row.bottom, word.y + word.height);
    } else {
      rows.push({ words: [word], right: word.x + word.width, top: word.y, bottom: word.y + word.height });
    }
  }
  return joinRows(cutIntoOrder(rows.map((row) => toLine(row, typical, scale))));
}

import type { Extraction } from "@samla/contracts/extraction";

type LineRange = NonNullable<Extraction["blocks"][number]["lines"]>[number];
export type Rect = LineRange["rect"];

/** A stretch of a line without a wide gap in it. `left` and `right` in page units at scale 1. */
export type LineSegment = { text: string; left: number; right: number };

/** One printed line. `baseline` and sizes in page units; `angle` in degrees, 0 for upright text. */
export type PdfLine = {
  text: string;
  segments: LineSegment[];
  rect: Rect;
  baseline: number;
  size: number;
  font: string;
  /** All of the line is set in `font`. */
  isUniform: boolean;
  angle: number;
};

export type PdfPage = {
  number: number;
  width: number;
  height: number;
  lines: PdfLine[];
  /** The lines came from OCR. */
  ocr: boolean;
  /** Set when the page could not be read at all. */
  damaged: boolean;
};

export type OutlineEntry = { level: number; title: string; page: number };

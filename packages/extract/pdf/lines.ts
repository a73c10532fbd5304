import type { LineSegment, PdfLine, Rect } from "./types.ts";

type Matrix = readonly number[];
export type TextPiece = {
  str: string;
  transform: number[];
  width: number;
  height: number;
  fontName: string;
  hasEOL: boolean;
};
export type FontStyle = { ascent: number; descent: number; vertical: boolean };

/** A gap wider than this many font sizes separates segments (columns, table cells). */
const wideGap = 1.5;

type Placed = { along: number; across: number; length: number; size: number; angle: number; rect: Rect };
type Draft = {
  segments: { parts: string[]; left: number; right: number }[];
  box: { left: number; top: number; right: number; bottom: number };
  across: number;
  alongEnd: number;
  size: number;
  angle: number;
  baseline: number;
  weights: Map<string, { size: number; font: string; chars: number }>;
};

function multiply(a: Matrix, b: Matrix): number[] {
  const [a0 = 1, a1 = 0, a2 = 0, a3 = 1, a4 = 0, a5 = 0] = a;
  const [b0 = 1, b1 = 0, b2 = 0, b3 = 1, b4 = 0, b5 = 0] = b;
  return [
    a0 * b0 + a2 * b1,
    a1 * b0 + a3 * b1,
    a0 * b2 + a2 * b3,
    a1 * b2 + a3 * b3,
    a0 * b4 + a2 * b5 + a4,
    a1 * b4 + a3 * b5 + a5,
  ];
}

/** Where a piece stands on the page as seen: rotation of the page and of the text are both applied. */
function place(piece: TextPiece, view: Matrix, scale: number, style: FontStyle | undefined): Placed {
  const [m0 = 1, m1 = 0, m2 = 0, m3 = 1, x = 0, y = 0] = multiply(view, piece.transform);
  const size = Math.hypot(m2, m3) || piece.height || 1;
  if (style?.vertical) {
    const rect: Rect = [x - size / 2, y, size, Math.max(size, piece.height * scale)];
    return { along: y, across: x, length: piece.height * scale, size, angle: 90.5, rect };
  }
  const stretch = Math.hypot(m0, m1) || 1;
  const [ux, uy] = [m0 / stretch, m1 / stretch];
  const [vx, vy] = [m2 / size, m3 / size];
  const length = piece.width * scale;
  const up = size * Math.min(1.1, Math.max(0.6, style?.ascent || 0.8));
  const down = size * Math.min(0, Math.max(-0.4, style?.descent || -0.2));
  const xs = [x + vx * down, x + vx * up, x + ux * length + vx * down, x + ux * length + vx * up];
  const ys = [y + vy * down, y + vy * up, y + uy * length + vy * down, y + uy * length + vy * up];
  const left = Math.min(...xs);
  const top = Math.min(...ys);
  return {
    along: x * ux + y * uy,
    across: y * ux - x * uy,
    length,
    size,
    angle: Math.round((Math.atan2(m1, m0) * 180) / Math.PI),
    rect: [left, top, Math.max(...xs) - left, Math.max(...ys) - top],
  };
}

function startLine(at: Placed): Draft {
  return {
    segments: [],
    box: { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity },
    across: at.across,
    alongEnd: at.along,
    size: at.size,
    angle: at.angle,
    baseline: at.across,
    weights: new Map(),
  };
}

function addPiece(draft: Draft, piece: TextPiece, at: Placed): void {
  const [left, top, width, height] = at.rect;
  const last = draft.segments.at(-1);
  if (last && at.along - draft.alongEnd <= at.size * wideGap) {
    last.parts.push(piece.str);
    last.left = Math.min(last.left, left);
    last.right = Math.max(last.right, left + width);
  } else {
    draft.segments.push({ parts: [piece.str], left, right: left + width });
  }
  const { box } = draft;
  box.left = Math.min(box.left, left);
  box.top = Math.min(box.top, top);
  box.right = Math.max(box.right, left + width);
  box.bottom = Math.max(box.bottom, top + height);
  draft.alongEnd = Math.max(draft.alongEnd, at.along + at.length);
  const size = Math.round(at.size * 2) / 2;
  const key = `${size} ${piece.fontName}`;
  const weight = draft.weights.get(key) ?? { size, font: piece.fontName, chars: 0 };
  weight.chars += piece.str.trim().length;
  draft.weights.set(key, weight);
  // A superscript must not move the line it stands in.
  if (at.size >= draft.size * 0.9) {
    draft.size = at.size;
    draft.across = at.across;
    draft.baseline = top + height;
  }
}

/** Unmapped glyphs arrive as control characters: they become spaces, then white space is folded. */
export function foldSpace(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .toWellFormed();
}

/** Rows of dots that lead to a page number say nothing and would fill passages. */
function shortenLeaders(text: string): string {
  return text.includes("..") || text.includes(". .") ? text.replace(/(?:\s?\.){4,}\s?/g, " … ").trim() : text;
}

function finishLine(draft: Draft): PdfLine | null {
  const segments: LineSegment[] = [];
  for (const { parts, left, right } of draft.segments) {
    const text = shortenLeaders(foldSpace(parts.join("")));
    if (text) segments.push({ text, left, right });
  }
  if (segments.length === 0) return null;
  const main = [...draft.weights.values()].reduce((best, weight) => (weight.chars > best.chars ? weight : best));
  const { left, top, right, bottom } = draft.box;
  return {
    text: segments.map((segment) => segment.text).join(" "),
    segments,
    rect: [left, top, right - left, bottom - top],
    baseline: draft.angle === 0 ? draft.across : bottom,
    size: main.size || 1,
    font: main.font,
    isUniform: [...draft.weights.values()].every((weight) => weight.font === main.font || weight.chars === 0),
    angle: draft.angle,
  };
}

/**
 * Joins the pieces of text pdf.js yields into printed lines, in the order of the content stream.
 * `view` is the page's viewport transform at scale 1, `scale` its user unit.
 */
export function buildLines(
  pieces: readonly TextPiece[],
  styles: Readonly<Record<string, FontStyle>>,
  view: Matrix,
  scale = 1,
): PdfLine[] {
  const lines: PdfLine[] = [];
  let draft: Draft | null = null;
  const finish = () => {
    const line = draft ? finishLine(draft) : null;
    if (line) lines.push(line);
    draft = null;
  };
  for (const piece of pieces) {
    const blank = piece.str.trim() === "";
    if (blank && draft && piece.str) (draft as Draft).segments.at(-1)?.parts.push(" ");
    if (!blank) {
      const at = place(piece, view, scale, styles[piece.fontName]);
      const current: Draft | null = draft;
      if (current) {
        const moved =
          Math.abs(at.across - (current as Draft).across) > Math.max(at.size, (current as Draft).size) * 0.6;
        if (moved || at.angle !== (current as Draft).angle) finish();
      }
      draft ??= startLine(at);
      addPiece(draft, piece, at);
    }
    if (piece.hasEOL) finish();
  }
  finish();
  return lines;
}

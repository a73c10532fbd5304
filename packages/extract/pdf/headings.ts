import type { OutlineEntry, PdfLine, PdfPage } from "./types.ts";

/** A heading that starts at line `first` of a page and takes `count` lines. */
export type PdfHeading = { first: number; count: number; level: number; text: string };
export type HeadingsByPage = Map<number, PdfHeading[]>;

/** Only letters and digits: outlines and pages differ in spaces, dashes and ligatures. */
function keyOf(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
}

/** The page says "2.1 Methods" where the outline says "Methods", or the other way round. */
function isSameTitle(printed: string, title: string): boolean {
  if (printed === title) return true;
  if (printed.endsWith(title) && printed.length - title.length <= 8) return true;
  const bare = printed.replace(/^(chapter|appendix)?[0-9ivxa-z]{0,3}\d*/, "");
  return (
    bare.length > 3 && title.endsWith(bare) && printed.length <= title.length + 8 && bare.length >= title.length * 0.7
  );
}

function matchAt(lines: readonly PdfLine[], first: number, title: string): number {
  let printed = "";
  for (let i = first; i < lines.length && i < first + 4; i++) {
    printed += keyOf(lines[i]?.text ?? "");
    if (printed.length >= title.length * 0.7 && isSameTitle(printed, title)) {
      // The last word of the paragraph before is no part of the title.
      const startsLater = i > first && matchAt(lines, first + 1, title) > 0;
      return startsLater ? 0 : i - first + 1;
    }
    if (printed.length > title.length + 8) return 0;
  }
  return 0;
}

function joinText(lines: readonly PdfLine[], first: number, count: number): string {
  return lines
    .slice(first, first + count)
    .map((line) => line.text)
    .join(" ");
}

/** Headings the document's outline names, found again on the page each entry points to. */
function findOutlined(
  pages: readonly PdfPage[],
  outline: readonly OutlineEntry[],
): { found: HeadingsByPage; matched: number } {
  const found: HeadingsByPage = new Map();
  let matched = 0;
  const byPage = Map.groupBy(outline, (entry) => entry.page);
  for (const page of pages) {
    const wanted = (byPage.get(page.number) ?? [])
      .map((entry) => ({ level: entry.level, key: keyOf(entry.title) }))
      .filter((entry) => entry.key);
    const headings: PdfHeading[] = [];
    for (let i = 0; i < page.lines.length && wanted.length > 0; i++) {
      for (const [index, entry] of wanted.entries()) {
        const count = matchAt(page.lines, i, entry.key);
        if (count === 0) continue;
        headings.push({ first: i, count, level: Math.min(6, entry.level), text: joinText(page.lines, i, count) });
        wanted.splice(index, 1);
        matched++;
        i += count - 1;
        break;
      }
    }
    found.set(page.number, headings);
  }
  return { found, matched };
}

export type TypeStatistics = {
  bodySize: number;
  bodyFont: string;
  headingSizes: number[];
  /** Fonts of body size that are used for headings alone. */
  headingFonts: Set<string>;
};

function findMost<T>(counts: Map<T, number>, fallback: T): T {
  let best: [T, number] = [fallback, 0];
  for (const entry of counts) if (entry[1] > best[1]) best = entry;
  return best[0];
}

const caption = /^(?:fig(?:ure|\.)?|table|tab\.|abb(?:ildung|\.)|tabelle|listing|algorithm|example)\s*\d/i;

/** A short line with space above it, in one font of body size, that does not end like a sentence. */
function standsApart(
  line: PdfLine,
  before: PdfLine | undefined,
  type: { bodySize: number; bodyFont: string },
): boolean {
  if (line.font === type.bodyFont || !line.isUniform || line.segments.length > 2) return false;
  if (line.size < type.bodySize * 0.98 || line.text.length >= 90 || /[.,;:]$/.test(line.text)) return false;
  return !before || Math.abs(line.baseline - before.baseline) > line.size * 1.35;
}

/** A font counts when most of its lines look like headings: emphasis, captions and code do not. */
function findHeadingFonts(pages: readonly PdfPage[], type: { bodySize: number; bodyFont: string }): Set<string> {
  const fonts = new Map<string, { lines: number; apart: number; chars: number }>();
  let chars = 0;
  for (const page of pages) {
    for (const [index, line] of page.lines.entries()) {
      chars += line.text.length;
      if (line.size > type.bodySize * 1.12) continue;
      const font = fonts.get(line.font) ?? { lines: 0, apart: 0, chars: 0 };
      fonts.set(line.font, font);
      font.lines++;
      font.chars += line.text.length;
      const isTitle = /^[\p{Lu}\p{Lo}\d]/u.test(line.text) && !caption.test(line.text);
      if (isTitle && standsApart(line, page.lines[index - 1], type)) font.apart++;
    }
  }
  const isForHeadings = (font: { lines: number; apart: number; chars: number }) =>
    font.apart >= 3 && font.apart >= font.lines * 0.6 && font.chars < chars * 0.08;
  return new Set([...fonts].filter(([, font]) => isForHeadings(font)).map(([name]) => name));
}

/** Body size and font are those of most characters; larger sizes, largest first, make the heading levels. */
export function measureType(pages: readonly PdfPage[]): TypeStatistics {
  const sizes = new Map<number, number>();
  const fonts = new Map<string, number>();
  for (const page of pages) {
    for (const line of page.lines) {
      sizes.set(line.size, (sizes.get(line.size) ?? 0) + line.text.length);
      fonts.set(line.font, (fonts.get(line.font) ?? 0) + line.text.length);
    }
  }
  const bodySize = findMost(sizes, 10);
  const bodyFont = findMost(fonts, "");
  const headingSizes = [...sizes.keys()]
    .filter((size) => size > bodySize * 1.12)
    .sort((a, b) => b - a)
    .slice(0, 6);
  return { bodySize, bodyFont, headingSizes, headingFonts: findHeadingFonts(pages, { bodySize, bodyFont }) };
}

const numbered =
  /^(?:(?:chapter|section|part|appendix)\s+)?(?:\d{1,2}(?:\.\d{1,2}){0,4}\.?|[A-Z]\.(?:\d+\.?)*|[IVX]{1,5}\.)\s+\p{Lu}/iu;

function guessLevel(line: PdfLine, before: PdfLine | undefined, type: TypeStatistics): number {
  if (line.angle !== 0 || line.text.length >= 160 || !/\p{L}{2}/u.test(line.text)) return 0;
  if (line.size > type.bodySize * 1.12) {
    const rank = type.headingSizes.findIndex((size) => Math.abs(size - line.size) < 0.6);
    return rank < 0 ? 6 : Math.min(6, rank + 1);
  }
  if (!standsApart(line, before, type) || caption.test(line.text)) return 0;
  const isNumbered = numbered.test(line.text);
  // "Index 183" is an entry of a table of contents.
  const isNamed = type.headingFonts.has(line.font) && !/\p{L}\s\d{1,4}$/u.test(line.text);
  if (!isNumbered && !isNamed) return 0;
  const depth = /^[\d.]+/.exec(line.text)?.[0].split(".").filter(Boolean).length ?? 1;
  return Math.min(6, type.headingSizes.length + (isNumbered ? depth : 1));
}

/** Headings by type size; neighbouring lines of one size make one heading. */
function findBySize(pages: readonly PdfPage[], type: TypeStatistics): HeadingsByPage {
  const found: HeadingsByPage = new Map();
  for (const page of pages) {
    const headings: PdfHeading[] = [];
    if (page.ocr) continue;
    for (const [index, line] of page.lines.entries()) {
      const before = page.lines[index - 1];
      const level = guessLevel(line, before, type);
      if (level === 0) continue;
      const last = headings.at(-1);
      const follows = last && before && last.first + last.count === index && last.level === level && last.count < 5;
      const drop = before ? line.baseline - before.baseline : 0;
      if (last && follows && drop > 0 && drop < line.size * 1.7) {
        last.count++;
        last.text += ` ${line.text}`;
      } else {
        headings.push({ first: index, count: 1, level, text: line.text });
      }
    }
    found.set(page.number, headings);
  }
  return found;
}

/**
 * Headings of every page, by line. The document's own outline decides when its entries are found on the
 * pages; otherwise type sizes do.
 */
export function findHeadings(
  pages: readonly PdfPage[],
  outline: readonly OutlineEntry[],
  type: TypeStatistics,
): HeadingsByPage {
  if (outline.length >= 3) {
    const { found, matched } = findOutlined(pages, outline);
    if (matched >= 3 && matched >= outline.length * 0.3) return found;
  }
  return findBySize(pages, type);
}

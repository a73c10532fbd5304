import { describe, expect, it } from "vitest";
import { type BlockBuilder, createBlockBuilder } from "./block-builder.ts";
import { defaultPassageOptions, type PassageOptions, splitIntoPassages } from "./chunk.ts";
import { estimateTokens } from "./tokens.ts";

function build(fill: (builder: BlockBuilder) => void, kind: "text" | "pdf" | "xlsx" | "pptx" = "text") {
  const builder = createBlockBuilder({ outputChars: 10_000_000 });
  fill(builder);
  return { kind, ...builder.result() };
}

/** Cuts and checks what every document must hold: exact ranges, nothing lost, nothing over the hard limit. */
function cut(extraction: ReturnType<typeof build>, options: Partial<PassageOptions> = {}) {
  const passages = splitIntoPassages(extraction, options);
  const covered = new Uint8Array(extraction.text.length);
  for (const [index, { n, start, end, text }] of passages.entries()) {
    expect(n).toBe(index);
    expect(extraction.text.slice(start, end)).toBe(text);
    expect(text).toBe(text.trim());
    expect(text.isWellFormed()).toBe(true);
    expect(text.length).toBeLessThanOrEqual(options.maxChars ?? defaultPassageOptions.maxChars);
    covered.fill(1, start, end);
  }
  const lost = [...covered.keys()].filter((i) => !covered[i] && /\S/.test(extraction.text[i] ?? ""));
  expect(lost).toEqual([]);
  return passages;
}

const sentence = (n: number) => `This is sentence number ${n} of the text and it has some words in it.`;
const prose = (from: number, count: number) => Array.from({ length: count }, (_, i) => sentence(from + i)).join(" ");

describe("cutting a document into passages", () => {
  it("packs blocks of a section and carries the path of its headings", () => {
    const passages = cut(
      build((b) => {
        b.heading(1, "Book");
        b.heading(2, "First");
        b.paragraph(prose(0, 10));
        b.paragraph(prose(10, 5));
        b.heading(2, "Second");
        b.paragraph(prose(20, 10));
      }),
    );
    expect(passages.map((p) => p.headingPath)).toEqual([
      ["Book", "First"],
      ["Book", "Second"],
    ]);
    expect(passages[1]?.text.startsWith("Second")).toBe(true);
  });

  it("joins small sections and names the path of the larger part", () => {
    const passages = cut(
      build((b) => {
        b.heading(1, "Small");
        b.paragraph(prose(0, 1));
        b.heading(1, "Large");
        b.paragraph(prose(1, 12));
      }),
    );
    expect(passages.map((p) => p.headingPath)).toEqual([["Large"]]);
  });

  it("never leaves a heading at the end of a passage without its text", () => {
    const passages = cut(
      build((b) => {
        b.paragraph(prose(0, 3));
        b.heading(1, "Opening");
        b.paragraph(prose(3, 22));
      }),
    );
    expect(passages.at(-1)?.text.startsWith("Opening")).toBe(true);
  });

  it("divides a long paragraph between sentences and repeats the sentence before", () => {
    const passages = cut(build((b) => b.paragraph(prose(0, 100))));
    expect(passages.length).toBeGreaterThan(3);
    for (const passage of passages) {
      expect(passage.text).toMatch(/^This is sentence/);
      expect(passage.text).toMatch(/in it\.$/);
      expect(passage.tokensEstimated).toBeLessThanOrEqual(430);
    }
    const [first, second] = passages;
    expect(second?.start).toBeLessThan(first?.end ?? 0);
  });

  it("divides a table between rows and carries its header beside every further piece", () => {
    const rows = [["City", "Country"], ...Array.from({ length: 300 }, (_, i) => [`City ${i}`, `Country ${i}`])];
    const passages = cut(build((b) => b.table(rows, { headerRows: 1 })));
    expect(passages.length).toBeGreaterThan(3);
    expect(passages[0]?.tableHeader).toBeUndefined();
    for (const passage of passages.slice(1)) {
      expect(passage.tableHeader).toBe("City | Country");
      expect(passage.text).toMatch(/^City \d+ \|.*Country \d+$/s);
    }
  });

  it("does not invent a header for a table without one", () => {
    const rows = Array.from({ length: 300 }, (_, i) => [`City ${i}`, `Country ${i}`]);
    expect(cut(build((b) => b.table(rows))).every((p) => p.tableHeader === undefined)).toBe(true);
  });

  it("keeps within its size on text without spaces or without any break", () => {
    const chinese = "这是一个没有空格的句子，用来测试分段。".repeat(300);
    for (const passage of cut(build((b) => b.paragraph(chinese)))) expect(passage.tokensEstimated).toBeLessThan(480);
    cut(build((b) => b.paragraph("a".repeat(100_000))));
    cut(build((b) => b.code("😀".repeat(30_000))));
  });

  it("starts anew on every sheet and on every slide that has text of its own", () => {
    const fill = (b: BlockBuilder) => {
      for (const name of ["One", "Two"]) {
        b.page(name);
        b.heading(1, name);
        b.paragraph(prose(0, 4));
      }
    };
    expect(cut(build(fill, "xlsx")).map((p) => p.page)).toEqual([1, 2]);
    expect(cut(build(fill, "pptx")).map((p) => p.page)).toEqual([1, 2]);
    expect(cut(build(fill, "pdf")).map((p) => p.page)).toEqual([1]);
  });

  it("lights up exactly the lines a passage lies on", () => {
    const sentences = Array.from({ length: 60 }, (_, i) => sentence(i));
    let at = 0;
    const lines = sentences.map((text, i) => {
      const line = {
        start: at,
        end: at + text.length,
        page: i < 30 ? 1 : 2,
        rect: [0, i, 1, 1] as [number, number, number, number],
      };
      at = line.end + 1;
      return line;
    });
    const passages = cut(
      build((b) => b.paragraph(sentences.join(" "), { page: 1, lines }), "pdf"),
      { overlapChars: 0 },
    );
    const tops = passages.map((p) => (p.rects ?? []).flatMap((r) => r.rects.map((rect) => rect[1])));
    expect(tops.flat()).toEqual(sentences.map((_, i) => i));
    expect(passages.at(-1)?.rects?.map((r) => r.page)).toEqual([2]);
  });

  it("yields nothing for nothing", () => {
    expect(splitIntoPassages({ kind: "text", text: "", blocks: [] })).toEqual([]);
  });
});

describe("estimating tokens", () => {
  it("counts words, numbers and signs of different scripts", () => {
    expect(estimateTokens("The cat sat.")).toBe(4);
    expect(estimateTokens("日本語のテキスト")).toBe(7);
    expect(estimateTokens("Привет мир")).toBe(5);
    expect(estimateTokens("12345678")).toBe(3);
    expect(estimateTokens("")).toBe(0);
  });
});

describe("options of a build", () => {
  const book = build((b) => {
    b.heading(1, "Book");
    for (let chapter = 0; chapter < 4; chapter++) {
      b.heading(2, `Chapter ${chapter}`);
      for (let n = 0; n < 3; n++) b.paragraph(prose(chapter * 100 + n * 10, 8));
    }
    b.paragraph(`${"antidisestablishmentarianism ".repeat(90)}end`);
  });

  it("of the default size are those that were used before there was a choice", () => {
    expect(splitIntoPassages(book, { targetTokens: 400, overlapTokens: 0, splitBy: "structure" })).toEqual(
      splitIntoPassages(book),
    );
  });

  it.each([50, 100, 800, 2000])("fill passages up to %d tokens and no further", (targetTokens) => {
    const passages = cut(book, { targetTokens, maxChars: targetTokens * 6 });
    for (const passage of passages) expect(passage.tokensEstimated).toBeLessThanOrEqual(targetTokens);
    const whole = estimateTokens(book.text);
    expect(passages.length).toBeGreaterThanOrEqual(whole / targetTokens);
    expect(passages.length).toBeLessThanOrEqual((whole / targetTokens) * 4 + 4);
  });

  it("repeat the end of the passage before, in whole sentences and within the target", () => {
    const plain = cut(book, { targetTokens: 150 });
    const passages = cut(book, { targetTokens: 200, overlapTokens: 50 });
    expect(passages.map((passage) => passage.end)).toEqual(plain.map((passage) => passage.end));
    let repeated = 0;
    for (const [at, passage] of passages.entries()) {
      expect(passage.tokensEstimated).toBeLessThanOrEqual(200);
      expect(passage.headingPath).toEqual(plain[at]?.headingPath);
      const before = plain[at - 1];
      const own = plain[at];
      if (!before || !own || passage.start === own.start) continue;
      repeated += 1;
      expect(estimateTokens(book.text.slice(passage.start, own.start))).toBeLessThanOrEqual(50);
      expect(passage.start).toBeGreaterThanOrEqual(before.start);
      expect(passage.text).toMatch(/^(This is sentence|antidis|Chapter)/);
    }
    expect(repeated).toBeGreaterThanOrEqual(passages.length - 2);
  });

  it("repeat whole rows of tables, and nothing over the border of a slide", () => {
    const table = build((b) => {
      b.table([["Name", "Value"], ...Array.from({ length: 300 }, (_, i) => [`row ${i}`, `value ${i}`])], {
        headerRows: 1,
      });
    });
    const rows = cut(table, { targetTokens: 100, overlapTokens: 20 });
    for (const passage of rows.slice(1)) expect(passage.text).toMatch(/^row \d+/);
    expect(rows[1]?.start).toBeLessThan(rows[0]?.end ?? 0);
    const slides = build((b) => {
      for (let page = 1; page <= 3; page++) b.paragraph(prose(page * 10, 6), { page });
    }, "pptx");
    const bySlide = cut(slides, { targetTokens: 200, overlapTokens: 60 });
    expect(bySlide.map((passage) => passage.page)).toEqual([1, 2, 3]);
    for (const [at, passage] of bySlide.entries()) expect(passage.text.startsWith(sentence((at + 1) * 10))).toBe(true);
  });

  it("cut by size alone through headings and sentences", () => {
    const passages = cut(book, { targetTokens: 60, splitBy: "size", maxChars: 360 });
    expect(passages.some((passage) => /\w$/.test(passage.text) && !passage.text.endsWith("end"))).toBe(true);
    expect(
      passages.filter((passage) => /[a-z]\.? .*Chapter \d/.test(passage.text.replaceAll("\n", " "))).length,
    ).toBeGreaterThan(0);
    expect(passages[1]?.headingPath[0]).toBe("Book");
    const overlapping = cut(book, { targetTokens: 60, overlapTokens: 15, splitBy: "size", maxChars: 360 });
    expect(overlapping.length).toBeGreaterThan(passages.length);
    for (const [at, passage] of overlapping.slice(1).entries())
      expect(passage.start).toBeLessThan(overlapping[at]?.end ?? 0);
  });
});

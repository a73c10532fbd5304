/** Text at a position: `x` from the left, `y` from the top, in points. */
export type MadeText = {
  x: number;
  y: number;
  text: string;
  size?: number;
  bold?: boolean;
  font?: "body" | "bold" | "unmapped";
};
export type MadePdf = {
  pages: MadeText[][];
  title?: string;
  outline?: { title: string; page: number }[];
  rotate?: number;
};

const [width, height] = [612, 792];

const escapeText = (text: string) => text.replace(/[\\()]/g, "\\$&");

function drawPage(texts: readonly MadeText[]): string {
  const draw = texts.map(({ x, y, text, size = 11, bold, font }) => {
    const name = font === "unmapped" ? "F3" : bold || font === "bold" ? "F2" : "F1";
    return `BT /${name} ${size} Tf 1 0 0 1 ${x} ${height - y} Tm (${escapeText(text)}) Tj ET`;
  });
  return draw.join("\n");
}

/** Maps every character to the private use area, as broken exports do: it looks right and reads as nothing. */
const privateMap = `/CIDInit /ProcSet findresource begin 12 dict begin begincmap
1 begincodespacerange <00> <FF> endcodespacerange
1 beginbfrange <20> <7E> <E020> endbfrange endcmap end end`;

const stream = (content: string) => `<< /Length ${content.length} >>\nstream\n${content}\nendstream`;

/** A small valid PDF of Helvetica text (PDF 1.4, Latin characters). */
export function makePdf({ pages, title, outline = [], rotate = 0 }: MadePdf): Buffer {
  const objects: string[] = ["", "", "", "", "", "", ""];
  const add = (body: string) => objects.push(body);
  const font = (name: string, more = "") =>
    `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding ${more}>>`;
  const pageNumbers = pages.map((texts) => {
    const content = add(stream(drawPage(texts)));
    return add(
      `<< /Type /Page /Parent 2 0 R /Rotate ${rotate} /MediaBox [0 0 ${width} ${height}] /Contents ${content} 0 R ` +
        "/Resources << /Font << /F1 3 0 R /F2 4 0 R /F3 5 0 R >> >> >>",
    );
  });
  const first = objects.length + 2;
  for (const [index, entry] of outline.entries()) {
    const next = index < outline.length - 1 ? `/Next ${first + index} 0 R ` : "";
    const previous = index > 0 ? `/Prev ${first + index - 2} 0 R ` : "";
    add(
      `<< /Title (${escapeText(entry.title)}) /Parent 7 0 R ${next}${previous}/Dest [${pageNumbers[entry.page - 1]} 0 R /Fit] >>`,
    );
  }
  objects[0] = `<< /Type /Catalog /Pages 2 0 R${outline.length > 0 ? " /Outlines 7 0 R" : ""} >>`;
  objects[1] = `<< /Type /Pages /Count ${pages.length} /Kids [${pageNumbers.map((n) => `${n} 0 R`).join(" ")}] >>`;
  objects[2] = font("Helvetica");
  objects[3] = font("Helvetica-Bold");
  const map = add(stream(privateMap));
  objects[4] = font("Helvetica", `/ToUnicode ${map} 0 R `);
  objects[5] = `<< /Producer (test)${title ? ` /Title (${escapeText(title)})` : ""} >>`;
  objects[6] = `<< /Type /Outlines /First ${first - 1} 0 R /Last ${first + outline.length - 2} 0 R /Count ${outline.length} >>`;
  let body = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const offset = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 6 0 R >>\nstartxref\n${body.length}\n%%EOF\n`;
  return Buffer.from(`${body}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}${trailer}`, "latin1");
}

import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ZipEntry, zipOf } from "./zip.ts";

/** A file as Playwright gives it to a page. */
export type TestFile = { name: string; mimeType: string; buffer: Buffer };

const vowels = "aeiou";
const consonants = "bdfgklmnprtvz";

/** A word that occurs nowhere else: searches for it find only what a test brought in. */
export const uniqueWord = (): string =>
  [...randomBytes(12)]
    .map((byte, n) => (n % 2 === 0 ? consonants[byte % consonants.length] : vowels[byte % vowels.length]))
    .join("");

const fileOf = (name: string, mimeType: string, body: string | Buffer): TestFile => ({
  name,
  mimeType,
  buffer: Buffer.from(body),
});

const escapeXml = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");

const xmlHead = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const office = "http://schemas.openxmlformats.org";

export const markdownFile = (name: string, body: string): TestFile => fileOf(name, "text/markdown", body);
export const textFile = (name: string, body: string): TestFile => fileOf(name, "text/plain", body);
export const htmlFile = (name: string, body: string): TestFile =>
  fileOf(
    name,
    "text/html",
    `<!doctype html><html lang="en"><head><title>${name}</title></head><body>${body}</body></html>`,
  );
export const jsonFile = (name: string, value: unknown): TestFile =>
  fileOf(name, "application/json", JSON.stringify(value, null, 2));
export const csvFile = (name: string, rows: readonly (readonly string[])[]): TestFile =>
  fileOf(name, "text/csv", rows.map((row) => row.join(",")).join("\r\n"));

/** A message with plain text (RFC 5322). */
export const emailFile = (name: string, subject: string, body: string): TestFile =>
  fileOf(
    name,
    "message/rfc822",
    [
      "From: Ada <ada@example.com>",
      "To: Edith <edith@example.com>",
      "Date: Mon, 05 Jan 2026 10:00:00 +0000",
      `Subject: ${subject}`,
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "",
      body,
    ].join("\r\n"),
  );

/** Parts of a Word document; `body` is WordprocessingML. */
export const wordParts = (body: string): ZipEntry[] => [
  {
    name: "[Content_Types].xml",
    body: `${xmlHead}<Types xmlns="${office}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
  },
  {
    name: "_rels/.rels",
    body: `${xmlHead}<Relationships xmlns="${office}/package/2006/relationships"><Relationship Id="r1" Type="${office}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
  },
  {
    name: "word/document.xml",
    body: `${xmlHead}<w:document xmlns:w="${office}/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
  },
];

export const wordParagraph = (text: string): string =>
  `<w:p><w:r><w:t xml:space="preserve">${escapeXml(text)}</w:t></w:r></w:p>`;

export const wordFile = (name: string, paragraphs: readonly string[]): TestFile =>
  fileOf(
    name,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    zipOf(wordParts(paragraphs.map(wordParagraph).join(""))),
  );

/** A workbook of one sheet with strings in place. */
export const sheetFile = (name: string, rows: readonly (readonly string[])[]): TestFile => {
  const cells = rows
    .map(
      (row, r) =>
        `<row r="${r + 1}">${row.map((text, c) => `<c r="${String.fromCharCode(65 + c)}${r + 1}" t="inlineStr"><is><t>${escapeXml(text)}</t></is></c>`).join("")}</row>`,
    )
    .join("");
  const main = `${office}/spreadsheetml/2006/main`;
  const relations = `${office}/package/2006/relationships`;
  const documentRelations = `${office}/officeDocument/2006/relationships`;
  const types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  return fileOf(
    name,
    `${types}.sheet`,
    zipOf([
      {
        name: "[Content_Types].xml",
        body: `${xmlHead}<Types xmlns="${office}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${types}.worksheet+xml"/></Types>`,
      },
      {
        name: "_rels/.rels",
        body: `${xmlHead}<Relationships xmlns="${relations}"><Relationship Id="r1" Type="${documentRelations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
      },
      {
        name: "xl/workbook.xml",
        body: `${xmlHead}<workbook xmlns="${main}" xmlns:r="${documentRelations}"><sheets><sheet name="Stock" sheetId="1" r:id="r1"/></sheets></workbook>`,
      },
      {
        name: "xl/_rels/workbook.xml.rels",
        body: `${xmlHead}<Relationships xmlns="${relations}"><Relationship Id="r1" Type="${documentRelations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      },
      {
        name: "xl/worksheets/sheet1.xml",
        body: `${xmlHead}<worksheet xmlns="${main}"><sheetData>${cells}</sheetData></worksheet>`,
      },
    ]),
  );
};

const escapePdf = (text: string): string => text.replace(/[\\()]/g, "\\$&");

/**
 * A PDF of pages with lines of Helvetica, written by hand (ISO 32000-1, sections 7.5 and 9). `paddingBytes` of noise
 * in a stream that no page shows make it as large as wanted.
 */
export const pdfFile = (name: string, pages: readonly (readonly string[])[], paddingBytes = 0): TestFile => {
  const objects: Buffer[] = [];
  const add = (body: string | Buffer): number => objects.push(Buffer.from(body));
  const pagesAt = 2;
  add(`<< /Type /Catalog /Pages ${pagesAt} 0 R >>`);
  add("");
  const font = add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
  const kids = pages.map((lines) => {
    const drawn = lines.map((line) => `(${escapePdf(line)}) Tj T*`).join("\n");
    const content = Buffer.from(`BT /F1 12 Tf 16 TL 72 720 Td\n${drawn}\nET`, "latin1");
    const stream = add(
      Buffer.concat([Buffer.from(`<< /Length ${content.length} >>\nstream\n`), content, Buffer.from("\nendstream")]),
    );
    return add(
      `<< /Type /Page /Parent ${pagesAt} 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 ${font} 0 R >> >> /Contents ${stream} 0 R >>`,
    );
  });
  objects[pagesAt - 1] = Buffer.from(
    `<< /Type /Pages /Kids [${kids.map((kid) => `${kid} 0 R`).join(" ")}] /Count ${kids.length} >>`,
  );
  if (paddingBytes > 0)
    add(
      Buffer.concat([
        Buffer.from(`<< /Length ${paddingBytes} >>\nstream\n`),
        randomBytes(paddingBytes),
        Buffer.from("\nendstream"),
      ]),
    );
  const chunks: Buffer[] = [Buffer.from("%PDF-1.4\n%\u00e2\u00e3\n", "latin1")];
  let at = chunks[0]?.length ?? 0;
  const offsets = objects.map((body, n) => {
    const start = at;
    const chunk = Buffer.concat([Buffer.from(`${n + 1} 0 obj\n`), body, Buffer.from("\nendobj\n")]);
    chunks.push(chunk);
    at += chunk.length;
    return start;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  chunks.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`,
    ),
  );
  return fileOf(name, "application/pdf", Buffer.concat(chunks));
};

const realFilesDir = join(import.meta.dirname, "..", "..", "..", "shared", "files");

/** A real file beside the project, where the machine has them; undefined otherwise. */
export const realFile = (path: string): TestFile | undefined => {
  const file = join(realFilesDir, path);
  return existsSync(file)
    ? fileOf(path.slice(path.lastIndexOf("/") + 1), "application/octet-stream", readFileSync(file))
    : undefined;
};

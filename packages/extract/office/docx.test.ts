import { describe, expect, it } from "vitest";
import { readDocx } from "./docx.ts";
import { makeOffice, readFailure, readMade } from "./test-packages.ts";

const namespaces =
  'xmlns:w="urn:w" xmlns:r="urn:r" xmlns:mc="urn:mc" xmlns:wps="urn:wps" xmlns:v="urn:v" xmlns:c="urn:c"';
const related = [
  ["s", "styles", "styles.xml"],
  ["n", "numbering", "numbering.xml"],
  ["f", "footnotes", "footnotes.xml"],
  ["c", "comments", "comments.xml"],
  ["h1", "header", "header1.xml"],
  ["h2", "header", "header2.xml"],
  ["ft", "footer", "footer1.xml"],
  ["alt", "aFChunk", "chunk.html"],
] as const;

function makeDocx(body: string, parts: Record<string, string> = {}): Buffer {
  const document = `<w:document ${namespaces}><w:body>${body}</w:body></w:document>`;
  const named = Object.fromEntries(Object.entries(parts).map(([name, data]) => [`word/${name}`, data]));
  return makeOffice("word/document.xml", { "word/document.xml": document, ...named }, related);
}

const paragraph = (text: string, properties = "") =>
  `<w:p><w:pPr>${properties}</w:pPr><w:r><w:t>${text}</w:t></w:r></w:p>`;
const cell = (content: string, properties = "") => `<w:tc><w:tcPr>${properties}</w:tcPr>${content}</w:tc>`;

describe("readDocx", () => {
  it("finds headings through inherited styles, outline levels and names of other languages", async () => {
    const styles = `<w:styles xmlns:w="urn:w">
      <w:style w:type="paragraph" w:styleId="Base"><w:name w:val="Base"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
      <w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Own"/><w:basedOn w:val="Base"/></w:style>
      <w:style w:type="paragraph" w:styleId="U1"><w:name w:val="Überschrift 1"/></w:style></w:styles>`;
    const body =
      paragraph("Eins", '<w:pStyle w:val="U1"/>') +
      paragraph("Zwei", '<w:pStyle w:val="Own"/>') +
      paragraph("Drei", '<w:outlineLvl w:val="2"/>') +
      paragraph("Text");
    const { blocks } = await readMade(readDocx, makeDocx(body, { "styles.xml": styles }));
    expect(blocks).toEqual(["heading1: Eins", "heading2: Zwei", "heading3: Drei", "paragraph: Text"]);
  });

  it("renders list numbers over levels and restarts them where the document does", async () => {
    const numbering = `<w:numbering xmlns:w="urn:w">
      <w:abstractNum w:abstractNumId="0">
        <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
        <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1(%2)"/></w:lvl></w:abstractNum>
      <w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="x"/></w:lvl></w:abstractNum>
      <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
      <w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>
      <w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num></w:numbering>`;
    const item = (text: string, list: number, level = 0) =>
      paragraph(text, `<w:numPr><w:ilvl w:val="${level}"/><w:numId w:val="${list}"/></w:numPr>`);
    const body =
      item("a", 1) + item("b", 1, 1) + item("c", 1, 1) + item("d", 1) + item("e", 1, 1) + item("f", 2) + item("g", 3);
    const { blocks } = await readMade(readDocx, makeDocx(body, { "numbering.xml": numbering }));
    expect(blocks.map((block) => block.replace("list-item: ", ""))).toEqual([
      "1. a",
      "1(a) b",
      "1(b) c",
      "2. d",
      "2(a) e",
      "7. f",
      "g",
    ]);
  });

  it("leaves out deleted and hidden text, deleted rows, and joins paragraphs whose end was deleted", async () => {
    const body =
      `<w:p><w:r><w:t xml:space="preserve">kept </w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>` +
      `<w:ins><w:r><w:t>added</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r></w:p>` +
      `<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t xml:space="preserve">first </w:t></w:r></w:p>${paragraph("half")}` +
      `<w:tbl><w:tr><w:trPr><w:del/></w:trPr>${cell(paragraph("old"))}</w:tr><w:tr>${cell(paragraph("new"))}</w:tr></w:tbl>`;
    const { blocks } = await readMade(readDocx, makeDocx(body));
    expect(blocks).toEqual(["paragraph: kept added", "paragraph: first half", "table: new"]);
  });

  it("keeps columns in line over merged cells and knows repeated header rows", async () => {
    const body =
      `<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>${cell(paragraph("A"), '<w:gridSpan w:val="2"/>')}${cell(paragraph("B"))}</w:tr>` +
      `<w:tr>${cell(paragraph("1"))}${cell(paragraph("2"))}${cell(paragraph("3") + paragraph("4"))}</w:tr></w:tbl>`;
    const { result, blocks } = await readMade(readDocx, makeDocx(body));
    expect(blocks).toEqual(["table: A |  | B\n1 | 2 | 3 4"]);
    expect(result.blocks[0]).toMatchObject({
      headerRows: 1,
      cells: [
        ["A", "", "B"],
        ["1", "2", "3\n4"],
      ],
    });
  });

  it("puts notes, comments and text boxes after the paragraph they stand in, each once", async () => {
    const box = `<w:drawing><wps:txbx><w:txbxContent>${paragraph("box")}</w:txbxContent></wps:txbx></w:drawing>`;
    const old = `<w:pict><v:textbox><w:txbxContent>${paragraph("box")}</w:txbxContent></v:textbox></w:pict>`;
    const body =
      `<w:p><w:r><w:t>text</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:commentReference w:id="5"/></w:r>` +
      `<w:r><mc:AlternateContent><mc:Choice>${box}</mc:Choice><mc:Fallback>${old}</mc:Fallback></mc:AlternateContent></w:r></w:p>`;
    const notes = `<w:footnotes xmlns:w="urn:w"><w:footnote w:id="2">${paragraph("note")}</w:footnote></w:footnotes>`;
    const comments = `<w:comments xmlns:w="urn:w"><w:comment w:id="5" w:author="Ana">${paragraph("why?")}</w:comment></w:comments>`;
    const { blocks } = await readMade(readDocx, makeDocx(body, { "footnotes.xml": notes, "comments.xml": comments }));
    expect(blocks).toEqual([
      "paragraph: text",
      "paragraph: [Footnote 1] note",
      "paragraph: [Comment by Ana] why?",
      "paragraph: box",
    ]);
  });

  it("reads each header and footer text once and skips bare page numbers", async () => {
    const header = `<w:hdr xmlns:w="urn:w">${paragraph("Draft contract")}</w:hdr>`;
    const footer = `<w:ftr xmlns:w="urn:w">${paragraph("12")}</w:ftr>`;
    const parts = { "header1.xml": header, "header2.xml": header, "footer1.xml": footer };
    const { blocks } = await readMade(readDocx, makeDocx(paragraph("text"), parts));
    expect(blocks).toEqual(["paragraph: [Header] Draft contract", "paragraph: text"]);
  });

  it("reads an imported HTML document in its place", async () => {
    const { blocks } = await readMade(
      readDocx,
      makeDocx(`${paragraph("a")}<w:altChunk r:id="alt"/>`, { "chunk.html": "<h2>B</h2>" }),
    );
    expect(blocks).toEqual(["paragraph: a", "heading2: B"]);
  });

  it("writes formulas as one line that keeps powers, fractions and sums apart", async () => {
    const run = (text: string) => `<m:r><m:t>${text}</m:t></m:r>`;
    const power = `<m:sSup><m:e>${run("x")}</m:e><m:sup>${run("n+1")}</m:sup></m:sSup>`;
    const fraction = `<m:f><m:num>${run("a-b")}</m:num><m:den>${run("c")}</m:den></m:f>`;
    const sum = `<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>${run("i")}</m:sub><m:sup/><m:e>${run("i")}</m:e></m:nary>`;
    const formula = (content: string) => `<m:oMath xmlns:m="urn:m">${content}</m:oMath>`;
    const body = `<w:p>${formula(power + run("=") + fraction)}${formula(sum)}<w:r><w:t>.</w:t></w:r></w:p>`;
    const { blocks } = await readMade(readDocx, makeDocx(body));
    expect(blocks).toEqual(["paragraph: x^(n+1)=(a-b)/c ∑_i i."]);
  });

  it("goes on without a broken part that the text does not need, and says so", async () => {
    const { blocks, warnings } = await readMade(readDocx, makeDocx(paragraph("a"), { "comments.xml": "<broken" }));
    expect(blocks).toEqual(["paragraph: a"]);
    expect(warnings).toEqual([expect.stringContaining("The comments could not be read")]);
  });

  it("ends as empty without text and as corrupt without a document part", async () => {
    expect(await readFailure(() => readMade(readDocx, makeDocx("<w:p/>")))).toMatchObject({ code: "empty" });
    expect(await readFailure(() => readMade(readDocx, makeOffice("word/document.xml", {})))).toMatchObject({
      code: "corrupt",
    });
  });

  it("stops while reading when there is more text than is kept", async () => {
    const bytes = makeDocx(paragraph("long ".repeat(100)).repeat(10));
    expect(await readFailure(() => readMade(readDocx, bytes, { outputChars: 1_000 }))).toMatchObject({
      code: "too_large",
    });
  });
});

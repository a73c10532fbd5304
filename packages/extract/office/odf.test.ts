import { describe, expect, it } from "vitest";
import { readOdf } from "./odf.ts";
import { makeZip, readFailure, readMade } from "./test-packages.ts";

const root =
  'xmlns:office="o" xmlns:text="t" xmlns:table="tb" xmlns:style="s" xmlns:draw="d" xmlns:presentation="p" xmlns:dc="dc" xmlns:svg="svg"';

function makeOdf(
  kind: "text" | "spreadsheet" | "presentation",
  body: string,
  automatic = "",
  parts: Record<string, string> = {},
): Buffer {
  const content =
    `<office:document-content ${root}><office:automatic-styles>${automatic}</office:automatic-styles>` +
    `<office:body><office:${kind}>${body}</office:${kind}></office:body></office:document-content>`;
  return makeZip([
    { name: "mimetype", data: `application/vnd.oasis.opendocument.${kind}` },
    { name: "content.xml", data: content },
    ...Object.entries(parts).map(([name, data]) => ({ name, data })),
  ]);
}

describe("readOdf", () => {
  it("reads headings, numbered lists that go on, and hides what the document hides", async () => {
    const automatic =
      '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>' +
      '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>' +
      '<text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")" text:display-levels="2"/></text:list-style>';
    const body =
      '<text:h text:outline-level="2">Head<text:s text:c="2"/>ing</text:h>' +
      '<text:list text:style-name="L"><text:list-item><text:p>one</text:p><text:list><text:list-item><text:p>inner</text:p></text:list-item></text:list></text:list-item></text:list>' +
      '<text:p>between <text:span text:style-name="H">secret</text:span></text:p>' +
      '<text:list text:style-name="L" text:continue-numbering="true"><text:list-item><text:p>two</text:p></text:list-item></text:list>' +
      "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>";
    const { blocks } = await readMade(readOdf, makeOdf("text", body, automatic));
    expect(blocks).toEqual([
      "heading2: Head ing",
      "list-item: 1. one",
      "list-item: 1.a) inner",
      "paragraph: between",
      "list-item: 2. two",
    ]);
  });

  it("keeps notes, comments and picture descriptions out of the sentence they stand in", async () => {
    const note =
      '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>note</text:p></text:note-body></text:note>';
    const comment =
      "<office:annotation><dc:creator>Ana</dc:creator><dc:date>2024</dc:date><text:p>why</text:p></office:annotation>";
    const picture = "<draw:frame><svg:title>alt</svg:title></draw:frame>";
    const { blocks } = await readMade(
      readOdf,
      makeOdf("text", `<text:p>a${note}b${comment}c${picture} <text:date>today</text:date></text:p>`),
    );
    expect(blocks).toEqual(["paragraph: abc today", "paragraph: [Footnote 1] note", "paragraph: [Comment by Ana] why"]);
  });

  it("reads slides as pages under their titles with speaker notes", async () => {
    const body =
      '<draw:page draw:name="p1"><draw:frame presentation:class="title"><draw:text-box><text:p>Title</text:p></draw:text-box></draw:frame>' +
      "<draw:frame><draw:text-box><text:p>text</text:p></draw:text-box></draw:frame>" +
      '<presentation:notes><draw:frame presentation:class="notes"><draw:text-box><text:p>say</text:p></draw:text-box></draw:frame></presentation:notes></draw:page>';
    const { result, blocks } = await readMade(readOdf, makeOdf("presentation", body));
    expect(blocks).toEqual(["heading1: Title", "paragraph: text", "paragraph: [Speaker notes] say"]);
    expect(result.pages).toEqual([{ number: 1, label: "Title" }]);
  });

  it("reads sheets as pages and does not unroll the empty rows and columns that fill them", async () => {
    const cell = (text: string, attributes = "") =>
      `<table:table-cell ${attributes}><text:p>${text}</text:p></table:table-cell>`;
    const filler = '<table:table-cell table:number-columns-repeated="16000"/>';
    const body =
      `<table:table table:name="Data"><table:table-row>${cell("Name")}${cell("Sum")}${filler}</table:table-row>` +
      `<table:table-row>${cell("x")}${cell("1.50 €", 'office:value-type="float" office:value="1.5"')}</table:table-row>` +
      `<table:table-row table:number-rows-repeated="1048000">${filler}</table:table-row>` +
      `<table:table-row>${cell("end")}</table:table-row></table:table>`;
    const { result, blocks } = await readMade(readOdf, makeOdf("spreadsheet", body));
    expect(blocks).toEqual(["heading1: Data", "table: Name | Sum\nx | 1.50 €", "paragraph: end"]);
    expect(result.blocks[1]?.headerRows).toBe(1);
  });

  it("reads headers and footers of the page styles once", async () => {
    const styles = `<office:document-styles ${root}><office:master-styles><style:master-page><style:header><text:p>Memo</text:p></style:header>
      <style:header-left><text:p>Memo</text:p></style:header-left></style:master-page></office:master-styles></office:document-styles>`;
    const { blocks } = await readMade(readOdf, makeOdf("text", "<text:p>x</text:p>", "", { "styles.xml": styles }));
    expect(blocks).toEqual(["paragraph: [Header] Memo", "paragraph: x"]);
  });

  it("tells a locked document from a damaged one", async () => {
    const locked = makeOdf("text", "", "", { "META-INF/manifest.xml": "<m><manifest:encryption-data/></m>" });
    expect(await readFailure(() => readMade(readOdf, locked))).toMatchObject({ code: "encrypted" });
    expect(await readFailure(() => readMade(readOdf, makeZip([{ name: "mimetype", data: "x" }])))).toMatchObject({
      code: "corrupt",
    });
  });
});

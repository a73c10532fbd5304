import { describe, expect, it } from "vitest";
import { readPptx } from "./pptx.ts";
import { makeOffice, makeRelationships, readMade } from "./test-packages.ts";

const namespaces = 'xmlns:p="urn:p" xmlns:a="urn:a" xmlns:r="urn:r" xmlns:c="urn:c"';
const run = (text: string, properties = "") => `<a:p>${properties}<a:r><a:t>${text}</a:t></a:r></a:p>`;
const shape = (paragraphs: string, placeholder = "") =>
  `<p:sp><p:nvSpPr><p:nvPr>${placeholder}</p:nvPr></p:nvSpPr><p:txBody>${paragraphs}</p:txBody></p:sp>`;
const slide = (content: string, root = "sld") =>
  `<p:${root} ${namespaces}><p:cSld><p:spTree>${content}</p:spTree></p:cSld></p:${root}>`;

function makePptx(parts: Record<string, string>): Buffer {
  const presentation = `<p:presentation ${namespaces}><p:sldIdLst><p:sldId id="256" r:id="r2"/><p:sldId id="257" r:id="r1"/></p:sldIdLst></p:presentation>`;
  return makeOffice("ppt/presentation.xml", { "ppt/presentation.xml": presentation, ...parts }, [
    ["r1", "slide", "slides/slide1.xml"],
    ["r2", "slide", "slides/slide2.xml"],
  ]);
}

describe("readPptx", () => {
  it("reads slides in the order they are shown, each a page under its title, wherever the title stands", async () => {
    const first = slide(
      shape(run("body"), '<p:ph type="body"/>') + shape(run("Late") + run("title"), '<p:ph type="title"/>'),
    );
    const second = slide(shape(run("Start"), '<p:ph type="ctrTitle"/>') + shape(run("3"), '<p:ph type="sldNum"/>'));
    const { result, blocks } = await readMade(
      readPptx,
      makePptx({ "ppt/slides/slide1.xml": first, "ppt/slides/slide2.xml": second }),
    );
    expect(blocks).toEqual(["heading1: Start", "heading1: Late title", "list-item: body"]);
    expect(result.pages).toEqual([
      { number: 1, label: "Start" },
      { number: 2, label: "Late title" },
    ]);
  });

  it("numbers automatic lists and tells bullets from plain text", async () => {
    const numbered = '<a:pPr><a:buAutoNum type="alphaLcParenR"/></a:pPr>';
    const content =
      shape(run("one", numbered) + run("two", numbered)) +
      shape(run("plain")) +
      shape(run("dot", '<a:pPr><a:buChar char="•"/></a:pPr>'));
    const { blocks } = await readMade(readPptx, makePptx({ "ppt/slides/slide1.xml": slide(content) }));
    expect(blocks).toEqual(["list-item: a) one", "list-item: b) two", "paragraph: plain", "list-item: dot"]);
  });

  it("reads tables, charts with their numbers and speaker notes", async () => {
    const table =
      `<p:graphicFrame><a:tbl><a:tblPr firstRow="1"/><a:tr><a:tc>${run("A")}</a:tc><a:tc>${run("B")}</a:tc></a:tr>` +
      `<a:tr><a:tc>${run("1")}</a:tc><a:tc>${run("2")}</a:tc></a:tr></a:tbl></p:graphicFrame>`;
    const points = (values: string[]) =>
      values.map((value, i) => `<c:pt idx="${i}"><c:v>${value}</c:v></c:pt>`).join("");
    const chart =
      `<c:chartSpace ${namespaces}><c:chart><c:title><c:tx><c:rich>${run("Revenue")}</c:rich></c:tx></c:title><c:plotArea><c:ser>` +
      `<c:tx><c:strRef><c:strCache>${points(["EUR"])}</c:strCache></c:strRef></c:tx>` +
      `<c:cat><c:strRef><c:strCache>${points(["Q1", "Q2"])}</c:strCache></c:strRef></c:cat>` +
      `<c:val><c:numRef><c:numCache><c:formatCode>0.0</c:formatCode>${points(["1", "2.25"])}</c:numCache></c:numRef></c:val></c:ser></c:plotArea></c:chart></c:chartSpace>`;
    const parts = {
      "ppt/slides/slide1.xml": slide(`${table}<p:graphicFrame><c:chart r:id="c1"/></p:graphicFrame>`),
      "ppt/slides/_rels/slide1.xml.rels": makeRelationships([
        ["c1", "chart", "../charts/chart1.xml"],
        ["n1", "notesSlide", "../notesSlides/notes1.xml"],
      ]),
      "ppt/charts/chart1.xml": chart,
      "ppt/notesSlides/notes1.xml": slide(shape(run("say this"), '<p:ph type="body"/>'), "notes"),
    };
    const { result, blocks } = await readMade(readPptx, makePptx(parts));
    expect(blocks).toEqual([
      "table: A | B\n1 | 2",
      "caption: Revenue",
      "table:  | EUR\nQ1 | 1.0\nQ2 | 2.3",
      "paragraph: [Speaker notes] say this",
    ]);
    expect(result.blocks[0]?.headerRows).toBe(1);
  });
});

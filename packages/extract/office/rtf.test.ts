import { describe, expect, it } from "vitest";
import { readRtf } from "./rtf.ts";
import { readFailure, readMade } from "./test-packages.ts";

const read = async (body: string) =>
  (await readMade(readRtf, Buffer.from(`{\\rtf1\\ansi\\ansicpg1252 ${body}}`, "latin1"))).blocks;

describe("readRtf", () => {
  it("decodes code pages of fonts, double bytes and Unicode with its substitutes", async () => {
    const fonts = "{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset204 B;}{\\f2\\fcharset128 C;}}";
    expect(
      await read(`${fonts}\\f0 \\'e9\\f1 \\'e6\\f2 \\'93\\'fa\\'96{}\\f0\\u8364 ? \\uc2\\u-10179??\\u-8704??x\\par`),
    ).toEqual(["paragraph: éж日\ufffd€ 😀x"]);
  });

  it("finds headings by style, also inherited, and by outline level", async () => {
    const styles = "{\\stylesheet{\\s1 heading 1;}{\\s2\\sbasedon1 Mine;}{\\s3\\outlinelevel2 Own;}}";
    const body = "\\pard\\s1 A\\par\\pard\\s2 B\\par\\pard\\s3 C\\par\\pard\\outlinelevel1 D\\par\\pard text\\par";
    expect(await read(styles + body)).toEqual([
      "heading1: A",
      "heading1: B",
      "heading3: C",
      "heading2: D",
      "paragraph: text",
    ]);
  });

  it("keeps list numbers as written and drops bullets", async () => {
    const item = (label: string, text: string) => `{\\listtext ${label}\\tab}\\ls1 ${text}\\par`;
    expect(await read(`\\pard${item("3.", "three")}${item("\\'b7", "dot")}`)).toEqual([
      "list-item: 3. three",
      "list-item: dot",
    ]);
  });

  it("reads tables, also one inside another, with header rows", async () => {
    const table = "\\trowd\\trhdr\\intbl A\\cell B\\cell\\row\\trowd\\intbl 1\\cell 2\\cell\\row";
    const nested =
      "\\trowd\\intbl x\\par\\itap2 in\\nestcell{\\*\\nesttableprops\\trowd\\nestrow}{\\nonesttables\\par}\\itap1 y\\cell\\row";
    expect(await read(`${table}\\pard after\\par ${nested}\\pard end\\par`)).toEqual([
      "table: A | B\n1 | 2",
      "paragraph: after",
      "table: x in y",
      "paragraph: end",
    ]);
  });

  it("skips hidden and deleted text, field codes and unknown destinations", async () => {
    expect(
      await read(
        'a{\\v hidden}{\\deleted gone}{\\field{\\*\\fldinst HYPERLINK "x"}{\\fldrslt b}}{\\*\\unknown no}{\\pict 00ff}c\\par',
      ),
    ).toEqual(["paragraph: abc"]);
  });

  it("puts notes, comments and text boxes after their paragraph, headers first", async () => {
    const body =
      "{\\header Memo\\par}text{\\footnote\\chftn  note}{\\*\\atnauthor Ana}{\\*\\annotation why}" +
      "{\\shp{\\*\\shpinst{\\sp{\\sn a}{\\sv b}}{\\shptxt box\\par}}{\\shprslt old}}\\par";
    expect(await read(body)).toEqual([
      "paragraph: [Header] Memo",
      "paragraph: text",
      "paragraph: [Footnote 1] note",
      "paragraph: [Comment by Ana] why",
      "paragraph: box",
    ]);
  });

  it("reads neither doubles for older programs nor what follows the document", async () => {
    const body = "{\\shp{\\*\\shpinst{\\shptxt box\\par}}{\\shprslt{\\*\\do{\\dptxbxtext box\\par}}}}\\par}trailing";
    expect(await read(body)).toEqual(["paragraph: box"]);
  });

  it("takes title and author as properties, not as text", async () => {
    const { result } = await readMade(readRtf, Buffer.from("{\\rtf1{\\info{\\title Plan}{\\author Ana}}text\\par}"));
    expect(result).toMatchObject({ title: "Plan", text: "text", properties: { author: "Ana" } });
  });

  it("refuses what is not RTF and groups nested past the limit", async () => {
    expect(await readFailure(() => readMade(readRtf, Buffer.from("plain")))).toMatchObject({ code: "corrupt" });
    const deep = Buffer.from(`{\\rtf1${"{".repeat(3_000)}`);
    expect(await readFailure(() => readMade(readRtf, deep))).toMatchObject({ code: "too_complex" });
  });
});

import { describe, expect, it } from "vitest";
import { readEpub } from "./epub.ts";
import { makeZip, readFailure, readMade } from "./test-packages.ts";

const container = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>';
const opf = `<package xmlns:dc="dc"><metadata><dc:title>Book</dc:title><dc:creator>Ana</dc:creator><dc:language>en</dc:language></metadata>
  <manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/><item id="b" href="text/b%20c.xhtml" media-type="application/xhtml+xml"/>
  <item id="p" href="p.png" media-type="image/png"/></manifest><spine><itemref idref="b"/><itemref idref="p"/><itemref idref="a"/></spine></package>`;

function makeEpub(extra: Record<string, string> = {}): Buffer {
  const parts: Record<string, string> = {
    "META-INF/container.xml": container,
    "OPS/book.opf": opf,
    "OPS/a.xhtml": '<?xml version="1.0"?><html><head><title/></head><body><h1>Last</h1><p>end</p></body></html>',
    "OPS/text/b c.xhtml":
      '<?xml version="1.0"?><html><body><div role="navigation">menu</div><h3>small</h3><h1>First</h1><p>one</p></body></html>',
    ...extra,
  };
  return makeZip(Object.entries(parts).map(([name, data]) => ({ name, data })));
}

describe("readEpub", () => {
  it("reads chapters in the order of the spine, each a page under its highest heading", async () => {
    const { result, blocks } = await readMade(readEpub, makeEpub());
    expect(blocks).toEqual([
      "heading3: small",
      "heading1: First",
      "paragraph: one",
      "heading1: Last",
      "paragraph: end",
    ]);
    expect(result.pages).toEqual([
      { number: 1, label: "First" },
      { number: 2, label: "Last" },
    ]);
    expect(result).toMatchObject({ title: "Book", language: "en", properties: { author: "Ana" } });
  });

  it("reads a book with locked fonts but not one with locked chapters", async () => {
    const lock = (part: string) => `<encryption><CipherReference URI="${part}"/></encryption>`;
    const fonts = makeEpub({ "META-INF/encryption.xml": lock("OPS/font.otf") });
    expect((await readMade(readEpub, fonts)).blocks).toHaveLength(5);
    const chapters = makeEpub({ "META-INF/encryption.xml": lock("OPS/a.xhtml") });
    expect(await readFailure(() => readMade(readEpub, chapters))).toMatchObject({ code: "encrypted" });
  });

  it("ends as corrupt without a table of its parts", async () => {
    expect(await readFailure(() => readMade(readEpub, makeZip([{ name: "x", data: "" }])))).toMatchObject({
      code: "corrupt",
    });
  });
});

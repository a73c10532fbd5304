import { describe, expect, it } from "vitest";
import { readFailure, readMade } from "../office/test-packages.ts";
import { readHtml } from "./html.ts";

const read = async (html: string) => (await readMade(readHtml, Buffer.from(html))).blocks;

describe("readHtml", () => {
  it("reads headings, paragraphs, line breaks, quotes and code with its language", async () => {
    const html =
      "<h2>Head <b>line</b></h2><p>one<br>two<br><br>three</p><blockquote>said</blockquote>" +
      '<pre><code class="language-ts">const a = 1;\n  b();</code></pre>';
    const { result, blocks } = await readMade(readHtml, Buffer.from(html));
    expect(blocks).toEqual([
      "heading2: Head line",
      "paragraph: one\ntwo",
      "paragraph: three",
      "quote: said",
      "code: const a = 1;\n  b();",
    ]);
    expect(result.blocks.at(-1)?.language).toBe("ts");
  });

  it("numbers ordered lists as the page does", async () => {
    const html = '<ol start="3"><li>c<ul><li>dot</li></ul></li><li>d</li></ol><ol type="a"><li>x</li></ol>';
    expect(await read(html)).toEqual(["list-item: 3. c", "list-item: dot", "list-item: 4. d", "list-item: a. x"]);
  });

  it("keeps data tables with spans and header rows, and takes layout tables apart", async () => {
    const data =
      '<table><caption>Cap</caption><thead><tr><th colspan="2">A</th><th>B</th></tr></thead>' +
      '<tr><td rowspan="2">1</td><td>2</td><td>3</td></tr><tr><td>4</td><td>5</td></tr></table>';
    const { result, blocks } = await readMade(readHtml, Buffer.from(data));
    expect(blocks).toEqual(["caption: Cap", "table: A |  | B\n1 | 2 | 3\n | 4 | 5"]);
    expect(result.blocks[1]?.headerRows).toBe(1);
    const layout =
      "<table><tr><td><h1>T</h1></td><td><table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table></td></tr></table>";
    expect(await read(layout)).toEqual(["heading1: T", "table: a | b\nc | d"]);
  });

  it("leaves out scripts, styles, navigation and what the page hides, but keeps choices", async () => {
    const html =
      "<script>x()</script><style>y</style><nav>menu</nav><main><p hidden>a</p><p style='color:red; display: none'>b</p>" +
      "<select><option>Oslo</option><option>Rome</option></select><p>shown</p></main>";
    expect(await read(html)).toEqual(["paragraph: Oslo; Rome", "paragraph: shown"]);
  });

  it("reads the navigation where the page has nothing else", async () => {
    expect(await read("<main></main><nav>only this</nav>")).toEqual(["paragraph: only this"]);
  });

  it("follows the encoding the page declares", async () => {
    const html =
      '<html lang="ru"><meta charset="windows-1251"><title>\u00cf</title><p>\u00cf\u00f0\u00e8\u00e2\u00e5\u00f2</p>';
    const { result, blocks } = await readMade(readHtml, Buffer.from(html, "latin1"));
    expect(blocks).toEqual(["paragraph: Привет"]);
    expect(result).toMatchObject({ title: "П", language: "ru", encoding: "windows-1251" });
  });

  it("bounds depth and the empty cells that spans ask for", async () => {
    const deep = Buffer.from("<div>".repeat(200));
    expect(await readFailure(() => readMade(readHtml, deep, { htmlDepth: 100 }))).toMatchObject({
      code: "too_complex",
    });
    const spans = `<table>${`<tr>${'<td colspan="64">x'.repeat(50)}`.repeat(200)}</table>`;
    const { result } = await readMade(readHtml, Buffer.from(spans));
    expect(result.blocks[0]?.cells?.flat().length).toBeLessThan(200 * 64 * 50);
  });

  it("ends as empty when the page shows nothing", async () => {
    expect(await readFailure(() => read("<script>1</script>"))).toMatchObject({ code: "empty" });
  });
});

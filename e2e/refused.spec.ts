import type { Page } from "@playwright/test";
import type { IndexSlug } from "../packages/contracts/index.ts";
import { chooseFiles, createIndex, dockOf, expectReady, openDocuments, rowOf } from "./support/documents.ts";
import {
  htmlFile,
  markdownFile,
  pdfFile,
  realFile,
  type TestFile,
  textFile,
  uniqueWord,
  wordFile,
  wordParagraph,
  wordParts,
} from "./support/files.ts";
import { openHit, searchFor } from "./support/search.ts";
import { expect, test } from "./support/test.ts";
import { zipOf } from "./support/zip.ts";

test.use({ role: "editor" });

let index: IndexSlug;
test.beforeAll(async ({ api }) => {
  index = await createIndex(api, "Refused");
});

const word = uniqueWord();
const named = (name: string): string => `${word} ${name}`;
const docx = (name: string, buffer: Buffer): TestFile => ({ ...wordFile(name, [""]), buffer });

const pdf = pdfFile("whole.pdf", [["This file is cut in half."]], 4000);
const encryptedParts = wordParts(wordParagraph("secret")).map((part) => ({ ...part, flags: 1 }));

/** Hostile and broken files, with the title that a person reads. */
const hostile: { file: TestFile | undefined; title: RegExp }[] = [
  {
    file: docx(named("bomb.docx"), zipOf(wordParts(wordParagraph("0".repeat(700)).repeat(450_000)))),
    title: /built in a way that would take too much to read/,
  },
  { file: docx(named("locked.docx"), zipOf(encryptedParts)), title: /password|damaged/ },
  { file: docx(named("half.docx"), zipOf(wordParts(wordParagraph("half"))).subarray(0, 400)), title: /damaged/ },
  { file: { ...pdf, name: named("half.pdf"), buffer: pdf.buffer.subarray(0, 300) }, title: /damaged|no text/i },
  {
    file: docx(named("noise.docx"), Buffer.from("\u0000\u0001\u0002 not an office file \u0003".repeat(99))),
    title: /damaged|cannot be read/,
  },
  { file: textFile(named("blank.txt"), "   \n\t \n"), title: /no text/i },
  { file: rename(realFile("nasty/huge-60000x60000.png"), named("huge.png")), title: /limit/ },
  { file: rename(realFile("nasty/xxe.docx"), named("entities.docx")), title: /damaged/ },
  { file: rename(realFile("nasty/deep-3000.eml"), named("deep.eml")), title: /take too much to read/ },
  {
    file: rename(realFile("nasty/zipbomb-300MB-paragraphs.docx"), named("bomb 2.docx")),
    title: /take too much to read/,
  },
];

function rename(file: TestFile | undefined, name: string): TestFile | undefined {
  return file && { ...file, name };
}

test("each hostile or broken file fails alone, with its reason in the row and its next step on its page", async ({
  page,
}) => {
  test.setTimeout(240_000);
  const cases = hostile.flatMap(({ file, title }) => (file ? [{ file, title }] : []));
  const good = textFile(named("good.txt"), `A harmless ${word} file among the others.`);
  await openDocuments(page, index);
  await chooseFiles(page, [...cases.map((one) => one.file), good]);
  for (const { file, title } of cases) {
    const row = rowOf(page, file.name);
    await expect(row.getByText("Failed", { exact: true })).toBeVisible({ timeout: 120_000 });
    await expect(row).toContainText(title);
  }
  await expectReady(page, good.name);
  for (const { file, title } of cases) {
    await rowOf(page, file.name).getByRole("link", { name: file.name, exact: true }).click();
    const failure = page.getByRole("region", { name: "Failure" });
    await expect(failure.getByRole("heading")).toHaveText(title);
    await expect(failure.getByText(/^In the step “.+”, code \w+/)).toBeVisible();
    // Title, what exactly, what to do next, where it happened.
    await expect(failure.getByRole("paragraph")).toHaveCount(3);
    await page.goBack();
  }
});

test("an empty file and a name with a direction override are refused before they are sent, with a next step", async ({
  page,
}) => {
  await openDocuments(page, index);
  await chooseFiles(page, [textFile(named("empty.txt"), ""), textFile(named("gpj.\u202etxt"), "turned round")]);
  const dock = dockOf(page);
  const empty = dock.getByText("It has 0 bytes, so there is nothing to read.");
  await expect(empty).toHaveAttribute("title", /Check that it was saved, and add it again/);
  const override = dock.getByText(/control characters are not allowed/);
  await expect(override).toHaveAttribute("title", /Rename the file and add it again/);
  await expect(rowOf(page, named("empty.txt"))).toHaveCount(0);
});

test("a file whose name lies about its type is read as what it is", async ({ page }) => {
  const name = named("really a pdf.docx");
  await openDocuments(page, index);
  await chooseFiles(page, [{ ...pdfFile(name, [[`The ${word} truth is in the bytes.`]]), name }]);
  await expectReady(page, name);
  await expect(rowOf(page, name)).toContainText("PDF");
});

test("names with emoji, in right-to-left script and of 255 characters are kept, shown and found as they are", async ({
  page,
}) => {
  const names = [
    `🚀 ${named("rocket 👩‍🚀.md")}`,
    `تقرير السنة ${word}.md`,
    `${word} ${"long name ".repeat(30)}`.slice(0, 252).concat(".md"),
  ];
  await openDocuments(page, index);
  await chooseFiles(
    page,
    names.map((name, n) => markdownFile(name, `# Named ${n}\n\nThe ${word} names, number ${n}.`)),
  );
  await expectReady(page, ...names);
  for (const name of names) {
    await rowOf(page, name).getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
    await expectNoSideways(page);
    await page.goBack();
  }
});

test("scripts in a document never run: not in hits, not in the source, not in the preview", async ({ page }) => {
  const name = named("attack.html");
  const run = "window.samlaWasHere = true; alert('ran')";
  const dialogs: string[] = [];
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await openDocuments(page, index);
  await chooseFiles(page, [
    htmlFile(
      name,
      `<h1>Price list ${word}</h1><script>${run}</script><img src="x" onerror="${run}"><svg onload="${run}"></svg>` +
        `<p>The ${word} price is &lt;img src=x onerror="${run}"&gt; ten crowns.</p><iframe srcdoc="<script>${run}</script>"></iframe>` +
        `<a href="javascript:${run}">a link of the list</a>`,
    ),
  ]);
  await expectReady(page, name);
  await searchFor(page, `${word} price`, { index });
  await openHit(page, name);
  const text = page.getByRole("region", { name: /^Text of/ });
  await expect(text).toContainText("ten crowns");
  await expect(text.locator("script, iframe, img, svg, a[href^='javascript:']")).toHaveCount(0);
  await page.getByRole("heading", { level: 1 }).getByRole("link").click();
  await page.getByRole("tab", { name: "Preview" }).click();
  await expect(page.getByRole("tabpanel", { name: "Preview" })).toContainText("ten crowns");
  expect(dialogs).toEqual([]);
  expect(await page.evaluate(() => "samlaWasHere" in window)).toBe(false);
});

/** Nothing makes the page wider than the window. */
const expectNoSideways = async (page: Page): Promise<void> => {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
};

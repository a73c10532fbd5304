import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import {
  chooseFiles,
  dockOf,
  dropPaths,
  expectReady,
  findByName,
  openDocuments,
  pasteFile,
  rowOf,
  writeTree,
} from "./support/documents.ts";
import {
  csvFile,
  emailFile,
  htmlFile,
  jsonFile,
  markdownFile,
  pdfFile,
  realFile,
  sheetFile,
  type TestFile,
  textFile,
  uniqueWord,
  wordFile,
} from "./support/files.ts";
import { openHit, searchFor } from "./support/search.ts";
import { expect, signIn, test } from "./support/test.ts";

// One story: what a test brings in, the next ones use.
test.describe.configure({ mode: "serial" });
test.use({ role: "editor" });

const index = "library";
/** Stands in every file of this run, so that searches find this run's files and no others. */
const word = uniqueWord();
/** Stands on two pages of the handbook, and not in its name. */
const topic = uniqueWord();
const named = (name: string): string => `${word} ${name}`;

/** Lines long enough that each page becomes a passage of its own. */
const filler = Array.from(
  { length: 36 },
  (_, n) => `Paragraph ${n + 1} of this page tells of ordinary matters that nobody will look for later on.`,
);
const handbook = pdfFile(named("handbook.pdf"), [
  [...filler.slice(0, 6), `Rules of the ${word} works: a ${topic} visitor reports to the porter.`, ...filler.slice(6)],
  filler,
  [...filler.slice(0, 9), `Wear the ${topic} helmet whenever the crane is moving.`, ...filler.slice(9)],
]);
const files: TestFile[] = [
  handbook,
  markdownFile(
    named("notes.md"),
    `# Notes\n\nThe ${word} meeting decided on a lighthouse.\n\n## Later\n\nNothing else.\n`,
  ),
  htmlFile(named("page.html"), `<h1>Web page</h1><p>An ${word} article about a windmill.</p>`),
  csvFile(named("stock.csv"), [
    ["article", "amount"],
    [`${word} bolts`, "120"],
  ]),
  jsonFile(named("order.json"), { order: 17, text: `A ${word} delivery of copper wire` }),
  emailFile(named("mail.eml"), `About the ${word} invoice`, `Dear Edith,\n\nthe ${word} invoice is due in spring.\n`),
  wordFile(named("contract.docx"), ["Contract", `The ${word} notice period is six weeks.`]),
  sheetFile(named("table.xlsx"), [
    ["name", "place"],
    [`${word} turbine`, "hall 4"],
  ]),
];

/** Real files of the kinds that are not made here, where the machine has them. */
const realFiles = [
  realFile("pptx/sample-presentation.pptx"),
  realFile("odt/text_document_01.odt"),
  realFile("pdf/pdflatex-4-pages.pdf"),
].filter((file) => file !== undefined);

test("a person signs in by the issuer's form and lands on the page they wanted", async ({ browser, baseURL }) => {
  const context = await browser.newContext({ baseURL, storageState: undefined });
  const page = await context.newPage();
  await signIn(page, "editor", "/documents?index=library");
  await expect(page.getByRole("heading", { name: "Documents", level: 1 })).toBeVisible();
  await expect(page.getByText("Edith Editor")).toBeVisible();
  await context.close();
});

test("files of eight formats chosen in the file dialog are read, and a search finds each", async ({ page }) => {
  test.setTimeout(180_000);
  await openDocuments(page, index);
  await chooseFiles(page, [...files, ...realFiles]);
  await expect(dockOf(page)).toBeVisible();
  // Real files may be known from an earlier run on the same state; those made here never are.
  const known = page.getByRole("dialog", { name: /may be here already/ });
  await expect(known.or(dockOf(page).getByText(/^\d+ uploaded/))).toBeVisible({ timeout: 60_000 });
  if (await known.isVisible()) await known.getByRole("button", { name: "Skip all" }).click();
  await findByName(page, word);
  await expectReady(page, ...files.map((file) => file.name));
  await searchFor(page, word, { index });
  for (const file of files)
    await expect(page.getByRole("article").filter({ hasText: file.name }).first()).toBeVisible();
  await expect(page.getByRole("article").first().locator("mark").first()).toHaveText(new RegExp(word, "i"));
});

test("a folder dropped onto the page keeps its tree as the path of its documents", async ({ page }) => {
  const root = await mkdtemp(join(tmpdir(), "samla-drop-"));
  try {
    const tree = writeTree(join(root, named("tree")), {
      [named("readme.md")]: `# Dropped\n\nThe ${word} root file speaks of a granite bridge.\n`,
      [`deep/er/${named("leaf.txt")}`]: `The ${word} leaf speaks of a wooden bridge.\n`,
      ".DS_Store": "left by a system",
    });
    await openDocuments(page, index);
    await dropPaths(page, [tree], () => expect(page.getByText("Drop to upload into Library")).toBeVisible());
    await expect(page.getByText("1 system file left out")).toBeVisible();
    await findByName(page, named("tree"));
    await expectReady(page, named("readme.md"), named("leaf.txt"));
    await expect(rowOf(page, named("leaf.txt"))).toContainText(`${named("tree")}/deep/er`);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

test("a pasted picture of text is read by OCR, and its hit is marked on the picture", async ({ page, browser }) => {
  const drawer = await browser.newPage({ viewport: { width: 900, height: 420 }, deviceScaleFactor: 2 });
  await drawer.setContent(
    `<body style="font:34px/1.6 serif;margin:40px;background:#fff;color:#000"><p>Scanned delivery note ${word}</p><p>Forty barrels of linseed oil arrived at the harbour in good order.</p></body>`,
  );
  const buffer = await drawer.screenshot();
  await drawer.close();
  const name = named("scan.png");
  await openDocuments(page, index);
  await pasteFile(page, { name, mimeType: "image/png", buffer });
  await findByName(page, word);
  await expectReady(page, name);
  await searchFor(page, `"barrels of linseed oil"`, { index });
  await openHit(page, name);
  const picture = page.getByRole("region", { name: `Picture ${name}` });
  await expect(picture.getByRole("img", { name })).toBeVisible();
  await expect(picture.locator("svg[data-highlight] rect").first()).toBeVisible();
});

test("a hit in a PDF opens at its page with the passage marked, and steps to the next and previous hit", async ({
  page,
}) => {
  await searchFor(page, topic, { index, kind: "pdf" });
  await openHit(page, handbook.name, "porter");
  await expect(page.getByRole("heading", { name: handbook.name, level: 1 })).toBeVisible();
  const first = page.getByRole("region", { name: "Page 1" });
  await expect(first.locator("svg[data-highlight] rect").first()).toBeVisible();
  // The page is really drawn: its canvas is not one colour.
  await expect
    .poll(() =>
      first.locator("canvas").evaluate((canvas: HTMLCanvasElement) => {
        const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        return pixels.some((value, n) => n % 4 === 0 && value < 100);
      }),
    )
    .toBe(true);
  await expect(page.getByText("hit 1 of 2")).toBeVisible();
  await page.getByRole("button", { name: "Next hit" }).click();
  await expect(page.getByText("hit 2 of 2")).toBeVisible();
  const third = page.getByRole("region", { name: "Page 3" });
  await expect(third.locator("svg[data-highlight] rect").first()).toBeInViewport();
  await page.keyboard.press("p");
  await expect(page.getByText("hit 1 of 2")).toBeVisible();
  await expect(first.locator("svg[data-highlight] rect").first()).toBeInViewport();
});

test("a hit in a text document opens with the passage and the words marked in the text", async ({ page }) => {
  await searchFor(page, `${word} notice period`, { index });
  await openHit(page, named("contract.docx"));
  const text = page.getByRole("region", { name: /^Text of/ });
  await expect(text.locator("mark[data-layer=word]").filter({ hasText: "notice" })).toBeInViewport();
  await expect(text.locator("mark[data-layer=passage]").first()).toBeVisible();
});

test("the download is the very file that was uploaded, under its name", async ({ page }) => {
  await openDocumentPage(page, handbook.name);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download", exact: true }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(handbook.name);
  expect(readFileSync(await download.path()).equals(handbook.buffer)).toBe(true);
});

test("a new version replaces the old one in searches, and an earlier version can be made live again", async ({
  page,
}) => {
  const name = named("notes.md");
  await openDocumentPage(page, name);
  await page.getByRole("button", { name: "More actions" }).click();
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("menuitem", { name: "Upload a new version…" }).click(),
  ]);
  await chooser.setFiles([markdownFile(name, `# Notes\n\nThe ${word} meeting decided on a waterwheel instead.\n`)]);
  await expect(page.getByRole("tab", { name: "Versions 2" })).toBeVisible();
  await page.getByRole("tab", { name: "Versions 2" }).click();
  const versions = page.getByRole("tabpanel", { name: /Versions/ }).getByRole("listitem");
  const second = versions.filter({ hasText: "Version 2" });
  await expect(second.getByText("Live", { exact: true })).toBeVisible({ timeout: 60_000 });
  const documentUrl = page.url();

  await searchFor(page, `${word} waterwheel`, { index });
  await expect(page.getByRole("article").filter({ hasText: "waterwheel" })).toHaveCount(1);
  await searchFor(page, `"${word} meeting decided on a lighthouse"`, { index });
  await expect(page.getByRole("heading", { name: /^Nothing found/ })).toBeVisible();

  await page.goto(documentUrl);
  const first = versions.filter({ hasText: "Version 1" });
  await first.getByRole("button", { name: "Make live" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Make live" }).click();
  await expect(first.getByText("Live", { exact: true })).toBeVisible();
  await searchFor(page, `"${word} meeting decided on a lighthouse"`, { index });
  await expect(page.getByRole("article").filter({ hasText: "lighthouse" })).toHaveCount(1);
  await searchFor(page, `"${word} meeting decided on a waterwheel"`, { index });
  await expect(page.getByRole("heading", { name: /^Nothing found/ })).toBeVisible();
});

test("a renamed and tagged document goes by its new name and is found under its tag", async ({ page }) => {
  const tag = `tag-${word}`;
  const renamed = named("windmill page.html");
  await openDocumentPage(page, named("page.html"));
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(renamed);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: renamed })).toBeVisible();
  await page.getByRole("button", { name: "Tag", exact: true }).click();
  await page.getByRole("textbox", { name: "New tag" }).fill(tag);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("link", { name: tag })).toBeVisible();
  await page.goto(`/documents?index=${index}&tag=${tag}`);
  await expect(rowOf(page, renamed)).toBeVisible();
  await searchFor(page, `${word} windmill`, { index, tag });
  await expect(page.getByRole("article")).toHaveCount(1);
});

test("a deleted document leaves the list and searches at once, undo brings it back, and so does the list of deleted ones", async ({
  page,
}) => {
  const name = named("order.json");
  await openDocuments(page, index);
  await findByName(page, word);
  await rowOf(page, name)
    .getByRole("button", { name: `Actions for ${name}` })
    .click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(rowOf(page, name)).toHaveCount(0);
  const found = async (): Promise<number> => {
    const answer = await page.request.get("/api/v1/search", {
      params: { q: `"${word} delivery of copper wire"`, index },
    });
    return ((await answer.json()) as { hits: unknown[] }).hits.length;
  };
  await expect.poll(found).toBe(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(rowOf(page, name)).toBeVisible();
  await expect.poll(found).toBe(1);

  await rowOf(page, name)
    .getByRole("button", { name: `Actions for ${name}` })
    .click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(rowOf(page, name)).toHaveCount(0);
  await page.getByRole("button", { name: /^Deleted/ }).click();
  await expect(rowOf(page, name)).toBeVisible();
  await rowOf(page, name)
    .getByRole("button", { name: `Actions for ${name}` })
    .click();
  await page.getByRole("menuitem", { name: "Restore" }).click();
  await expect(rowOf(page, name)).toHaveCount(0);
  await page.getByRole("button", { name: /^All/ }).click();
  await expect(rowOf(page, name)).toBeVisible();
  await expect.poll(found).toBe(1);
});

test("many documents are tagged and deleted in one step, and one undo brings all of them back", async ({ page }) => {
  const tag = `many-${word}`;
  const names = [named("stock.csv"), named("table.xlsx"), named("mail.eml")];
  await openDocuments(page, index);
  await findByName(page, word);
  for (const name of names) await page.getByRole("checkbox", { name: `Select ${name}` }).click();
  const bar = page.getByRole("region", { name: "Selection" });
  await expect(bar).toContainText("3 selected");
  await bar.getByRole("button", { name: "Tags…" }).click();
  const dialog = page.getByRole("dialog", { name: "Tags" });
  await dialog.getByLabel("Add a tag").fill(tag);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByRole("listitem").filter({ hasText: tag })).toBeVisible();
  await dialog.getByRole("button", { name: "Done" }).click();
  for (const name of names) await expect(rowOf(page, name)).toContainText(tag);
  await bar.getByRole("button", { name: "Delete" }).click();
  for (const name of names) await expect(rowOf(page, name)).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  for (const name of names) await expect(rowOf(page, name)).toBeVisible();
});

test("a file that is here already is skipped, becomes a version or a separate document, as the person decides", async ({
  page,
}) => {
  const body = `The ${word} ledger lists a silver bell.`;
  const name = named("ledger.txt");
  const again = async (text: string, choice: "Skip" | "New version" | "Separate") => {
    await chooseFiles(page, [textFile(name, text)]);
    const dialog = page.getByRole("dialog", { name: "1 file may be here already" });
    await dialog.getByRole("button", { name: `${choice}: ${name}` }).click();
    await expect(dialog).toBeHidden();
  };
  await openDocuments(page, index);
  await chooseFiles(page, [textFile(name, body)]);
  await findByName(page, name);
  await expectReady(page, name);

  await again(body, "Skip");
  await expect(dockOf(page).getByText("Skipped")).toBeVisible();
  await expect(rowOf(page, name)).toHaveCount(1);

  await again(`${body} And a second bell.`, "New version");
  await expect
    .poll(async () => (await page.request.get("/api/v1/documents", { params: { index, q: name } })).text())
    .toContain('"versionCount":2');
  await expect(rowOf(page, name)).toHaveCount(1);

  await again(`${body} And a third bell.`, "Separate");
  await expect(rowOf(page, name)).toHaveCount(2);
});

const openDocumentPage = async (page: Page, name: string): Promise<void> => {
  await openDocuments(page, index);
  await findByName(page, name);
  await rowOf(page, name).getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
};

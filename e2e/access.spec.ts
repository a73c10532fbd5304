import type { DocumentId, IndexSlug } from "../packages/contracts/index.ts";
import { expectAccessible } from "./support/axe.ts";
import { createIndex, expectReady, openDocuments, rowOf, seedDocuments } from "./support/documents.ts";
import { textFile, uniqueWord } from "./support/files.ts";
import { searchFor } from "./support/search.ts";
import { expect, test } from "./support/test.ts";

const word = uniqueWord();
let index: IndexSlug;
let ids: string[] = [];

test.beforeAll(async ({ api }) => {
  index = await createIndex(api, "Narrowed");
  ids = await seedDocuments(
    api,
    index,
    ["open", "one", "two"].map((name) => ({
      name: `${name}.md`,
      bytes: Buffer.from(`# ${name}\n\nThe ${word} ${name} of the house.\n`),
    })),
  );
});

test.describe("an editor", () => {
  test.use({ role: "editor" });

  test("narrows a document on its page, is kept from locking herself out, and sees it told", async ({ page }) => {
    await page.goto(`/documents/${ids[1]}`);
    await page.getByRole("button", { name: "Change", exact: true }).click();
    const window = page.getByRole("dialog", { name: "Who may read" });
    await window.getByText("Only some of them").click();
    const name = window.getByRole("combobox", { name: "Readers" });
    await name.fill("everybody");
    await window.getByRole("button", { name: "Add" }).click();
    await expect(window.getByRole("alert")).toContainText("group:<name>");
    await name.fill("group:board");
    await name.press("Enter");
    await window.getByRole("button", { name: "Save" }).click();
    await expect(window.getByRole("alert")).toContainText("Name yourself");
    await expectAccessible(page, "[role=dialog]");
    await name.fill("role:editor");
    await name.press("Enter");
    await window.getByRole("button", { name: "Save" }).click();
    await expect(window).toBeHidden();
    await expect(page.getByTitle("Only for group:board, role:editor")).toBeVisible();
    await page.getByRole("tab", { name: "Activity" }).click();
    const told = page.getByRole("article", { name: "Readers of a document changed" });
    await expect(told).toContainText("let group:board, role:editor read");
  });

  test("narrows several at once and sees a lock on them in the list", async ({ page }) => {
    await openDocuments(page, index);
    await rowOf(page, "two.md").getByRole("checkbox").click();
    await rowOf(page, "one.md").getByRole("checkbox").click();
    await page.getByRole("region", { name: "Selection" }).getByRole("button", { name: "Who may read…" }).click();
    const window = page.getByRole("dialog", { name: "Who may read" });
    await expect(window).toContainText("different readers now");
    await window.getByText("Only some of them").click();
    await window.getByRole("combobox", { name: "Readers" }).fill("role:editor");
    await window.getByRole("button", { name: "Add" }).click();
    await window.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("2 documents given other readers")).toBeVisible();
    for (const name of ["one.md", "two.md"])
      await expect(rowOf(page, name).getByRole("img", { name: "Only for role:editor" })).toBeVisible();
    await expect(rowOf(page, "open.md").getByRole("img", { name: /^Only for/ })).toHaveCount(0);
    await expectAccessible(page);
  });

  test("uploads a file that only some may read from its first moment", async ({ page, api }) => {
    await openDocuments(page, index);
    await page.getByRole("button", { name: "Upload", exact: true }).click();
    await page.getByRole("menuitem", { name: "For some readers only…" }).click();
    const window = page.getByRole("dialog", { name: "Upload for some readers only" });
    await window.getByRole("combobox", { name: "Readers" }).fill("role:editor");
    await window.getByRole("button", { name: "Add" }).click();
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      window.getByRole("button", { name: "Choose files…" }).click(),
    ]);
    await chooser.setFiles([textFile("kept.txt", `The ${word} that is kept.`)]);
    await expectReady(page, "kept.txt");
    await expect(rowOf(page, "kept.txt").getByRole("img", { name: "Only for role:editor" })).toBeVisible();
    const { items } = await api.call("documents.list", { query: { index, q: "kept" } });
    expect(items[0]?.readers).toEqual(["role:editor"]);
  });
});

test.describe("a reader", () => {
  test.use({ role: "reader" });

  test("finds nothing of it: no row, no count, no hit, no page, and no word of readers", async ({ page }) => {
    await openDocuments(page, index);
    await expect(page.getByRole("link", { name: "open.md" })).toBeVisible();
    await expect(page.getByText("1 shown, that is all")).toBeVisible();
    await expect(page.getByRole("img", { name: /^Only for/ })).toHaveCount(0);
    await searchFor(page, word, { index });
    await expect(page.getByRole("article")).toHaveCount(1);
    await page.goto(`/documents/${ids[1]}`);
    await expect(page.getByRole("alert")).toBeVisible();
    await page.goto(`/documents/${ids[0]}`);
    await expect(page.getByRole("heading", { name: "open.md", level: 1 })).toBeVisible();
    await expect(page.getByText("those of the index")).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Change", exact: true })).toHaveCount(0);
  });

  test("is let in again at once when it is left to the index", async ({ page, api }) => {
    await api.call("documents.patch", { params: { documentId: ids[2] as DocumentId }, body: { readers: null } });
    await page.goto(`/documents/${ids[2]}`);
    await expect(page.getByRole("heading", { name: "two.md", level: 1 })).toBeVisible();
  });
});

import type { IndexSlug } from "../packages/contracts/index.ts";
import { createIndex, seedDocuments } from "./support/documents.ts";
import { csvFile, htmlFile, uniqueWord } from "./support/files.ts";
import { searchFor } from "./support/search.ts";
import { expect, test } from "./support/test.ts";

test.use({ role: "reader" });

let index: IndexSlug;
const word = uniqueWord();
test.beforeAll(async ({ api }) => {
  index = await createIndex(api, "Search");
  const markdown = (name: string, text: string, tags: string[], path = "") => ({
    name,
    path,
    tags,
    bytes: Buffer.from(`# ${name.replace(".md", "")}\n\n${text}\n`),
  });
  await seedDocuments(api, index, [
    markdown("harbour.md", `The ${word} harbour has a lighthouse keeper and a customs house.`, ["sea"], "places/coast"),
    markdown("mill.md", `The ${word} mill grinds wheat beside the river.`, ["land"], "places/inland"),
    markdown("bridge.md", `The ${word} bridge crosses the river near the mill.`, ["land", "sea"]),
    {
      name: "page.html",
      tags: ["web"],
      bytes: htmlFile("page", `<h1>Quarry</h1><p>The ${word} quarry sells granite.</p>`).buffer,
    },
    {
      name: "list.csv",
      tags: [],
      bytes: csvFile("l", [
        ["thing", "price"],
        [`${word} granite`, "12"],
      ]).buffer,
    },
  ]);
});

const boxName = "Search the text of your documents";

test("results follow the typing, the address follows the search, and going back goes back", async ({ page }) => {
  await page.goto(`/search?index=${index}`);
  const box = page.getByRole("textbox", { name: boxName });
  await expect(box).toBeFocused();
  await box.pressSequentially(`${word} harbour`, { delay: 15 });
  await expect(page.getByRole("article").first()).toContainText("lighthouse keeper");
  await expect(page).toHaveURL(new RegExp(`q=${word}(\\+|%20)harbour`));
  await box.fill(`${word} mill`);
  await expect(page.getByRole("article").first()).toContainText("grinds wheat");
  await page.getByRole("article").first().getByRole("link").click();
  await expect(page.getByRole("heading", { name: "mill.md", level: 1 })).toBeVisible();
  await page.goBack();
  await expect(box).toHaveValue(`${word} mill`);
  await expect(page.getByRole("article").first()).toContainText("grinds wheat");
});

test("a hit that is clicked as soon as it shows is opened, while the address still follows the typing", async ({
  page,
}) => {
  for (const name of ["harbour", "mill", "bridge", "harbour keeper", "mill wheat"]) {
    await page.goto(`/search?index=${index}`);
    await page.getByRole("textbox", { name: boxName }).fill(`${word} ${name}`);
    await page.getByRole("article").first().getByRole("link").click();
    await expect(page).toHaveURL(/\/documents\/.+\/view\?/);
    await page.goBack();
    await expect(page.getByRole("textbox", { name: boxName })).toHaveValue(`${word} ${name}`);
  }
});

test("filters narrow the hits, stand in the address and show how much each would keep", async ({ page }) => {
  await searchFor(page, word, { index });
  await expect(page.getByRole("article")).toHaveCount(5);
  const filters = page.getByRole("complementary", { name: "Filters" });
  await expect(filters.getByRole("checkbox", { name: /Markdown/ })).toBeVisible();
  await expect(filters.getByRole("group", { name: "Kind" }).getByText("3", { exact: true })).toBeVisible();
  await filters.getByRole("checkbox", { name: /^land/ }).check();
  await expect(page.getByRole("article")).toHaveCount(2);
  await expect(page).toHaveURL(/tag=land/);
  await filters.getByLabel("Folder or file begins with").fill("places");
  await expect(page.getByRole("article")).toHaveCount(1);
  await expect(page).toHaveURL(/path=places/);
  await page.reload();
  await expect(page.getByRole("article")).toHaveCount(1);
  await expect(filters.getByRole("checkbox", { name: /^land/ })).toBeChecked();
  await filters.getByRole("button", { name: "Clear filters" }).click();
  await expect(page.getByRole("article").nth(4)).toBeVisible();
  await filters.getByLabel("From").fill("2030-01-01");
  await expect(page.getByRole("heading", { name: `Nothing found for “${word}”` })).toBeVisible();
  await page.getByRole("button", { name: "Search without the filter" }).click();
  await expect(page.getByRole("article").first()).toBeVisible();
});

test("a phrase in quotation marks finds the words in just this order, and a minus sign leaves passages out", async ({
  page,
}) => {
  await searchFor(page, `"river near the mill"`, { index });
  await expect(page.getByRole("article")).toHaveCount(1);
  await expect(page.getByRole("article")).toContainText("crosses the river");
  await searchFor(page, `"mill the near river"`, { index });
  await expect(page.getByRole("heading", { name: /^Nothing found/ })).toBeVisible();
  await searchFor(page, `${word} river -bridge`, { index });
  await expect(page.getByRole("article").first()).toContainText("grinds wheat");
  await expect(page.getByRole("article").filter({ hasText: "crosses the river" })).toHaveCount(0);
});

test("a word that is spelled wrong still finds, and the page says what was searched instead", async ({ page, api }) => {
  test.setTimeout(150_000);
  // Spelling looks at what upkeep has put into the search structures; rows that are new are found as typed only.
  await expect
    .poll(async () => (await api.call("search.query", { query: { q: "keepper", index: [index] } })).correctedText, {
      timeout: 120_000,
      intervals: [500],
    })
    .toBe("keeper");
  await searchFor(page, "keepper", { index });
  await expect(page.getByText("Nothing matches exactly as typed.")).toBeVisible();
  await expect(page.getByRole("article").first()).toContainText("lighthouse keeper");
  await page.getByRole("button", { name: "keeper", exact: true }).click();
  await expect(page.getByRole("textbox", { name: boxName })).toHaveValue("keeper");
});

test("explain shows how each score came about", async ({ page }) => {
  await searchFor(page, `${word} granite`, { index });
  await page.getByRole("button", { name: "Explain" }).click();
  const hit = page.getByRole("article").first();
  await expect(hit.getByText("By words")).toBeVisible();
  await expect(hit.getByText("By meaning")).toBeVisible();
  await expect(page).toHaveURL(/explain=true/);
});

test("before anything is typed the page says what can be searched; what nothing matches says what to try", async ({
  page,
}) => {
  await page.goto("/search");
  await expect(
    page.getByRole("region", { name: "Indexes" }).getByRole("button", { name: /SAMLA manual/ }),
  ).toBeVisible();
  await searchFor(page, `"${uniqueWord()} ${uniqueWord()}"`, { index });
  await expect(page.getByRole("heading", { name: /^Nothing found for/ })).toBeVisible();
  await expect(page.getByText(/Try fewer or other words|filters on this search/)).toBeVisible();
});

test("the manual answers the first search of a new installation", async ({ page }) => {
  await searchFor(page, "how do I restore a deleted document");
  await expect(page.getByRole("article").first()).toContainText(/restor/i);
});

test("the keyboard alone reaches the box, walks the hits, opens one and comes back", async ({ page }) => {
  await searchFor(page, word, { index });
  await page.keyboard.press("ArrowDown");
  const hits = page.getByRole("article").getByRole("link");
  await expect(hits.first()).toBeFocused();
  await page.keyboard.press("j");
  await expect(hits.nth(1)).toBeFocused();
  await page.keyboard.press("k");
  await expect(hits.first()).toBeFocused();
  await page.keyboard.press("/");
  await expect(page.getByRole("textbox", { name: boxName })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/documents\/doc_.+\/view/);
});

test("Ctrl-K opens the palette everywhere: it finds documents by name, goes to panels and hands on to the search", async ({
  page,
}) => {
  await page.goto(`/documents?index=${index}`);
  await expect(page.getByRole("heading", { name: "Documents", level: 1 })).toBeVisible();
  await page.keyboard.press("Control+k");
  const input = page.getByRole("dialog", { name: "Command palette" }).getByRole("combobox");
  await expect(input).toBeFocused();
  await input.fill("harbour");
  await page
    .getByRole("option", { name: /harbour\.md/ })
    .first()
    .click();
  await expect(page.getByRole("heading", { name: "harbour.md", level: 1 })).toBeVisible();
  await page.keyboard.press("Control+k");
  await input.fill("indexes");
  await page.getByRole("option", { name: /^Indexes/ }).click();
  await expect(page.getByRole("heading", { name: "Indexes", level: 1 })).toBeVisible();
  await page.keyboard.press("Control+k");
  await input.fill(`${word} quarry`);
  await page.getByRole("option", { name: /Search the text of all documents/ }).click();
  await expect(page.getByRole("article").first()).toContainText("sells granite");
});

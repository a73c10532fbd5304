import type { DocumentId, IndexSlug } from "../packages/contracts/index.ts";
import { expectAccessible } from "./support/axe.ts";
import { createIndex, seedDocuments } from "./support/documents.ts";
import { uniqueWord } from "./support/files.ts";
import { searchFor } from "./support/search.ts";
import { expect, test } from "./support/test.ts";

// What a reader did is what an administrator sees after it.
test.describe.configure({ mode: "serial" });

const [word, unknown] = [uniqueWord(), uniqueWord()];
let index: IndexSlug;
let ids: string[] = [];

test.beforeAll(async ({ api }) => {
  index = await createIndex(api, "Asked");
  ids = await seedDocuments(
    api,
    index,
    ["harbour", "mill", "bridge"].map((name) => ({
      name: `${name}.md`,
      bytes: Buffer.from(`# The ${name}\n\nThe ${word} ${name} stands by the river.\n`),
    })),
  );
});

test.describe("a reader", () => {
  test.use({ role: "reader" });

  test("searches, gives a thumb and opens a hit; nothing waits for it or moves", async ({ page }) => {
    await searchFor(page, `"${unknown}"`, { index });
    await searchFor(page, `${word} harbour`, { index });
    const hit = page.getByRole("article").filter({ hasText: "harbour.md" });
    const before = await hit.boundingBox();
    await hit.hover();
    const told = page.waitForResponse((response) => response.url().endsWith("/feedback"));
    await hit.getByRole("button", { name: /^Good hit/ }).click();
    await expect(hit.getByRole("button", { name: /^Good hit/ })).toHaveAttribute("aria-pressed", "true");
    expect((await told).status()).toBe(204);
    expect(await hit.boundingBox()).toEqual(before);
    const opened = page.waitForResponse((response) => response.url().endsWith("/feedback"));
    await hit.getByRole("link").click();
    await expect(page.getByRole("heading", { name: "harbour.md", level: 1 })).toBeVisible();
    expect((await opened).status()).toBe(204);
    await page.goBack();
    await expect(page.getByRole("button", { name: /^Good hit: harbour/ })).toHaveAttribute("aria-pressed", "true");
  });

  test("is not offered the log, and gets nothing of it by its address", async ({ page }) => {
    await page.goto(`/indexes/${index}`);
    await expect(page.getByRole("navigation", { name: "Parts of the index" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Queries" })).toHaveCount(0);
    await page.goto(`/indexes/${index}/queries`);
    await expect(page.getByRole("alert").filter({ hasText: "Your role does not allow this" })).toBeVisible();
  });
});

test.describe("an administrator", () => {
  test.use({ role: "admin" });

  test("sees what was asked, replays it on the same bytes, and is told what is gone", async ({ page, api }) => {
    await page.goto(`/indexes/${index}/queries`);
    await expect(page.getByRole("figure")).toContainText("Searches a day");
    await expect(page.getByRole("region", { name: "Most searched" })).toContainText(`${word} harbour`);
    await expect(page.getByRole("region", { name: "Without a hit" })).toContainText(unknown);
    await expectAccessible(page);
    await page.getByRole("button", { name: `${word} harbour`, exact: true }).click();
    await expect(page).toHaveURL(/part=log/);
    await expectAccessible(page);
    await page
      .getByRole("list", { name: "Searches" })
      .getByRole("link", { name: `${word} harbour`, exact: true })
      .click();

    const hits = page.getByRole("region", { name: "Hits as shown" });
    const harbour = hits.getByRole("listitem").filter({ hasText: "harbour.md" });
    await expect(harbour).toContainText("opened");
    await expect(harbour).toContainText("good");
    await expect(page.getByText("Rita Reader")).toBeVisible();
    await page.getByRole("button", { name: "Run it again" }).click();
    await expect(page.getByText(/^The same 3 hits in the same order/)).toBeVisible();

    await api.call("documents.delete", { params: { documentId: ids[1] as DocumentId } });
    await page.getByRole("button", { name: "Run it once more" }).click();
    const gone = page.getByRole("list", { name: "Gone" });
    await expect(gone).toContainText("mill.md");
    await expect(gone).toContainText("document deleted");
    await expectAccessible(page);
  });

  test("goes from a row to the test bench and to a question with what the thumbs say", async ({ page }) => {
    await page.goto(`/indexes/${index}/queries?part=log&view=with-thumbs`);
    await page.getByRole("link", { name: `“${word} harbour” in the test bench` }).click();
    await expect(page.getByLabel("Query to try")).toHaveValue(`${word} harbour`);
    await page.goBack();
    await page.getByRole("button", { name: `Make “${word} harbour” a question` }).click();
    await expect(page.getByRole("heading", { name: `${word} harbour`, level: 2 })).toBeVisible();
    await expect(page.getByRole("main")).toContainText("harbour.md");
    await expect(page.getByText("Right", { exact: true }).first()).toBeVisible();
    await page.goto(`/indexes/${index}/queries?part=log&view=with-thumbs`);
    await page.getByRole("button", { name: `Make “${word} harbour” a question` }).click();
    await expect(page).toHaveURL(/\/questions\?q=/);
  });
});

test.describe("an editor", () => {
  test.use({ role: "editor" });
  test("is not offered the log", async ({ page }) => {
    await page.goto(`/indexes/${index}`);
    await expect(page.getByRole("link", { name: "Questions" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Queries" })).toHaveCount(0);
  });
});

import type { IndexSlug } from "../packages/contracts/index.ts";
import { expectAccessible } from "./support/axe.ts";
import { createIndex, seedDocuments } from "./support/documents.ts";
import { uniqueWord } from "./support/files.ts";
import { expect, test } from "./support/test.ts";

let index: IndexSlug;

test.beforeAll(async ({ api }) => {
  index = await createIndex(api, "Cared for");
  await seedDocuments(api, index, [
    { name: "plan.md", bytes: Buffer.from(`# Plan\n\nThe ${uniqueWord()} plan of the harbour.\n`) },
  ]);
});

test.describe("an administrator", () => {
  test.use({ role: "admin" });
  test("has the index checked, sees the number with when and what was compared, storage, upkeep and history", async ({
    page,
  }) => {
    await page.goto(`/indexes/${index}/care`);
    const auditor = page.getByRole("region", { name: "Auditor" });
    await auditor.getByRole("button", { name: "Check now" }).click();
    await expect(auditor.locator("[data-differences]")).toHaveText("0", { timeout: 60_000 });
    // What was made a moment ago is left to the next check, and the sentence says so.
    await expect(auditor).toContainText(/Everything that is catalogued is stored|Nothing differs in what has settled/);
    await expect(auditor).toContainText(/Found .* by Ada Admin/);
    await expect(auditor).toContainText(/\d documents?, \d versions?/);
    await expect(page.getByRole("region", { name: "Storage" })).toContainText("live build");
    await expect(page.getByRole("region", { name: "Upkeep" })).toBeVisible();
    await auditor.getByRole("button", { name: "Check now" }).click();
    await expect(page.getByRole("region", { name: "Earlier checks" }).getByRole("listitem").first()).toContainText(
      "0 differences",
    );
    await expectAccessible(page);
    await page.goto(`/activity?index=${index}&action=care.checked`);
    const event = page.getByRole("article", { name: "Index checked" }).first();
    await expect(event).toContainText("Ada Admin checked the index: nothing differs");
    await event.getByRole("link", { name: "care", exact: true }).click();
    await expect(page.getByRole("region", { name: "Auditor" })).toBeVisible();
  });
});

test.describe("an operator", () => {
  test.use({ role: "operator" });
  test("sees the care and may not start a check", async ({ page }) => {
    await page.goto(`/indexes/${index}`);
    await page.getByRole("navigation", { name: "Parts of the index" }).getByRole("link", { name: "Care" }).click();
    await expect(page.getByRole("region", { name: "Storage" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Check now" })).toHaveCount(0);
  });
});

test.describe("a reader", () => {
  test.use({ role: "reader" });
  test("is not offered it", async ({ page }) => {
    await page.goto(`/indexes/${index}`);
    await expect(page.getByRole("navigation", { name: "Parts of the index" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Care" })).toHaveCount(0);
  });
});

import type { IndexSlug } from "../packages/contracts/index.ts";
import { uploadBytes } from "../scripts/laptop/upload.ts";
import { createIndex, openDocuments, rowOf } from "./support/documents.ts";
import { uniqueWord } from "./support/files.ts";
import { expect, test } from "./support/test.ts";

test.use({ role: "editor" });

const many = 300;
const atOnce = 8;
let index: IndexSlug;
const word = uniqueWord();
const nameOf = (n: number): string => `${String(n).padStart(4, "0")} ${word}.txt`;

test.beforeAll(async ({ api }) => {
  test.setTimeout(180_000);
  index = await createIndex(api, "Many");
  const numbers = Array.from({ length: many }, (_, n) => n);
  const lane = async (): Promise<void> => {
    for (let n = numbers.shift(); n !== undefined; n = numbers.shift())
      await uploadBytes(api, index, { name: nameOf(n), bytes: Buffer.from(`File ${n} of ${word}.`) });
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
});

test("a long list keeps only the rows on the screen in the page, and all of it can be scrolled and selected", async ({
  page,
}) => {
  await openDocuments(page, index);
  await page.getByRole("button", { name: "Name" }).click();
  await expect(rowOf(page, nameOf(0))).toBeVisible();
  const rows = page.getByRole("grid", { name: "Documents" }).getByRole("row");
  expect(await rows.count()).toBeLessThan(60);
  await expect(page.getByRole("grid", { name: "Documents" })).toHaveAttribute("aria-rowcount", String(many + 1));
  await rowOf(page, nameOf(0)).focus();
  await expect(async () => {
    await page.keyboard.press("End");
    await expect(rowOf(page, nameOf(many - 1))).toBeFocused({ timeout: 1000 });
  }).toPass();
  expect(await rows.count()).toBeLessThan(60);
  await page.keyboard.press("Control+a");
  await expect(page.getByRole("region", { name: "Selection" })).toContainText(`${many} selected`);
});

test("all that match are tagged, deleted and restored at once, also those that are not loaded", async ({ page }) => {
  await openDocuments(page, index);
  await expect(rowOf(page, nameOf(many - 1)).or(page.getByRole("row").nth(5))).toBeVisible();
  const selectMatching = async () => {
    await page.getByRole("checkbox", { name: "Select all that are loaded" }).click();
    await page.getByRole("button", { name: `Select all ${many} that match` }).click();
  };
  const bar = page.getByRole("region", { name: "Selection" });
  await selectMatching();
  await expect(bar).toContainText(`All ${many} that match`);
  await expect(bar).toBeFocused();
  await bar.getByRole("button", { name: "Tags…" }).click();
  await page.getByRole("textbox", { name: "Add a tag" }).or(page.getByLabel("Add a tag")).fill("all-of-them");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByText(`${many} documents tagged`)).toBeVisible({ timeout: 60_000 });

  await bar.getByRole("button", { name: "Delete…" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete all that match" }).click();
  await expect(bar.getByRole("status")).toContainText(`of ${many}`);
  await expect(page.getByText(`${many} documents deleted`)).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText(`${many} documents restored`)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("button", { name: `All ${many}`, exact: true })).toBeVisible();
});

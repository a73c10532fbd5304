import type { IndexSlug } from "../packages/contracts/index.ts";
import { createIndex, seedDocuments } from "./support/documents.ts";
import { uniqueWord } from "./support/files.ts";
import { searchFor } from "./support/search.ts";
import { expect, test } from "./support/test.ts";

test.use({ role: "editor" });

const word = uniqueWord();
let index: IndexSlug;

test.beforeAll(async ({ api }) => {
  index = await createIndex(api, "Judged");
  await seedDocuments(
    api,
    index,
    ["warranty", "returns", "shipping"].map((name) => ({
      name: `${name}.md`,
      bytes: Buffer.from(`# ${name}\n\nThe ${word} ${name} takes two weeks.\n`),
    })),
  );
});

test("questions are imported after a look at what would happen, with each line that is left out", async ({ page }) => {
  await page.goto(`/indexes/${index}/questions`);
  await expect(page.getByRole("heading", { name: "Write down what people ask" })).toBeVisible();
  await page.getByRole("button", { name: "Import…" }).click();
  const dialog = page.getByRole("dialog", { name: "Import questions" });
  await dialog
    .getByLabel("Questions and judgments")
    .fill(`question,document,grade\n${word} warranty,warranty.md,3\n${word} returns,returns.md,2\nlost,nowhere.md,2\n`);
  await dialog.getByRole("button", { name: "Check" }).click();
  await expect(dialog.getByRole("region", { name: "What would happen" })).toContainText("line 4");
  await dialog.getByRole("button", { name: /^Import \d/ }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("link", { name: `${word} warranty` })).toBeVisible();
});

test("a hit is judged where it is found, and its question holds the judgment", async ({ page }) => {
  const q = `${word} shipping`;
  await searchFor(page, q, { index });
  const hit = page.getByRole("article").first();
  await hit.hover();
  await hit.getByRole("button", { name: "Right" }).click();
  await hit.getByRole("link", { name: "question" }).click();
  await expect(page.getByRole("heading", { name: q, level: 2 })).toBeVisible();
  const judgments = page.getByRole("region", { name: "Judgments" });
  await expect(judgments.getByRole("link", { name: "shipping.md" })).toBeVisible();
  await expect(judgments.getByRole("button", { name: "Right", pressed: true })).toBeVisible();

  await page.getByLabel("Find a document by its name or folder").fill("returns");
  await page.getByRole("list", { name: "Documents found" }).getByRole("button").click();
  await judgments
    .getByRole("group", { name: "How right is returns.md?" })
    .getByRole("button", { name: "Wrong" })
    .click();
  await expect(judgments.getByRole("button", { name: "Wrong", pressed: true })).toBeVisible();
});

test("two evaluations are run, looked into and compared question by question", async ({ page }) => {
  await page.goto(`/indexes/${index}/evaluations`);
  const evaluations = page.getByRole("region", { name: "Evaluations" });
  await page.getByRole("button", { name: "Evaluate" }).click();
  await expect(evaluations.getByText("Done", { exact: true })).toHaveCount(1, { timeout: 60_000 });
  await page.getByLabel("Match by").selectOption("Words only");
  await page.getByRole("button", { name: "Evaluate" }).click();
  await expect(evaluations.getByText("Done", { exact: true })).toHaveCount(2, { timeout: 60_000 });

  await evaluations.getByRole("link").first().click();
  await expect(page.getByText("nDCG@10")).toBeVisible();
  const results = page.getByRole("region", { name: "Results" });
  await results.getByText(`${word} warranty`).click();
  await expect(results.getByRole("link", { name: "warranty.md" })).toBeVisible();
  await expect(results.getByText("Perfect")).toBeVisible();

  await page.goBack();
  for (const box of await evaluations.getByRole("checkbox").all()) await box.click();
  await evaluations.getByRole("button", { name: "Compare" }).click();
  await expect(page).toHaveURL(/compare\?.*before=evl_/);
  await expect(page.getByRole("row").filter({ hasText: "nDCG@10" })).toBeVisible();
  await page.getByLabel("Show", { exact: true }).selectOption("As asked");
  await page.getByRole("region", { name: "Questions" }).getByText(`${word} returns`).click();
  await expect(page.getByText(/stays at 1|\d to \d|new at/).first()).toBeAttached();
});

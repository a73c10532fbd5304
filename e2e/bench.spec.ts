import type { DocumentId, IndexSlug } from "../packages/contracts/index.ts";
import { createIndex, seedDocuments } from "./support/documents.ts";
import { uniqueWord } from "./support/files.ts";
import { expect, test } from "./support/test.ts";

test.use({ role: "admin" });

const [word, synonym] = [uniqueWord(), uniqueWord()];
let index: IndexSlug;
let ids: string[] = [];

test.beforeAll(async ({ api }) => {
  index = await createIndex(api, "Tried");
  ids = await seedDocuments(
    api,
    index,
    ["harbour", "mill"].map((name) => ({
      name: `${name}.md`,
      bytes: Buffer.from(`# The ${name}\n\nThe ${word} ${name} stands by the river.\n`),
    })),
  );
});

test("other settings are tried on the live build, hits move, scores come apart, and they become a candidate", async ({
  page,
}) => {
  await page.goto(`/indexes/${index}/bench`);
  const right = page.getByRole("region", { name: "Right side" });
  await right.getByRole("combobox").selectOption({ index: 0 });
  await page.getByLabel("Query to try").fill(`${synonym} harbour`);
  await page.getByLabel("Match by").selectOption("Words only");
  await right.getByRole("button", { name: "Settings" }).click();
  const sheet = page.getByRole("dialog", { name: "Try other settings" });
  await sheet.getByLabel("Synonyms").fill(`${synonym}, ${word}`);
  await sheet.getByRole("button", { name: "Look at the hits" }).click();
  await expect(right).toContainText("1 setting other than the build's own");
  await expect(right.getByText("Added")).toBeVisible();
  await expect(page.getByText(", new at 2")).toBeAttached();

  await page
    .getByRole("button", { name: /^The harbour/ })
    .last()
    .click();
  const taken = page.getByRole("region", { name: "The hit taken apart" });
  await expect(taken.getByRole("cell", { name: "title" }).first()).toBeVisible();
  await expect(taken.getByText("By words").first()).toBeVisible();

  await page.reload();
  await expect(right).toContainText("1 setting other than the build's own");
  await right.getByRole("button", { name: "Make these settings a candidate build" }).click();
  await expect(page).toHaveURL(/\/builds\/bld_/);
  await expect(page.getByRole("region", { name: "What differs" })).toContainText(`${synonym}, ${word}`);
});

test("searching as a reader shows what they see, and says why the rest is hidden", async ({ page, api }) => {
  const documentId = ids[0] as DocumentId;
  await api.call("documents.patch", { params: { documentId }, body: { readers: ["group:board"] } });
  await page.goto(`/indexes/${index}/bench?right=none&q=${word}`);
  await expect(page.getByRole("list", { name: "Hits" }).getByRole("listitem")).toHaveCount(2);
  await page.getByRole("textbox", { name: "Search as" }).fill("role:reader");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/as=role(:|%3A)reader/);
  await expect(page.getByRole("list", { name: "Hits" }).getByRole("listitem")).toHaveCount(1);
  const hidden = page.getByRole("region", { name: "Not shown to them" });
  await expect(hidden).toContainText("harbour.md");
  await expect(hidden).toContainText("group:board");
});

import type { IndexSlug } from "../packages/contracts/index.ts";
import { expectFilled } from "./support/builds.ts";
import { createIndex, seedDocuments } from "./support/documents.ts";
import { uniqueWord } from "./support/files.ts";
import { expect, test } from "./support/test.ts";

const word = uniqueWord();
let index: IndexSlug;

test.beforeAll(async ({ api }) => {
  index = await createIndex(api, "Deployed");
  await seedDocuments(
    api,
    index,
    ["harbour", "mill", "bridge"].map((name) => ({
      name: `${name}.md`,
      bytes: Buffer.from(`# The ${name}\n\nThe ${word} ${name} stands by the river.\n`),
    })),
  );
});

test.describe("an administrator", () => {
  test.use({ role: "admin" });

  test("puts a candidate together by form and JSON, sees what differs and what it takes, and mistakes are named", async ({
    page,
  }) => {
    await page.goto(`/indexes/${index}/builds/new`);
    const json = page.getByRole("textbox", { name: "As JSON" });
    const changes = page.getByRole("region", { name: "Changes against the live build" });
    const start = page.getByRole("button", { name: "Start the build" });
    await page.getByLabel("Length in tokens").fill("80");
    await expect(json).toHaveValue(/"targetTokens": 80/);
    await expect(changes).toContainText("about 80 tokens");
    await expect(page.getByRole("region", { name: "Plan" })).toContainText("Read: reused");
    await expect(page.getByRole("region", { name: "Plan" })).toContainText("Cut into passages: runs again");
    await expect(start).toBeEnabled();

    const valid = await json.inputValue();
    await json.fill(valid.replace('"stem": true', '"stem": maybe'));
    await expect(page.getByText(/This is not JSON yet: look at line \d+/)).toBeVisible();
    await expect(start).toBeDisabled();
    await json.fill(valid.replace('"targetTokens": 80', '"targetTokens": 5'));
    await expect(page.getByText("targetTokens:")).toBeVisible();
    await expect(start).toBeDisabled();
    await json.fill(valid.replace('"stem": true', '"stem": false'));
    await expect(page.getByRole("checkbox", { name: /^Forms of a word/ })).not.toBeChecked();
    await expect(changes).toContainText("Forms of a word count as one");
    await expect(start).toBeEnabled();
  });

  test("fills a candidate, overrides the gate with a reason, promotes it, goes back, and the banner stays", async ({
    page,
  }) => {
    await page.goto(`/indexes/${index}/builds/new`);
    await page.getByLabel("Synonyms").fill("harbour, haven");
    await page.getByLabel("What is it for?").fill("With a synonym");
    await page.getByRole("button", { name: "Start the build" }).click();
    await expect(page.getByRole("heading", { name: "With a synonym" })).toBeVisible();
    await expectFilled(page);
    await expect(page.getByRole("region", { name: "What differs" })).toContainText("harbour, haven");

    await page.getByRole("button", { name: "Promote…" }).click();
    const promote = page.getByRole("dialog", { name: /^Promote/ });
    await expect(promote.getByRole("region", { name: "Gate" })).toContainText("The gate blocks it");
    const go = promote.getByRole("button", { name: "Override and promote" });
    await promote.getByLabel("Why promote it?").fill("People say haven");
    await expect(go).toBeDisabled();
    await promote.getByRole("checkbox", { name: "Promote it in spite of the gate" }).click();
    await promote.getByLabel("Why may the gate be passed?").fill("A first build has no questions");
    await go.click();
    await expect(promote).toBeHidden();
    await page.getByRole("link", { name: "Builds" }).first().click();
    await expect(page.getByRole("region", { name: "Live", exact: true })).toContainText("With a synonym");
    const history = page.getByRole("region", { name: "History" });
    await expect(history).toContainText("People say haven");
    await expect(history).toContainText("The gate was overridden: A first build has no questions");

    await page.getByRole("region", { name: "Superseded" }).getByRole("button", { name: "Roll back to it…" }).click();
    const back = page.getByRole("dialog", { name: /^Roll back/ });
    await back.getByLabel("Why go back?").fill("It was too broad");
    await back.getByRole("button", { name: "Roll back" }).click();
    await expect(page.getByRole("region", { name: "Rolled back" })).toContainText("It was too broad");
    await expect(history).toContainText("rolled back to");
    await page.goto(`/indexes/${index}`);
    await expect(page.getByRole("region", { name: "Rolled back" })).toContainText("It stays so until");
  });
});

test.describe("an editor", () => {
  test.use({ role: "editor" });
  test("looks at builds and changes none", async ({ page }) => {
    await page.goto(`/indexes/${index}/builds`);
    await expect(page.getByRole("region", { name: "Live", exact: true })).toBeVisible();
    await expect(page.getByRole("link", { name: "New build" })).toHaveCount(0);
    await expect(page.getByRole("button", { name: /Promote|Roll back|More actions/ })).toHaveCount(0);
  });
});

test.describe("a reader", () => {
  test.use({ role: "reader" });
  test("is not offered builds, questions or the test bench", async ({ page }) => {
    await page.goto(`/indexes/${index}`);
    const parts = page.getByRole("navigation", { name: "Parts of the index" });
    await expect(parts.getByRole("link")).toHaveText(["Overview", "Settings"]);
  });
});

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
    await expect(promote.getByRole("region", { name: "Agents" })).toContainText("Agents that use the index");
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

  test("runs real searches on a candidate, exports it, opens the file, and a protected index asks for its name", async ({
    page,
    api,
  }) => {
    for (const q of [`${word} harbour`, `${word} mill`])
      await api.call("search.query", { query: { q, index: [index] } });
    await page.goto(`/indexes/${index}/builds/new`);
    await page.getByLabel("Length in tokens").fill("90");
    await page.getByLabel("What is it for?").fill("To be exported");
    await page.getByRole("button", { name: "Start the build" }).click();
    await expectFilled(page);
    await page.getByRole("tab", { name: "Real searches" }).click();
    await page.getByRole("button", { name: "Run real searches" }).click();
    await expect(page.getByText(/\d+ different searches compared/)).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole("link", { name: `${word} mill` })).toBeVisible();

    await page.getByRole("button", { name: "More actions for To be exported" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: "Export as a file" }).click(),
    ]);
    const file = await download.path();
    await page.goto(`/indexes/${index}/builds/new`);
    await page.getByLabel("A build as a file").setInputFiles(file);
    await expect(page.getByRole("region", { name: "From the file" })).toContainText("Readers there: everyone");
    await expect(page.getByLabel("Length in tokens")).toHaveValue("90");

    await page.goto(`/indexes/${index}/settings`);
    await page.getByRole("checkbox", { name: /^Protected/ }).click();
    await page.getByRole("button", { name: "Save rules" }).click();
    await expect(page.getByRole("button", { name: "Delete index" })).toBeDisabled();
    await expect(page.getByText("Protected", { exact: true }).first()).toBeVisible();
    await page.goto(`/indexes/${index}/builds`);
    await page.getByRole("button", { name: "Promote…" }).first().click();
    const promote = page.getByRole("dialog", { name: /^Promote/ });
    await promote.getByLabel("Why promote it?").fill("Shorter passages");
    await promote.getByRole("checkbox", { name: "Promote it in spite of the gate" }).click();
    await promote.getByLabel("Why may the gate be passed?").fill("No questions yet");
    const go = promote.getByRole("button", { name: "Override and promote" });
    await expect(go).toBeDisabled();
    await promote.getByLabel(/This index is protected/).fill(index);
    await go.click();
    await expect(promote).toBeHidden();
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

import type { IndexSlug } from "../packages/contracts/index.ts";
import { expectAccessible } from "./support/axe.ts";
import { createIndex, seedDocuments } from "./support/documents.ts";
import { expect, test } from "./support/test.ts";

// The shipped agent, released by the laptop itself, answers in the browser and by itself alone.
test.describe.configure({ mode: "serial", timeout: 180_000 });

let index: IndexSlug;
test.beforeAll(async ({ api }) => {
  index = await createIndex(api, "Lighthouse");
  await seedDocuments(api, index, [
    {
      name: "keeper.md",
      bytes: Buffer.from(
        "# The keeper\n\nThe lantern of the lighthouse is trimmed every 4 hours. After that the keeper writes the log.\n",
      ),
    },
    { name: "boats.md", bytes: Buffer.from("# Boats\n\nThe supply boat comes on Tuesdays, weather permitting.\n") },
  ]);
});

test.use({ role: "admin" });

test("a question is answered with its passages, a follow-up leans on it, and what is not written is said so", async ({
  page,
}) => {
  await page.goto("/ask");
  await page.getByLabel("Where to look").selectOption(index);
  const box = page.getByRole("textbox", { name: "Your question" });
  const turn = (n: number) => page.getByRole("article").nth(n);
  await expect(async () => {
    await box.fill("How often is the lantern trimmed?");
    await box.press("Enter");
    await expect(page.getByRole("article").last()).toContainText("trimmed every 4 hours", { timeout: 10_000 });
  }).toPass({ timeout: 150_000 });
  await page.getByRole("button", { name: "New conversation" }).click();
  await box.fill("How often is the lantern trimmed?");
  await box.press("Enter");
  await expect(turn(0)).toContainText("trimmed every 4 hours");
  await expect(turn(0)).toContainText("Quoted word by word, without a model");
  await box.fill("And what happens after that?");
  await box.press("Enter");
  await expect(turn(1)).toContainText("the keeper writes the log");
  await box.fill("Who won the chess championship in Reykjavik?");
  await box.press("Enter");
  await expect(turn(2)).toContainText("The documents do not say.");
  await turn(0).getByRole("button", { name: "Good answer" }).click();
  await turn(0).getByText("What stands behind this answer").click();
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
});

test("a citation opens the highlighted source, and the conversation is there when one comes back", async ({ page }) => {
  await page.goto("/ask");
  await page.getByLabel("Where to look").selectOption(index);
  await page.getByRole("textbox", { name: "Your question" }).fill("When does the supply boat come?");
  await page.keyboard.press("Enter");
  await page
    .getByRole("link", { name: /^Source \d+: boats\.md/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/documents\/doc_\w+\/view\?.*passage=psg_/);
  await expect(page.getByText("The supply boat comes on Tuesdays").first()).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("article").first()).toContainText("Tuesdays");
});

test("an answer leads to its release, task and image, and each of these leads back", async ({ page }) => {
  await page.goto("/answers");
  await page.getByRole("link", { name: "How often is the lantern trimmed?" }).first().click();
  const behind = page.getByRole("region", { name: "What stands behind it" });
  await expect(behind.getByRole("button", { name: /^Copy image digest/ })).toBeVisible();
  await expect(behind.getByRole("button", { name: /^Copy task id/ })).toBeVisible();
  const digest = await behind.getByRole("button", { name: /^Copy image digest/ }).getAttribute("title");
  await expectAccessible(page);
  await page.goto(`/answers?image=${digest}`);
  await expect(page.getByRole("link", { name: "How often is the lantern trimmed?" }).first()).toBeVisible();
  await expectAccessible(page);
});

test("an agent that does not run is said so, and the question can be asked again", async ({ page }) => {
  await page.route("**/api/v1/agents/answer/answers", (route) =>
    route.fulfill({
      status: 503,
      contentType: "application/problem+json",
      body: JSON.stringify({
        type: "x",
        title: "x",
        status: 503,
        code: "unavailable",
        detail: "No task takes requests.",
      }),
    }),
  );
  await page.goto("/ask");
  await page.getByRole("textbox", { name: "Your question" }).fill("Anybody there?");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("article").getByRole("alert")).toContainText("The answer agent is not running");
  await expect(page.getByRole("link", { name: "Open the agent" })).toBeVisible();
  await page.unroute("**/api/v1/agents/answer/answers");
  await page.getByRole("button", { name: /try again/i }).click();
  await expect(page.getByRole("article").last()).toContainText(/The documents do not say|Source/, { timeout: 20_000 });
});

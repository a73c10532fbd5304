import type { Locator, Page } from "@playwright/test";
import { pushAgentImage } from "../support/agent-image.ts";
import { expect, type Role, test } from "../support/test.ts";

const agent = "mcp";
const tag = "second";
const releaseMs = 120_000;

test.describe.configure({ mode: "serial" });

/** A page of the person, beside the test's own. */
const pageOf = async (
  browser: import("@playwright/test").Browser,
  sessions: { of(role: Role): Promise<unknown> },
  role: Role,
  baseURL: string | undefined,
): Promise<Page> =>
  (
    await browser.newContext({
      storageState: (await sessions.of(role)) as never,
      viewport: { width: 1360, height: 900 },
      ...(baseURL ? { baseURL } : {}),
    })
  ).newPage();

const open = async (page: Page, part = ""): Promise<void> => {
  await page.goto(`/agents/${agent}/${part}`);
  await expect(page.getByRole("heading", { name: new RegExp(`^${agent}`), level: 1 })).toBeVisible();
};
const expectHealthy = async (page: Page): Promise<void> => {
  await open(page);
  await expect(page.locator("header").getByText("Healthy", { exact: true }).first()).toBeVisible({
    timeout: releaseMs,
  });
};
const verdictOf = (page: Page): Locator => page.getByRole("region", { name: "Verdict" });
const act = async (page: Page, item: string): Promise<void> => {
  await page.getByRole("button", { name: `More actions for ${agent}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
};
/** Fills reason (and name) into the dialog that is open and goes on. */
const confirm = async (page: Page, button: string, reason: string, name?: string): Promise<void> => {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Why/).fill(reason);
  const go = dialog.getByRole("button", { name: button, exact: true });
  if (name) {
    await expect(go).toBeDisabled();
    await dialog.getByLabel(/This agent is protected/).fill(name);
  }
  await go.click();
};
/** Puts a release together and looks at what it would do; nothing runs yet. */
const propose = async (page: Page, reason: string, change: (page: Page) => Promise<void>): Promise<void> => {
  await open(page, "releases/new");
  await change(page);
  await page.getByLabel("Why release it?").fill(reason);
  await page.getByRole("button", { name: "Check it and show what changes" }).click();
  await expect(page.getByRole("heading", { name: /^Release \d+$/ })).toBeVisible({ timeout: 60_000 });
};
const execute = async (page: Page, name?: string): Promise<void> => {
  await page.getByRole("button", { name: "Execute…" }).click();
  const dialog = page.getByRole("dialog");
  if (name) await dialog.getByLabel(/This agent is protected/).fill(name);
  await dialog.getByRole("button", { name: "Execute", exact: true }).click();
};
const expectLive = async (page: Page): Promise<void> => {
  await expect(verdictOf(page)).toBeVisible({ timeout: releaseMs });
  await expect(page.getByText("Live", { exact: true }).first()).toBeVisible();
};

test.describe("an operator with a second image", () => {
  test.use({ role: "operator" });

  test("chooses it, reads what changes, executes, watches the breaker, and reads the verdict", async ({ page }) => {
    test.setTimeout(2 * releaseMs + 60_000);
    await expectHealthy(page);
    const digest = await pushAgentImage(agent, "e".repeat(40), tag);
    await propose(page, "The second image", async () => {
      const choice = page.getByRole("radio", { name: new RegExp(`^${tag}`) });
      // Until it is scanned, the gate would not let it through.
      await expect(page.locator("label", { has: page.getByText(tag, { exact: true }) })).not.toContainText(
        /being scanned|not scanned/,
        { timeout: 60_000 },
      );
      await choice.check();
      await expect(page.getByRole("region", { name: "Against what runs now" })).toContainText(digest.slice(7, 15));
    });
    for (const part of ["1. Scan and gate", "2. What it needs", "3. What will change"])
      await expect(page.getByRole("region", { name: part })).toBeVisible();
    await expect(page.getByRole("region", { name: "What will change in AWS" })).toContainText(/task/i);
    await execute(page);
    const progress = page.getByRole("region", { name: "Progress" });
    await expect(progress).toContainText("New tasks");
    await expect(progress).toContainText(/circuit breaker: 0 of \d+ failed tasks/);
    await expectLive(page);
    await expect(verdictOf(page)).toContainText(/healthy|live/i);
    await expectHealthy(page);
    await expect(page.locator("main header").first()).toContainText(tag);
  });

  test("rolls back to any earlier release: the agent is pinned for all to see, until somebody unpins it", async ({
    page,
  }) => {
    test.setTimeout(2 * releaseMs);
    await open(page, "releases");
    await page
      .getByRole("list", { name: "Releases" })
      .getByRole("button", { name: /Roll back/ })
      .last()
      .click();
    await expect(page.getByRole("dialog").getByRole("region", { name: "What changes" })).toBeVisible();
    await confirm(page, "Roll back", "The first one was better");
    await expect(page.getByRole("heading", { name: /^Roll back \d+$/ })).toBeVisible();
    await expectLive(page);
    await open(page);
    const banner = page.getByRole("region", { name: "Pinned" });
    await expect(banner).toContainText("The first one was better");
    await expect(page.getByRole("link", { name: "Release…" })).toHaveCount(0);
    await banner.getByRole("button", { name: "Unpin…" }).click();
    await confirm(page, "Unpin", "It is understood");
    await expect(banner).toHaveCount(0);
    await expect(page.getByRole("link", { name: "Release…" })).toBeVisible();
  });

  test("scales it, pauses it and resumes it, each with a reason and an end that is told", async ({ page }) => {
    test.setTimeout(3 * releaseMs);
    await expectHealthy(page);
    await act(page, "Scale…");
    await page.getByRole("dialog").getByLabel("At most").fill("3");
    await confirm(page, "Change the scaling", "Room for three");
    await expect(page.getByRole("heading", { name: /^Scaling \d+$/ })).toBeVisible();
    await expect(page.getByText("Live", { exact: true }).first()).toBeVisible({ timeout: releaseMs });
    await open(page);
    await act(page, "Pause…");
    await confirm(page, "Pause", "Nobody needs it tonight");
    await expect(page.getByRole("heading", { name: /^Pause \d+$/ })).toBeVisible();
    const banner = page.getByRole("region", { name: "Paused" });
    await expect(banner).toBeVisible({ timeout: releaseMs });
    await banner.getByRole("button", { name: "Resume…" }).click({ timeout: releaseMs });
    await confirm(page, "Resume", "Morning");
    await expect(page.getByRole("heading", { name: /^Resume \d+$/ })).toBeVisible();
    await expectLive(page);
    await expectHealthy(page);
  });
});

test.describe("two people at a protected agent", () => {
  test.use({ role: "admin" });

  test("cannot release at once; a release with a wrong health path is stopped only by who types the name", async ({
    page,
    browser,
    sessions,
    baseURL,
  }) => {
    test.setTimeout(3 * releaseMs);
    await expectHealthy(page);
    await act(page, "Protect…");
    await confirm(page, "Protect", "Customers ask it");
    await expect(page.getByRole("img", { name: "Protected" })).toBeVisible();
    const other = await pageOf(browser, sessions, "operator", baseURL);
    await propose(page, "Admin's own", (one) => one.getByLabel("At most").last().fill("5"));
    await propose(other, "Operator's own", (one) => one.getByLabel("Health path").fill("/nowhere"));
    await execute(other, agent);
    await expect(other.getByRole("region", { name: "Progress" })).toBeVisible();
    await expect(page.getByRole("region", { name: "On its way" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Execute…" })).toHaveCount(0, { timeout: 30_000 });
    await other.getByRole("button", { name: "Stop…" }).click();
    await confirm(other, "Stop and go back", "A mistake", agent);
    await expect(verdictOf(other)).toContainText(/stopped by .+: A mistake/, { timeout: releaseMs });
    await other.context().close();
    await page.getByRole("button", { name: "Withdraw…" }).click({ timeout: 30_000 });
    await page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
    await expect(page.getByText("Withdrawn", { exact: true }).first()).toBeVisible();
    await act(page, "Take the protection off…");
    await confirm(page, "Take it off", "The test is over", agent);
    await expect(page.getByRole("img", { name: "Protected" })).toHaveCount(0);
  });
});

test.describe("a release whose health path is wrong", () => {
  test.use({ role: "operator" });

  test("ends with a verdict that names the path and what to do, while the release before answers on", async ({
    page,
  }) => {
    test.setTimeout(3 * releaseMs);
    await expectHealthy(page);
    await propose(page, "A mistake in one field", (one) => one.getByLabel("Health path").fill("/nowhere"));
    await execute(page);
    const verdict = verdictOf(page);
    await expect(verdict).toBeVisible({ timeout: 2 * releaseMs });
    await expect(verdict).toContainText("/nowhere");
    await expect(verdict).toContainText(/health/i);
    await expect(verdict.getByText("Wrong health path", { exact: true })).toBeVisible();
    await expect(page.getByText("Rolled back", { exact: true }).first()).toBeVisible();
    await expectHealthy(page);
  });
});

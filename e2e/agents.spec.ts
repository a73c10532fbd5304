import type { Page } from "@playwright/test";
import { agentEndpoints } from "../packages/contracts/plain.ts";
import { expectAccessible } from "./support/axe.ts";
import { expect, test } from "./support/test.ts";

const agent = "answer";
const releaseMs = 180_000;
const csrf = { "x-samla-csrf": "1" };

/** The laptop has released its agents by the time they are looked at; a slow one is waited for. */
const expectReleased = async (page: Page): Promise<void> => {
  await page.goto(`/agents/${agent}`);
  await expect(page.getByRole("heading", { name: agent, level: 1 })).toBeVisible();
  await expect(page.locator("header").getByText("Healthy", { exact: true }).first()).toBeVisible({
    timeout: releaseMs,
  });
};

test.describe("an operator", () => {
  test.use({ role: "operator" });

  test("sees at a glance how each agent is, which image runs and how its last release ended", async ({ page }) => {
    test.setTimeout(releaseMs + 60_000);
    await expectReleased(page);
    await page.goto("/agents");
    const row = page.locator(`[data-agent=${agent}]`);
    await expect(row.getByText("Healthy", { exact: true })).toBeVisible();
    await expect(row.getByText(/^\d+ of \d+ running/)).toBeVisible();
    await expect(row.getByRole("link", { name: /^(Release|Restart|Roll back) \d+$/ })).toBeVisible();
    await expect(row.getByRole("button", { name: /^Copy image digest/ })).toBeVisible();
    await expectAccessible(page);
  });

  test("opens each part of an agent by its address, without a violation of WCAG", async ({ page }) => {
    test.setTimeout(releaseMs + 120_000);
    await expectReleased(page);
    for (const part of ["", "releases", "tasks", "logs", "events", "metrics", "scaling", "environment", "access"]) {
      await page.goto(`/agents/${agent}/${part}`);
      const tab = page.getByRole("navigation", { name: "Parts of the agent" }).locator("[aria-current=page]");
      await expect(tab).toHaveText(new RegExp(part || "overview", "i"));
      await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
      await expect(page.getByRole("main").getByRole("alert")).toHaveCount(0);
      await expectAccessible(page);
    }
  });

  test("puts a release together, sees gate, needs and change set before anything runs, and withdraws it", async ({
    page,
  }) => {
    test.setTimeout(releaseMs + 60_000);
    await expectReleased(page);
    await page.getByRole("link", { name: "Release…" }).click();
    await page.getByLabel("At most").fill("5");
    const check = page.getByRole("button", { name: "Check it and show what changes" });
    await expect(check).toBeDisabled();
    await expect(page.getByRole("region", { name: "Against what runs now" })).toContainText("Tasks at most");
    await page.getByLabel("Why release it?").fill("Room for more people");
    await check.click();
    await expect(page.getByRole("heading", { name: /^Release \d+$/ })).toBeVisible({ timeout: 60_000 });
    for (const part of ["1. Scan and gate", "2. What it needs", "3. What will change"])
      await expect(page.getByRole("region", { name: part })).toBeVisible();
    await expect(page.getByRole("region", { name: "What will change in AWS" })).toContainText("change set");
    await page.getByRole("button", { name: "Withdraw…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
    await expect(page.getByText("Withdrawn", { exact: true }).first()).toBeVisible();
    await expect(page.getByRole("button", { name: "Execute…" })).toHaveCount(0);
  });

  test("restarts an agent with a reason, watches it live, and reads a verdict", async ({ page }) => {
    test.setTimeout(2 * releaseMs);
    await expectReleased(page);
    await page.getByRole("button", { name: `More actions for ${agent}` }).click();
    await page.getByRole("menuitem", { name: "Restart…" }).click();
    const dialog = page.getByRole("dialog", { name: `Restart ${agent}?` });
    const go = dialog.getByRole("button", { name: "Restart" });
    await expect(go).toBeDisabled();
    await dialog.getByLabel("Why restart it?").fill("To see that nobody notices");
    await go.click();
    await expect(page.getByRole("heading", { name: /^Restart \d+$/ })).toBeVisible();
    await expect(page.getByRole("region", { name: "Progress" })).toContainText("New tasks");
    const verdict = page.getByRole("region", { name: "Verdict" });
    await expect(verdict).toBeVisible({ timeout: releaseMs });
    await expect(page.getByText("Live", { exact: true }).first()).toBeVisible();
    await page.goto(`/agents/${agent}/tasks?state=stopped`);
    await page.getByRole("list", { name: "Tasks" }).getByRole("link").first().click();
    await expect(page.getByRole("region", { name: "Why it stopped" })).toBeVisible();
    await expect(page.getByRole("region", { name: "Its last lines" })).toBeVisible();
  });

  test("is not offered the protection of an agent", async ({ page }) => {
    await page.goto(`/agents/${agent}`);
    await page.getByRole("button", { name: `More actions for ${agent}` }).click();
    await expect(page.getByRole("menuitem", { name: /Protect/ })).toHaveCount(0);
  });
});

test.describe("a reader", () => {
  test.use({ role: "reader" });

  test("is offered neither agents nor images, and is refused by every route of them", async ({ page, baseURL }) => {
    await page.goto("/search");
    const main = page.getByRole("navigation", { name: "Main" });
    await expect(main.getByRole("link", { name: "Search" })).toBeVisible();
    await expect(main.getByRole("link", { name: /^(Agents|Images)$/ })).toHaveCount(0);
    const headers = { ...csrf, origin: baseURL ?? "" };
    for (const endpoint of Object.values(agentEndpoints)) {
      const [method = "GET", path = "/"] = endpoint.split(" ");
      const url = `/api${path
        .replace("{agent}", agent)
        .replace("{releaseId}", `rel_${"0".repeat(26)}`)
        .replace("{taskId}", "0".repeat(32))}`;
      const data = { reason: "Not for readers" };
      const answer = await page.request.fetch(url, { method, headers, ...(method === "POST" ? { data } : {}) });
      // Where a reason is not all that the body needs, the body is refused before the person.
      expect([400, 403], endpoint).toContain(answer.status());
    }
    for (const path of ["/api/agents", `/api/agents/${agent}`, `/api/agents/${agent}/logs`, "/api/images/repositories"])
      expect((await page.request.get(path, { headers })).status(), path).toBe(403);
    const restart = await page.request.post(`/api/agents/${agent}/restart`, {
      headers,
      data: { reason: "Not for readers" },
    });
    expect(restart.status()).toBe(403);
  });
});

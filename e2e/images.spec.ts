import { expectAccessible } from "./support/axe.ts";
import { expect, test } from "./support/test.ts";

const agent = "answer";

test.describe("an administrator", () => {
  test.use({ role: "admin" });

  test("goes from repositories to an image, its findings, packages and layers", async ({ page }) => {
    await page.goto("/images");
    await expectAccessible(page);
    await page.locator(`[data-repository=${agent}]`).getByRole("link", { name: agent, exact: true }).click();
    const image = page.getByRole("list", { name: "Images" }).getByRole("listitem").first();
    await expect(image.getByRole("button", { name: /^Copy image digest/ })).toBeVisible();
    await expectAccessible(page);
    await image.getByRole("link").first().click();
    await expect(page.getByRole("region", { name: "Gate" })).toBeVisible();
    await expect(page.getByRole("region", { name: "Used by" })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("tab", { name: "Packages" }).click();
    await expect(page.getByRole("button", { name: "CycloneDX" })).toBeVisible();
    await page.getByRole("tab", { name: "Layers" }).click();
    await expect(page.getByRole("list", { name: "Layers" }).getByRole("listitem").first()).toBeVisible();
  });

  test("sees what a rule would take before it is set, and that what runs stays", async ({ page }) => {
    await page.goto(`/images/${agent}/lifecycle`);
    await page.getByRole("button", { name: "Add a rule" }).click();
    await page.getByLabel("Images", { exact: true }).first().selectOption("tagged");
    await page.getByLabel("Tags like").fill("*");
    await page.getByLabel("When they go").first().selectOption("imageCountMoreThan");
    await page.getByLabel("How many").first().fill("1");
    const simulation = page.getByRole("region", { name: "What the changed rules would take" });
    await expect(simulation).toContainText("would go");
    await expect(simulation.getByRole("list", { name: "Images that would go" }).getByText("runs now")).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Change the rules" })).toBeDisabled();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(page.getByRole("region", { name: "What the rules take next" })).toBeVisible();
  });

  test("waives a finding with an owner, a reason and an end, and takes it back", async ({ page }) => {
    await page.goto(`/images/${agent}/gate`);
    await page.getByRole("button", { name: "Waive a finding…" }).click();
    const dialog = page.getByRole("dialog", { name: "Waive a finding" });
    await dialog.getByLabel("Finding").fill("CVE-2026-0001");
    await dialog.getByLabel("Who answers for it").fill("Platform team");
    await expect(dialog.getByRole("button", { name: "Waive it" })).toBeDisabled();
    await dialog.getByLabel("Why does it do no harm here?").fill("It is not reachable");
    await dialog.getByRole("button", { name: "Waive it" }).click();
    const waiver = page
      .getByRole("list", { name: "Waivers" })
      .getByRole("listitem")
      .filter({ hasText: "CVE-2026-0001" });
    await expect(waiver.first()).toContainText("Platform team answers for it until");
    await expectAccessible(page);
    await waiver.first().getByRole("button", { name: "End it…" }).click();
    const end = page.getByRole("dialog", { name: /^End the waiver/ });
    await end.getByLabel("Why end it?").fill("It was a trial");
    await end.getByRole("button", { name: "End it" }).click();
    await expect(waiver.first()).toContainText("It was a trial");
  });

  test("reads findings and replication without a violation of WCAG", async ({ page }) => {
    for (const path of ["/images/findings", "/images/replication", `/images/${agent}/compare`]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
      await expect(page.getByRole("main").getByRole("alert")).toHaveCount(0);
      await expectAccessible(page);
    }
  });
});

test.describe("an operator", () => {
  test.use({ role: "operator" });
  test("looks at gate and rules and changes neither", async ({ page }) => {
    await page.goto(`/images/${agent}/gate`);
    await expect(page.getByLabel("Stops at")).toBeDisabled();
    await page.goto(`/images/${agent}/lifecycle`);
    await expect(page.getByRole("region", { name: "What the rules take next" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Add a rule" })).toHaveCount(0);
  });
});

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expectAccessible } from "../support/axe.ts";
import { expect, test } from "../support/test.ts";

const releaseMs = 180_000;
const runMs = 60_000;
const filesCount = 12;

test.describe.configure({ mode: "serial" });

/** The folder that the agent keeps its index equal to, which tests of this machine can write. */
let folder = "";
const own = (): string => join(folder, "e2e");
const write = (name: string, text: string): void => writeFileSync(join(own(), name), text);

test.describe("an administrator", () => {
  test.use({ role: "admin" });

  test("learns from a dry run what a run would do, and then does it, file by file", async ({ page, baseURL }) => {
    test.setTimeout(releaseMs + 2 * runMs);
    const headers = { "x-samla-csrf": "1", origin: baseURL ?? "" };
    await expect
      .poll(async () => (await (await page.request.get("/api/agents/sync", { headers })).json()).health, {
        timeout: releaseMs,
      })
      .toBe("healthy");
    const { live } = await (await page.request.get("/api/agents/sync", { headers })).json();
    folder = live.config.settings.folder;
    test.skip(!folder, "the agent sync has no folder as its source");
    mkdirSync(own(), { recursive: true });
    for (let n = 0; n < filesCount; n += 1) write(`keel-${n}.md`, `# Keel ${n}\n\nThe keel number ${n} is laid.`);

    await page.goto("/agents/sync");
    await page.getByRole("navigation", { name: "Parts of the agent" }).getByRole("link", { name: "Runs" }).click();
    await expect(page.getByRole("region", { name: "What is kept equal" })).toContainText(folder);
    await page.getByRole("button", { name: "Dry run" }).click();
    await expect(page.getByRole("heading", { name: /^Dry run, / })).toBeVisible();
    await expect(page.getByText("Done", { exact: true })).toBeVisible({ timeout: runMs });
    const files = page.getByRole("list", { name: "Files of the run" });
    await expect(files.getByText("Would be added").first()).toBeVisible();
    await expect(files.getByRole("link")).toHaveCount(0);

    await page.getByRole("button", { name: "Run now" }).click();
    await expect(page.getByRole("heading", { name: /^Run, / })).toBeVisible();
    await expect(page.getByText("Done", { exact: true })).toBeVisible({ timeout: runMs });
    await expect(files.getByText("Added", { exact: true })).toHaveCount(filesCount);
    await page.getByRole("searchbox", { name: "Find a file or a reason" }).fill("keel-11");
    await expect(files.getByRole("listitem")).toHaveCount(1);
    await expectAccessible(page);
    await files.getByRole("link", { name: /keel-11\.md/ }).click();
    await expect(page.getByRole("heading", { name: "keel-11.md", level: 1 })).toBeVisible();
  });

  test("is told why the brake held, and lets the deletions go by typing how many", async ({ page }) => {
    test.setTimeout(3 * runMs);
    rmSync(own(), { recursive: true, force: true });
    mkdirSync(own());
    write("keel-0.md", "# Keel 0\n\nThe keel number 0 is laid.");
    await page.goto("/agents/sync/runs");
    await page.getByRole("button", { name: "Run now" }).click();
    const brake = page.getByRole("region", { name: "Brake" });
    await expect(brake).toContainText(`${filesCount - 1} of`, { timeout: runMs });
    await expect(brake).toContainText("Nothing was removed");
    await expect(page.getByText("Held by the brake", { exact: true })).toBeVisible();
    await expectAccessible(page);
    await brake.getByRole("button", { name: "Confirm and run…" }).click();
    const dialog = page.getByRole("dialog");
    const go = dialog.getByRole("button", { name: "Remove them and run" });
    await expect(go).toBeDisabled();
    await dialog.getByRole("textbox").fill(String(filesCount - 1));
    await go.click();
    await expect(dialog).toHaveCount(0);
    await expect(page.getByText("Done", { exact: true })).toBeVisible({ timeout: runMs });
    await page.getByLabel("What became of them").selectOption("deleted");
    await expect(page.getByRole("list", { name: "Files of the run" }).getByRole("listitem")).toHaveCount(
      filesCount - 1,
    );
    await page.goto("/agents/sync/runs");
    await expect(page.getByRole("list", { name: "Runs" }).getByRole("listitem").first()).toContainText("11 removed");
    await expectAccessible(page);
  });

  test.afterAll(() => {
    if (folder) rmSync(own(), { recursive: true, force: true });
  });
});

test.describe("an operator", () => {
  test.use({ role: "operator" });

  test("sees runs and starts them, from the palette too", async ({ page }) => {
    await page.goto("/search");
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "Command palette" }).getByRole("combobox").fill("runs sync");
    await page.getByRole("option", { name: "Runs of sync" }).click();
    await expect(page.getByRole("list", { name: "Runs" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Run now" })).toBeVisible();
  });
});

test.describe("a reader", () => {
  test.use({ role: "reader" });

  test("is refused runs by the agent itself", async ({ page, baseURL }) => {
    const headers = { "x-samla-csrf": "1", origin: baseURL ?? "" };
    expect((await page.request.get("/api/v1/agents/sync/runs", { headers })).status()).toBe(403);
    expect((await page.request.post("/api/v1/agents/sync/runs", { headers, data: {} })).status()).toBe(403);
  });
});

import { createIndex, seedDocuments } from "./support/documents.ts";
import { uniqueWord } from "./support/files.ts";
import { expect, test } from "./support/test.ts";

test.use({ role: "admin" });

test("an administrator creates an index, and it is there for documents at once", async ({ page }) => {
  const word = uniqueWord();
  await page.goto("/indexes");
  await page.getByRole("button", { name: "Create index" }).click();
  const dialog = page.getByRole("dialog", { name: "Create an index" });
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill(`Légal ${word}`);
  await expect(dialog.getByRole("textbox", { name: "Short name" })).toHaveValue(`legal-${word}`);
  await dialog.getByRole("combobox", { name: "Language of the documents" }).click();
  await page.getByRole("option", { name: "German" }).click();
  await dialog.getByRole("combobox", { name: "Readers" }).fill("group:legal");
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Remove everyone" }).click();
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/documents\\?index=legal-${word}`));
  await expect(page.getByText(`Drop files or a folder into Légal ${word}`)).toBeVisible();
  await page.goto("/indexes");
  const row = page.getByRole("row").filter({ hasText: `Légal ${word}` });
  await expect(row).toContainText("German");
  await expect(row).toContainText("group:legal");
});

test("mistakes in a new index are named at their field, and nothing typed is lost", async ({ page, api }) => {
  const taken = await createIndex(api, "Taken");
  await page.goto("/indexes");
  await page.getByRole("button", { name: "Create index" }).click();
  const dialog = page.getByRole("dialog", { name: "Create an index" });
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("Reports");
  const slug = dialog.getByRole("textbox", { name: "Short name" });
  await slug.fill("No Spaces!");
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  await expect(slug).toHaveAttribute("aria-invalid", "true");
  await expect(slug).toHaveAccessibleDescription(/small letters|lower|a-z/i);
  await slug.fill(taken);
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  await expect(dialog.getByText(/exists already|is taken|already/i)).toBeVisible();
  await expect(dialog.getByRole("textbox", { name: "Name", exact: true })).toHaveValue("Reports");
});

test("the page of an index shows its figures, its live build and its ranking", async ({ page, api }) => {
  const slug = await createIndex(api, "Figures");
  await seedDocuments(api, slug, [
    { name: "one.md", bytes: Buffer.from(`# One\n\nA single ${uniqueWord()} passage.\n`) },
  ]);
  await page.goto(`/indexes/${slug}`);
  await expect(page.getByRole("heading", { name: "Figures", level: 1 })).toBeVisible();
  await expect(page.getByText("1 searchable")).toBeVisible();
  await expect(page.getByText("100 % of the passages")).toBeVisible({ timeout: 60_000 });
  const build = page.getByRole("region", { name: "Live build" });
  await expect(build).toContainText(/bld_/);
  await expect(build.getByText("Dimensions")).toBeVisible();
});

test("settings that two people change at once are shown side by side, and neither change is lost", async ({
  page,
  api,
}) => {
  const slug = await createIndex(api, "Shared settings");
  await page.goto(`/indexes/${slug}/settings`);
  const settings = page.getByRole("region", { name: "Settings" });
  const name = settings.getByRole("textbox", { name: "Name" });
  await name.fill("Named here");
  // Somebody else changes the description and the name meanwhile.
  const { revision } = await api.call("indexes.get", { params: { index: slug } });
  await api.call("indexes.patch", {
    params: { index: slug },
    body: { name: "Named there", description: "Described there" },
    ifMatch: `"${revision}"`,
  });
  await settings.getByRole("button", { name: "Save" }).click();
  const conflict = settings.getByRole("alert");
  await expect(conflict).toContainText("Somebody changed this in the meantime");
  await expect(conflict).toContainText("Named there");
  await expect(name).toHaveValue("Named here");
  await expect(settings.getByRole("textbox", { name: "Description" })).toHaveValue("Described there");
  await settings.getByRole("button", { name: "Save mine on top" }).click();
  await expect(page.getByRole("heading", { name: "Named here", level: 1 })).toBeVisible();
  await expect(page.getByText("Described there").first()).toBeVisible();
});

test("an index is deleted only after its short name was typed, and is gone for everybody then", async ({
  page,
  api,
}) => {
  const slug = await createIndex(api, "Short lived");
  await page.goto(`/indexes/${slug}/settings`);
  await page.getByRole("button", { name: "Delete index" }).click();
  const dialog = page.getByRole("alertdialog");
  const confirm = dialog.getByRole("button", { name: "Delete for good" });
  await expect(confirm).toBeDisabled();
  await dialog.getByRole("textbox").fill("something else");
  await expect(confirm).toBeDisabled();
  await dialog.getByRole("textbox").fill(slug);
  await confirm.click();
  await expect(page).toHaveURL(/\/indexes$/);
  await expect(page.getByRole("row").filter({ hasText: slug })).toHaveCount(0);
  expect((await page.request.get(`/api/v1/indexes/${slug}`)).status()).toBe(404);
});

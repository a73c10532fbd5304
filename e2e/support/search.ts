import type { Page } from "@playwright/test";
import { expect } from "@playwright/test";

/** Types a search into the box, as a person does, and waits for its answer. */
export const searchFor = async (
  page: Page,
  q: string,
  filter: { index?: string; kind?: string; tag?: string } = {},
): Promise<void> => {
  await page.goto(`/search?${new URLSearchParams(filter)}`);
  const box = page.getByRole("textbox", { name: "Search the text of your documents" });
  const answer = page.waitForResponse((response) => {
    const url = new URL(response.url());
    return url.pathname === "/api/v1/search" && url.searchParams.get("q") === q;
  });
  await box.fill(q);
  await answer;
  await expect(page.getByRole("region", { name: "Results" })).toBeVisible();
};

/** Opens the hit of a document, the one with a text if given, in its source. */
export const openHit = async (page: Page, name: string, text: string | RegExp = name): Promise<void> => {
  const hit = page.getByRole("article").filter({ hasText: name }).filter({ hasText: text }).first();
  await hit.getByRole("link").click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
};

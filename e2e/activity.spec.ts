import type { WebSocketRoute } from "@playwright/test";
import type { Client, DocumentId, IndexSlug } from "../packages/contracts/index.ts";
import { createIndex, seedDocuments } from "./support/documents.ts";
import { uniqueWord } from "./support/files.ts";
import { expect, readTarget, test } from "./support/test.ts";

test.use({ role: "admin" });

let index: IndexSlug;
let documentId: DocumentId;
const name = `${uniqueWord()} notes.md`;
const title = `Activity ${uniqueWord()}`;
test.beforeAll(async ({ api }) => {
  index = await createIndex(api, title);
  const [id] = await seedDocuments(api, index, [{ name, bytes: Buffer.from(`# Notes\n\nAbout ${name}.\n`) }]);
  documentId = id as DocumentId;
});

const tag = (api: Client, tags: string[]) => api.call("documents.patch", { params: { documentId }, body: { tags } });

test("an event appears by itself while the page is open, and the pause holds it back", async ({ page, api }) => {
  await page.goto(`/activity?index=${index}`);
  const feed = page.getByRole("region", { name: "Events" });
  await expect(feed.getByRole("article", { name: /ready/i }).first()).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: /^\s*Live\s*$/ })).toBeVisible();
  const before = await feed.getByRole("article").count();
  await tag(api, ["first-tag"]);
  await expect(feed.getByRole("article").first()).toContainText("first-tag");
  expect(await feed.getByRole("article").count()).toBe(before + 1);
  await page.getByRole("button", { name: "Pause" }).click();
  await tag(api, ["second-tag"]);
  await expect(page.getByText("Held back, 1 new")).toBeVisible();
  await expect(feed.getByText("second-tag")).toHaveCount(0);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(feed.getByRole("article").first()).toContainText("second-tag");
});

test("what happened while the connection was lost is filled in, once and in order", async ({ page, context, api }) => {
  let socket: WebSocketRoute | undefined;
  await page.routeWebSocket(`${readTarget().socketUrl}**`, (route) => {
    socket = route;
    route.connectToServer();
  });
  await page.goto(`/activity?index=${index}`);
  const live = page.getByRole("status").filter({ hasText: /^\s*Live\s*$/ });
  await expect(live).toBeVisible();
  await context.setOffline(true);
  await socket?.close();
  await expect(page.getByText("Connection lost, trying again")).toBeVisible();
  const tags = ["gap-one", "gap-two", "gap-three"];
  for (const one of tags) await tag(api, [one]);
  const feed = page.getByRole("region", { name: "Events" });
  await expect(feed.getByText("gap-one")).toHaveCount(0);
  await context.setOffline(false);
  await expect(live).toBeVisible({ timeout: 40_000 });
  await expect(feed.getByRole("article").first()).toContainText("gap-three");
  await expect(feed.getByRole("article").nth(1)).toContainText("gap-two");
  await expect(feed.getByRole("article").nth(2)).toContainText("gap-one");
});

test("the timeline is narrowed by index, event, outcome and document, and the address keeps it", async ({
  page,
  api,
}) => {
  await api.call("documents.patch", { params: { documentId }, body: { tags: ["narrow"] } });
  await page.goto("/activity");
  await page.getByRole("combobox", { name: "Index" }).click();
  await page.getByRole("option", { name: title }).click();
  await page.getByRole("combobox", { name: "Event" }).click();
  await page.getByRole("option", { name: /tag/i }).first().click();
  await page.getByRole("textbox", { name: "Document id" }).fill("doc_nonsense");
  await expect(page.getByText("A document id begins with doc_ and has 26 characters after it.")).toBeVisible();
  await page.getByRole("textbox", { name: "Document id" }).fill(documentId);
  const feed = page.getByRole("region", { name: "Events" });
  await expect(feed.getByRole("article").first()).toContainText("narrow");
  await expect(page).toHaveURL(new RegExp(`action=document.tagged.*documentId=${documentId}`));
  await page.reload();
  await expect(feed.getByRole("article").first()).toContainText("narrow");
  await page.getByRole("combobox", { name: "Outcome" }).click();
  await page.getByRole("option", { name: "Failed" }).click();
  await expect(page.getByText("No event fits these filters")).toBeVisible();
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(feed).toBeVisible();
});

test("an event leads to the document it tells of, whose own page shows its events", async ({ page }) => {
  await page.goto(`/activity?index=${index}&documentId=${documentId}`);
  await page.getByRole("region", { name: "Events" }).getByRole("link", { name: "document" }).first().click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await page.getByRole("tab", { name: "Activity" }).click();
  await expect(page.getByRole("tabpanel", { name: "Activity" }).getByRole("article").first()).toBeVisible();
});

test("the queues are shown to those who run the place", async ({ page }) => {
  await page.goto("/activity");
  const queues = page.getByRole("region", { name: "Queues" });
  for (const one of ["process", "index", "embed"]) await expect(queues.getByText(one, { exact: true })).toBeVisible();
});

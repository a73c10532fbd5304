import type { Page, Request, Route } from "@playwright/test";
import type { IndexSlug } from "../packages/contracts/index.ts";
import { chooseFiles, createIndex, dockOf, expectReady, openDocuments, rowOf } from "./support/documents.ts";
import { pdfFile, textFile, uniqueWord } from "./support/files.ts";
import { expect, readTarget, test } from "./support/test.ts";

test.use({ role: "editor" });

const mebibyte = 1024 * 1024;
let index: IndexSlug;
test.beforeAll(async ({ api }) => {
  index = await createIndex(api, "Uploads");
});

const isPut = (request: Request): boolean =>
  request.method() === "PUT" && request.url().startsWith(readTarget().storageUrl);
const partOf = (url: string): number => Number(new URL(url).searchParams.get("partNumber") ?? 0);

/**
 * Holds back the PUTs of all parts after the first until `letGo`. Counts the parts that reached the store, so that a
 * test can tell which ones were sent and how often.
 */
const holdParts = async (page: Page) => {
  const arrived: number[] = [];
  const held: (() => void)[] = [];
  let isHolding = true;
  page.on("requestfinished", async (request) => {
    if (!isPut(request)) return;
    if ((await request.response())?.ok()) arrived.push(partOf(request.url()));
  });
  await page.route(`${readTarget().storageUrl}/**`, async (route: Route) => {
    const request = route.request();
    if (isHolding && isPut(request) && partOf(request.url()) > 1) await new Promise<void>((go) => held.push(go));
    // A page that has given the request up has nothing to continue.
    await route.continue().catch(() => undefined);
  });
  return {
    arrived,
    letGo: () => {
      isHolding = false;
      for (const go of held.splice(0)) go();
    },
  };
};

/** A PDF of a little over 20 MB: three parts. */
const largePdf = (name: string, word: string) => pdfFile(name, [[`The ${word} plan of the harbour.`]], 20.5 * mebibyte);

test("a file of 20 MB shows its progress, stops when paused, and goes on with only the parts that are missing", async ({
  page,
}) => {
  const word = uniqueWord();
  const name = `${word} plan.pdf`;
  await openDocuments(page, index);
  const parts = await holdParts(page);
  await chooseFiles(page, [largePdf(name, word)]);
  const dock = dockOf(page);
  await expect.poll(() => parts.arrived, { timeout: 40_000 }).toEqual([1]);
  await expect
    .poll(async () => Number(await dock.getByRole("progressbar", { name: `Upload of ${name}` }).getAttribute("value")))
    .toBeGreaterThan(0.3);
  await dock.getByRole("button", { name: `Pause ${name}` }).click();
  await expect(dock.getByText(/^Paused at 8\.0 MB of 21 MB$/)).toBeVisible();
  parts.letGo();
  await dock.getByRole("button", { name: `Resume ${name}` }).click();
  await expect(dock.getByText("21 MB, uploaded")).toBeVisible({ timeout: 40_000 });
  expect([...parts.arrived].sort()).toEqual([1, 2, 3]);
  await expectReady(page, name);
});

test("an upload goes on where it stopped after the page is loaded again, and no part is sent twice", async ({
  page,
}) => {
  const word = uniqueWord();
  const name = `${word} plan.pdf`;
  await openDocuments(page, index);
  const parts = await holdParts(page);
  await chooseFiles(page, [largePdf(name, word)]);
  await expect.poll(() => parts.arrived, { timeout: 40_000 }).toEqual([1]);
  await expect(dockOf(page).getByText("Goes on after a reload")).toBeVisible();
  await page.reload();
  parts.letGo();
  await expect(dockOf(page).getByText("21 MB, uploaded")).toBeVisible({ timeout: 60_000 });
  expect([...parts.arrived].sort()).toEqual([1, 2, 3]);
  await expectReady(page, name);
});

test("a cancelled upload leaves nothing behind", async ({ page }) => {
  const word = uniqueWord();
  const name = `${word} plan.pdf`;
  await openDocuments(page, index);
  const parts = await holdParts(page);
  await chooseFiles(page, [largePdf(name, word)]);
  await expect.poll(() => parts.arrived, { timeout: 40_000 }).toEqual([1]);
  await dockOf(page)
    .getByRole("button", { name: `Cancel ${name}` })
    .click();
  await expect(dockOf(page).getByText("Cancelled")).toBeVisible();
  await expect
    .poll(async () => {
      const answer = await page.request.get("/api/v1/documents", { params: { index, q: name } });
      const { items } = (await answer.json()) as { items: { status: string }[] };
      return items.every((item) => item.status === "cancelled");
    })
    .toBe(true);
  expect(parts.arrived).toEqual([1]);
});

test("a file over the limit of its type is refused with the reason before any byte leaves the browser", async ({
  page,
}) => {
  const name = `${uniqueWord()} too long.txt`;
  const sent: string[] = [];
  page.on("request", (request) => {
    if (isPut(request) || request.url().includes("/api/v1/uploads")) sent.push(request.url());
  });
  await openDocuments(page, index);
  await chooseFiles(page, [textFile(name, "a".repeat(27 * mebibyte))]);
  const problem = dockOf(page).getByText("27 MB, but the limit for Text is 25 MB.");
  await expect(problem).toBeVisible();
  await expect(problem).toHaveAttribute("title", /Split it into smaller files/);
  expect(sent).toEqual([]);
  await expect(rowOf(page, name)).toHaveCount(0);
});

test("retry sends the failed files again and leaves the others alone", async ({ page }) => {
  test.setTimeout(150_000);
  const good = `${uniqueWord()} good.txt`;
  const bad = `${uniqueWord()} bad.txt`;
  const puts: string[] = [];
  let isRefusing = true;
  await page.route(`${readTarget().storageUrl}/**`, async (route) => {
    const request = route.request();
    if (!isPut(request)) return route.continue();
    const isBad = request.postDataBuffer()?.includes("refused at first") ?? false;
    puts.push(isBad ? "bad" : "good");
    // A status that no repetition mends, so that the file fails at once.
    return isBad && isRefusing
      ? route.fulfill({ status: 409, headers: { "access-control-allow-origin": "*" } })
      : route.continue();
  });
  await openDocuments(page, index);
  await chooseFiles(page, [textFile(good, `${good} is sent at once.`), textFile(bad, `${bad} is refused at first.`)]);
  const dock = dockOf(page);
  await expect(dock.getByRole("status")).toHaveText("1 uploaded, 1 not", { timeout: 30_000 });
  expect(puts.filter((one) => one === "good")).toHaveLength(1);
  isRefusing = false;
  puts.length = 0;
  await dock.getByRole("button", { name: "Retry failed" }).click();
  await expect(dock.getByRole("status")).toHaveText("2 uploaded", { timeout: 30_000 });
  expect(puts).toEqual(["bad"]);
  await expectReady(page, good, bad);
});

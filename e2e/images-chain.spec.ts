import type { Page } from "@playwright/test";
import type { IndexSlug } from "../packages/contracts/index.ts";
import { expectAccessible } from "./support/axe.ts";
import { createIndex, seedDocuments } from "./support/documents.ts";
import { openRegistry } from "./support/registry.ts";
import { expect, readTarget, test } from "./support/test.ts";

// An image with a seeded finding is refused, waived, released and asked; then the chain is walked both ways.
test.describe.configure({ mode: "serial", timeout: 300_000 });
test.skip(Boolean(process.env.SAMLA_STORAGE_URL), "pushes to the laptop's own registry");
test.use({ role: "admin" });

const agent = "answer";
const finding = "CVE-2024-37890";
const question = "How long is the lamp of the harbour lit?";
const headers = { "x-samla-csrf": "1" };
const tag = `seeded-${Date.now().toString(36)}`;

let registry: ReturnType<typeof openRegistry>;
let index: IndexSlug;
let digest = "";
let before = "";

test.beforeAll(async ({ api }) => {
  registry = openRegistry(readTarget().storageUrl);
  index = await createIndex(api, "Harbour");
  await seedDocuments(api, index, [
    {
      name: "lamp.md",
      bytes: Buffer.from("# The lamp\n\nThe lamp of the harbour is lit for eleven hours each night.\n"),
    },
  ]);
});
test.afterAll(() => registry.close());

const read = async <T>(page: Page, path: string): Promise<T> =>
  (await (await page.request.get(`/api${path}`, { headers })).json()) as T;
const send = async (page: Page, path: string, data: object, baseURL: string | undefined) =>
  page.request.post(`/api${path}`, { headers: { ...headers, origin: baseURL ?? "" }, data, timeout: 90_000 });

/** Counts what a person presses between two places. */
const counting = (page: Page) => {
  let clicks = 0;
  return {
    click: async (name: string | RegExp, within = page.getByRole("main")) => {
      await within.getByRole("link", { name }).or(within.getByRole("tab", { name })).first().click();
      clicks += 1;
    },
    done: () => clicks,
  };
};

test("an image with a finding is compared before its release, stopped by the gate, and let through by a waiver alone", async ({
  page,
  baseURL,
}) => {
  await expect
    .poll(
      async () => {
        const now = await read<{ live?: { image: { digest: string } }; health: string }>(page, `/agents/${agent}`);
        before = now.live?.image.digest ?? "";
        return now.health;
      },
      { timeout: 180_000 },
    )
    .toBe("healthy");
  const repository = `/images/repositories/${agent}`;
  const gate = await read<{ waivers: { id: string; findingId: string; state: string }[] }>(page, `${repository}/gate`);
  for (const { id, findingId, state } of gate.waivers)
    if (findingId === finding && state === "active")
      await send(page, `${repository}/waivers/${id}/end`, { reason: "Left by a test before" }, baseURL);
  digest = await registry.pushWith(agent, before, tag, {
    "app/seeded.txt": tag,
    "app/node_modules/ws/package.json": '{"name":"ws","version":"8.16.0"}',
  });
  await expect
    .poll(
      async () =>
        (await read<{ scan: { state: string } }>(page, `/images/repositories/${agent}/images/${digest}`)).scan.state,
    )
    .toBe("complete");
  await page.goto(`/agents/${agent}/releases/new?digest=${digest}`);
  const difference = page.locator("[data-image-difference]");
  await expect(difference).toContainText("1 new layer");
  await expect(difference).toContainText("1 finding comes");
  const compare = page.waitForEvent("popup");
  await difference.getByRole("link", { name: "Layers, packages and findings" }).click();
  const compared = await compare;
  await expect(compared.getByRole("region", { name: "Findings that come" })).toContainText(finding);
  await expect(compared.getByRole("region", { name: "Size" })).toContainText("→");
  await expectAccessible(compared);
  await compared.close();
  await page.getByLabel("Why release it?").fill("To walk the chain");
  await page.getByRole("button", { name: "Check it and show what changes" }).click();
  await expect(page.getByRole("region", { name: "Scan and gate", exact: true })).toContainText(
    `${finding} (high) is in ws 8.16.0`,
    {
      timeout: 60_000,
    },
  );
  await expect(page.getByText("The gate stops it")).toBeVisible();
  const id = new URL(page.url()).pathname.split("/").pop() ?? "";
  const releases = `/agents/${agent}/releases`;
  expect((await send(page, `${releases}/${id}/execute`, {}, baseURL)).status()).toBe(409);
  const until = new Date(Date.now() + 2 * 86_400_000).toISOString();
  const waiver = { findingId: finding, owner: "Platform team", reason: "The seeded package is never loaded", until };
  expect((await send(page, `${repository}/waivers`, waiver, baseURL)).status()).toBe(200);
  const { config } = await read<{ config: object }>(page, `${releases}/${id}`);
  const proposed = await send(page, releases, { digest, config, reason: "To walk the chain" }, baseURL);
  const again = (await proposed.json()) as { id: string };
  expect((await send(page, `${releases}/${again.id}/execute`, {}, baseURL)).status()).toBe(200);
  await expect
    .poll(async () => (await read<{ status: string }>(page, `${releases}/${again.id}`)).status, { timeout: 180_000 })
    .toBe("live");
  await page.goto(`/images/${agent}/gate`);
  await expect(page.getByRole("list", { name: "Waivers" }).getByText("Active, ends soon").first()).toBeVisible();
  await page.goto("/images");
  await expect(page.locator(`[data-repository=${agent}]`)).toContainText("ending soon");
});

test("an answer leads to passage, build, task, image, findings and commit in two clicks at most, each with an address", async ({
  page,
}) => {
  await page.goto("/ask");
  await page.getByLabel("Where to look").selectOption(index);
  await page.getByRole("textbox", { name: "Your question" }).fill(question);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("article").last()).toContainText("eleven hours", { timeout: 30_000 });
  await page.goto("/answers");
  await page.getByRole("link", { name: question }).first().click();
  await expect(page).toHaveURL(/\/answers\/ans_/);
  const start = page.url();
  const behind = page.getByRole("region", { name: "What stands behind it" });
  const walks: [string, RegExp, (c: ReturnType<typeof counting>) => Promise<void>][] = [
    ["passage", /\/documents\/doc_\w+\/view\?.*passage=psg_/, (c) => c.click(/^Source \d+: lamp\.md/)],
    ["build", /\/indexes\/[^/]+\/builds\/bld_/, (c) => c.click(index, behind)],
    ["release", new RegExp(`/agents/${agent}/releases/rel_`), (c) => c.click(new RegExp(`^${agent} `), behind)],
    ["task", new RegExp(`/agents/${agent}/tasks/[0-9a-f]{32}`), (c) => c.click(/samla-laptop|:\d+$|^task$/, behind)],
    ["image", new RegExp(`/images/${agent}/sha256(:|%3A)`), (c) => c.click("Findings, commit, where it runs", behind)],
    [
      "findings",
      new RegExp(`/images/findings/${finding}`),
      async (c) => {
        await c.click("Findings, commit, where it runs", behind);
        await c.click(finding);
      },
    ],
    [
      "commit",
      /\/images\/answer\?q=[0-9a-f]{7,40}/,
      async (c) => {
        await c.click("Findings, commit, where it runs", behind);
        await c.click(/^[0-9a-f]{40}$/);
      },
    ],
  ];
  const { commit } = await read<{ commit?: string }>(page, `/images/repositories/${agent}/images/${digest}`);
  for (const [node, address, walk] of walks) {
    // A source tree without git has no commit to lead to.
    if (node === "commit" && !commit) continue;
    await page.goto(start);
    const counted = counting(page);
    await walk(counted);
    await expect(page, node).toHaveURL(address);
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    expect(counted.done(), node).toBeLessThanOrEqual(2);
  }
});

test("a finding leads to its image, its tasks and the answers it touched in one click each", async ({ page }) => {
  await page.goto("/images/findings");
  const start = `/images/findings/${finding}`;
  await page.getByRole("main").getByRole("link", { name: finding }).first().click();
  await expect(page).toHaveURL(new RegExp(`${start}$`));
  const use = page.getByRole("region", { name: `${agent} ${tag}` });
  await expect(use).toContainText("Waived by Platform team");
  const answers = use.getByRole("list", { name: "Answers it touched" });
  await expect(answers.getByRole("link", { name: question }).first()).toBeVisible();
  await expectAccessible(page);
  const walks: [RegExp, () => Promise<void>][] = [
    [/\/answers\/ans_/, () => answers.getByRole("link", { name: question }).first().click()],
    [
      /\/tasks\/[0-9a-f]{32}/,
      () =>
        answers
          .getByRole("link", { name: /^task / })
          .first()
          .click(),
    ],
    [
      /\/tasks\/[0-9a-f]{32}/,
      () =>
        use
          .getByRole("link", { name: /runs in/ })
          .first()
          .click(),
    ],
    [/\/images\/answer\/sha256/, () => use.getByRole("link", { name: tag }).first().click()],
  ];
  for (const [address, walk] of walks) {
    await page.goto(start);
    await walk();
    await expect(page).toHaveURL(address);
  }
});

test("an image is deleted with a reason, is offered nowhere, and comes back; the history tells who and why", async ({
  page,
}) => {
  const spare = `spare-${Date.now().toString(36)}`;
  const free = await registry.pushWith(agent, before, spare, { "app/spare.txt": spare });
  await page.goto(`/images/${agent}/${digest}`);
  await page.getByRole("button", { name: "Delete…" }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("It cannot be deleted: runs now");
  await expect(page.getByRole("dialog").getByRole("button", { name: "Delete it" })).toBeDisabled();
  await page.goto(`/images/${agent}/${free}`);
  await expect(page.getByText("No answer that is still kept was made by this image.")).toBeVisible();
  await expect(page.getByRole("region", { name: "What hangs together with it" })).toHaveCount(0);
  await page.getByRole("button", { name: "Delete…" }).click();
  const dialog = page.getByRole("dialog", { name: `Delete ${spare} of ${agent}?` });
  await expect(dialog.getByRole("button", { name: "Delete it" })).toBeDisabled();
  await dialog.getByLabel("Why delete it?").fill("Nobody needs it");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Delete it" }).click();
  await expect(page.getByText("It is deleted and can still be restored")).toBeVisible();
  await expect(page.getByRole("link", { name: "Release it…" })).toHaveCount(0);
  expect(await registry.tagsOf(agent, free)).toEqual([`keep-quarantined-${free.slice(7, 19)}`]);
  await page.goto(`/images/${agent}`);
  await expect(page.getByRole("list", { name: "Images" })).not.toContainText(spare);
  await page.getByLabel("Which images").selectOption("quarantined");
  await expect(page.getByRole("list", { name: "Images" })).toContainText("Nobody needs it");
  await expectAccessible(page);
  await page.getByRole("link", { name: spare }).click();
  await page.getByRole("button", { name: "Restore…" }).click();
  const restore = page.getByRole("dialog", { name: `Restore ${spare} of ${agent}?` });
  await restore.getByLabel("Why restore it?").fill("Somebody does");
  await restore.getByRole("button", { name: "Restore it" }).click();
  await expect(page.getByText("It is deleted and can still be restored")).toHaveCount(0);
  expect(await registry.tagsOf(agent, free)).toEqual([spare]);
  await page.getByRole("link", { name: "History" }).first().click();
  const events = page.getByRole("region", { name: "Events" });
  await expect(events.getByRole("article", { name: "Image restored" })).toContainText("Somebody does");
  await expect(events.getByRole("article", { name: "Image deleted" })).toContainText("Ada");
  await page.getByLabel("What happened").selectOption("image.deleted");
  await expect(events.getByRole("article", { name: "Image restored" })).toHaveCount(0);
  await expectAccessible(page);
});

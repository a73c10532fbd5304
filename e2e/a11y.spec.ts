import type { Page } from "@playwright/test";
import type { DocumentId, IndexSlug } from "../packages/contracts/index.ts";
import { expectAccessible } from "./support/axe.ts";
import { evaluateLive } from "./support/builds.ts";
import { chooseFiles, createIndex, openDocuments, seedDocuments } from "./support/documents.ts";
import { pdfFile, textFile, uniqueWord } from "./support/files.ts";
import { expect, test } from "./support/test.ts";

const word = uniqueWord();
let index: IndexSlug;
let empty: IndexSlug;
let ids: string[] = [];
let evaluation = "";
let build = "";
let question = "";

test.beforeAll(async ({ api }) => {
  index = await createIndex(api, "Accessible");
  empty = await createIndex(api, "Nothing here");
  ids = await seedDocuments(api, index, [
    { name: "plan.pdf", tags: ["plan"], bytes: pdfFile("plan.pdf", [[`The ${word} plan`, "of the harbour"]]).buffer },
    {
      name: "text.md",
      path: "a/b",
      tags: ["text"],
      bytes: Buffer.from(`# Text\n\nThe ${word} text.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n`),
    },
  ]);
  build = (await api.call("indexes.get", { params: { index } })).liveBuildId;
  const judgment = { documentId: ids[0] as DocumentId, grade: 3 };
  question = (await api.call("questions.judge", { params: { index }, body: { text: `${word} plan`, judgment } })).id;
  evaluation = await evaluateLive(api, index);
});

test("the sign-in pages of the console and of the issuer have no violation", async ({ page }) => {
  await page.goto("/sign-in");
  await expectAccessible(page);
  await page.getByRole("link", { name: "Sign in" }).click();
  await expect(page.getByLabel("Username")).toBeVisible();
  await expectAccessible(page);
});

test.describe("signed in", () => {
  test.use({ role: "admin" });

  const pages: { name: string; path: () => string; shown: (page: Page) => Promise<void> }[] = [
    {
      name: "search before typing",
      path: () => "/search",
      shown: (page) => expect(page.getByRole("region", { name: "Indexes" })).toBeVisible(),
    },
    {
      name: "search with hits and explanations",
      path: () => `/search?q=${word}&explain=true`,
      shown: (page) => expect(page.getByText("By words").first()).toBeVisible(),
    },
    {
      name: "search without hits",
      path: () => `/search?q=%22${uniqueWord()}%22&index=${index}`,
      shown: (page) => expect(page.getByRole("heading", { name: /^Nothing found/ })).toBeVisible(),
    },
    {
      name: "documents",
      path: () => `/documents?index=${index}`,
      shown: (page) => expect(page.getByRole("link", { name: "plan.pdf" })).toBeVisible(),
    },
    {
      name: "documents of an empty index",
      path: () => `/documents?index=${empty}`,
      shown: (page) => expect(page.getByText(/Drop files or a folder/)).toBeVisible(),
    },
    {
      name: "a document",
      path: () => `/documents/${ids[0]}`,
      shown: (page) => expect(page.getByRole("list", { name: "Steps" })).toBeVisible(),
    },
    {
      name: "its versions",
      path: () => `/documents/${ids[0]}?tab=versions`,
      shown: (page) => expect(page.getByText("Version 1", { exact: true })).toBeVisible(),
    },
    {
      name: "its passages",
      path: () => `/documents/${ids[0]}?tab=passages`,
      shown: (page) => expect(page.getByRole("link", { name: "In the source" })).toBeVisible(),
    },
    {
      name: "its activity",
      path: () => `/documents/${ids[0]}?tab=activity`,
      shown: (page) => expect(page.getByRole("article").first()).toBeVisible(),
    },
    {
      name: "its source as PDF",
      path: () => `/documents/${ids[0]}/view?q=${word}`,
      shown: (page) => expect(page.getByRole("region", { name: "Page 1" }).locator("canvas")).toBeVisible(),
    },
    {
      name: "the source of a text",
      path: () => `/documents/${ids[1]}/view?q=${word}`,
      shown: (page) => expect(page.getByRole("region", { name: /^Text of/ })).toBeVisible(),
    },
    {
      name: "indexes",
      path: () => "/indexes",
      shown: (page) => expect(page.getByRole("table")).toBeVisible(),
    },
    {
      name: "an index",
      path: () => `/indexes/${index}`,
      shown: (page) => expect(page.getByRole("region", { name: "Live build" })).toBeVisible(),
    },
    {
      name: "the settings of an index",
      path: () => `/indexes/${index}/settings`,
      shown: (page) => expect(page.getByRole("region", { name: "Settings" })).toBeVisible(),
    },
    {
      name: "the builds of an index",
      path: () => `/indexes/${index}/builds`,
      shown: (page) => expect(page.getByRole("region", { name: "History" }).getByRole("listitem")).toBeVisible(),
    },
    {
      name: "a build",
      path: () => `/indexes/${index}/builds/${build}?tab=configuration`,
      shown: (page) => expect(page.getByRole("region", { name: "Ranking" })).toBeVisible(),
    },
    {
      name: "a new build",
      path: () => `/indexes/${index}/builds/new`,
      shown: (page) => expect(page.getByRole("region", { name: "Plan" })).toBeVisible(),
    },
    {
      name: "questions",
      path: () => `/indexes/${index}/questions`,
      shown: (page) => expect(page.getByRole("link", { name: `${word} plan` })).toBeVisible(),
    },
    {
      name: "a question",
      path: () => `/indexes/${index}/questions/${question}`,
      shown: (page) =>
        expect(page.getByRole("region", { name: "What searching finds" }).getByRole("link").first()).toBeVisible(),
    },
    {
      name: "evaluations",
      path: () => `/indexes/${index}/evaluations`,
      shown: (page) => expect(page.getByRole("region", { name: "Evaluations" })).toBeVisible(),
    },
    {
      name: "an evaluation",
      path: () => `/indexes/${index}/evaluations/${evaluation}`,
      shown: async (page) => page.getByRole("region", { name: "Results" }).getByText(`${word} plan`).click(),
    },
    {
      name: "a comparison",
      path: () => `/indexes/${index}/evaluations/compare?before=${evaluation}&after=${evaluation}&show=all`,
      shown: async (page) => page.getByRole("region", { name: "Questions" }).getByText(`${word} plan`).click(),
    },
    {
      name: "the test bench",
      path: () => `/indexes/${index}/bench?q=${word}&right=${build}`,
      shown: async (page) => page.getByRole("button", { name: /plan/ }).first().click(),
    },
    {
      name: "the activity",
      path: () => "/activity",
      shown: (page) => expect(page.getByRole("region", { name: "Events" }).getByRole("article").first()).toBeVisible(),
    },
    {
      name: "a page that is not there",
      path: () => "/documents/doc_00000000000000000000000000",
      shown: (page) => expect(page.getByRole("heading", { name: /no such/ })).toBeVisible(),
    },
  ];

  for (const { name, path, shown } of pages)
    test(`${name}: no violation in light and dark`, async ({ page }) => {
      await page.goto(path());
      await shown(page);
      await expectAccessible(page);
    });

  test("dialogs, menus and the dock of uploads: no violation in light and dark", async ({ page }) => {
    await page.goto("/indexes");
    await page.getByRole("button", { name: "Create index" }).click();
    await expect(page.getByRole("dialog", { name: "Create an index" })).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("dialog", { name: "Command palette" })).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /Ada Admin/ }).click();
    await expect(page.getByRole("menuitem", { name: "Sign out everywhere" })).toBeVisible();
    await expectAccessible(page);
    await openDocuments(page, index);
    await page.getByRole("checkbox", { name: "Select plan.pdf" }).click();
    await chooseFiles(page, [textFile(`${word}.txt`, `The ${word} upload.`), textFile("empty.txt", "")]);
    await expect(page.getByRole("region", { name: "Uploads" }).getByText("1 uploaded, 1 not")).toBeVisible();
    await expectAccessible(page);
  });
});

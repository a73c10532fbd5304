import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { expect } from "@playwright/test";
import type { Client, IndexSlug } from "../../packages/contracts/index.ts";
import { uploadBytes } from "../../scripts/laptop/upload.ts";
import type { TestFile } from "./files.ts";

/** Reading with OCR on a machine that does other things too. */
const readyMs = 75_000;

export const openDocuments = async (page: Page, index: string): Promise<void> => {
  await page.goto(`/documents?index=${index}`);
  await expect(page.getByRole("heading", { name: "Documents", level: 1 })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Index" })).toBeVisible();
};

/** The row of a document in the list. */
export const rowOf = (page: Page, name: string): Locator =>
  page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });

/** Narrows the list to names that contain a text, and waits until it is narrowed. */
export const findByName = async (page: Page, text: string): Promise<void> => {
  await page.getByRole("searchbox", { name: "Find by name or folder" }).fill(text);
  await page.waitForURL((url) => url.searchParams.get("q") === text);
  await expect(page.getByRole("status", { name: "Loading documents" })).toHaveCount(0);
};

/** The dock of uploads. */
export const dockOf = (page: Page): Locator => page.getByRole("region", { name: "Uploads" });

/** Chooses files by the button and the browser's own file dialog. */
export const chooseFiles = async (page: Page, files: TestFile[]): Promise<void> => {
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("menuitem", { name: "Files…" }).click(),
  ]);
  await chooser.setFiles(files);
};

/** Waits until the list says that the document is ready. */
export const expectReady = async (page: Page, ...names: string[]): Promise<void> => {
  for (const name of names)
    await expect(rowOf(page, name).getByText("Ready", { exact: true })).toBeVisible({ timeout: readyMs });
};

/** Writes files below a folder and returns it. */
export const writeTree = (dir: string, files: Record<string, string | Buffer>): string => {
  for (const [path, body] of Object.entries(files)) {
    const file = join(dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
  }
  return dir;
};

/** Drags files or folders from the system onto the middle of the page and lets them go. */
export const dropPaths = async (page: Page, paths: string[], whileOver?: () => Promise<void>): Promise<void> => {
  const client = await page.context().newCDPSession(page);
  const size = page.viewportSize() ?? { width: 800, height: 600 };
  const at = { x: size.width / 2, y: size.height / 2, data: { items: [], files: paths, dragOperationsMask: 1 } };
  await client.send("Input.dispatchDragEvent", { type: "dragEnter", ...at });
  await client.send("Input.dispatchDragEvent", { type: "dragOver", ...at });
  await whileOver?.();
  // A hand never lies still: what has come up under it meanwhile hears of the drag before the drop.
  await client.send("Input.dispatchDragEvent", { type: "dragOver", ...at });
  await client.send("Input.dispatchDragEvent", { type: "drop", ...at });
  await client.detach();
};

/** Pastes a file as a browser does when one was copied. */
export const pasteFile = (page: Page, file: TestFile): Promise<void> =>
  page.evaluate(
    ({ name, type, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([bytes], name, { type }));
      window.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    },
    { name: file.name, type: file.mimeType, base64: file.buffer.toString("base64") },
  );

/** An index for one spec, made through the API. Returns its slug. */
export const createIndex = async (
  api: Client,
  name: string,
  readers: ("everyone" | `group:${string}`)[] = ["everyone"],
): Promise<IndexSlug> => {
  const slug = `${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}-${Date.now().toString(36)}` as IndexSlug;
  await api.call("indexes.create", { body: { slug, name, description: `Made by a test: ${name}`, readers } });
  return slug;
};

/** Brings files in through the API and waits until they are ready. Returns the ids of their documents. */
export const seedDocuments = async (
  api: Client,
  index: IndexSlug,
  files: readonly { name: string; path?: string; bytes: Buffer; tags?: string[] }[],
): Promise<string[]> => {
  const ids: string[] = [];
  for (const file of files) ids.push((await uploadBytes(api, index, file)).documentId);
  await expect
    .poll(async () => (await api.call("documents.counts", { query: { index } })).byStatus.ready ?? 0, {
      timeout: readyMs,
      intervals: [200],
    })
    .toBeGreaterThanOrEqual(files.length);
  return ids;
};

/**
 * Bytes of script and layout shift of each page's first visit, in a real Chromium over the built console:
 * `node bench/console.ts`. It starts a laptop of its own, unless `SAMLA_URL` and `SAMLA_API_URL` name one that runs.
 */
import { type Browser, chromium, type Page, type Response } from "@playwright/test";
import startLaptop from "../e2e/global-setup.ts";
import { createIndex, seedDocuments } from "../e2e/support/documents.ts";
import { markdownFile, pdfFile } from "../e2e/support/files.ts";
import { readTarget, signIn } from "../e2e/support/test.ts";
import { createMachineClient } from "../scripts/laptop/machine-client.ts";
import { formatTable, machineLine } from "./support/figures.ts";

const budgetKilobytes = 170;
const shiftMax = 0.02;
/** A page is at rest when nothing was asked for during this time; idle work has begun by then. */
const restMs = 5000;

type Shift = { value: number; atMs: number; sources: string[] };
type Visit = { drawnBytes: number; restBytes: number; files: number; shift: number; typingShift?: number };
type Step = { name: string; path: string; heading?: RegExp; type?: string };

/** Collects every layout shift, those after a key press too: a person sees them all the same. */
const watchShifts = (): void => {
  const shifts: Shift[] = [];
  Object.assign(window, { samlaShifts: shifts });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number;
      sources: { node?: Node }[];
    })[])
      shifts.push({
        value: entry.value,
        atMs: Math.round(entry.startTime),
        sources: entry.sources.map(({ node }) =>
          node instanceof HTMLElement ? `${node.tagName.toLowerCase()}.${node.className}`.slice(0, 80) : "text",
        ),
      });
  }).observe({ type: "layout-shift", buffered: true });
};

const shiftsOf = (page: Page): Promise<Shift[]> =>
  page.evaluate(() => (window as unknown as { samlaShifts: Shift[] }).samlaShifts);
const sumOf = (shifts: readonly Shift[]): number => shifts.reduce((sum, { value }) => sum + value, 0);

const isScript = (response: Response): boolean => /\.m?js$/.test(new URL(response.url()).pathname);

/** Bytes of the bodies as they came over the wire, compressed. */
const bytesOf = async (responses: readonly Response[]): Promise<number> => {
  const sizes = await Promise.all(responses.map((response) => response.request().sizes()));
  return sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
};

const visit = async (browser: Browser, state: string | undefined, step: Step): Promise<Visit> => {
  const context = await browser.newContext({
    baseURL: process.env.SAMLA_URL ?? "",
    viewport: { width: 1360, height: 900 },
    storageState: state ? JSON.parse(state) : undefined,
  });
  await context.addInitScript(watchShifts);
  const page = await context.newPage();
  const scripts: Response[] = [];
  let loadedAt = 0;
  let drawn = 0;
  page.on("response", (response) => {
    if (isScript(response)) scripts.push(response);
    loadedAt = performance.now();
  });
  page.on("load", () => {
    drawn = scripts.length;
  });
  await page.goto(step.path);
  const rest = async (): Promise<void> => {
    loadedAt = Math.max(loadedAt, performance.now());
    while (performance.now() - loadedAt < restMs) await page.waitForTimeout(100);
  };
  await rest();
  const shifts = await shiftsOf(page);
  const files = [...scripts];
  if (process.env.SAMLA_BENCH_DETAILS) {
    for (const one of files) console.log(step.name, new URL(one.url()).pathname, await bytesOf([one]));
    for (const one of shifts) console.log(step.name, JSON.stringify(one));
  }
  const found: Visit = {
    drawnBytes: await bytesOf(files.slice(0, drawn)),
    restBytes: await bytesOf(files),
    files: files.length,
    shift: sumOf(shifts),
  };
  if (step.type) {
    await page.locator("input[type=search], main input").first().pressSequentially(step.type, { delay: 120 });
    await rest();
    const typing = (await shiftsOf(page)).slice(shifts.length);
    if (process.env.SAMLA_BENCH_DETAILS)
      for (const one of typing) console.log(step.name, "typing", JSON.stringify(one));
    found.typingShift = sumOf(typing);
  }
  await context.close();
  return found;
};

console.log(`${await machineLine()}\n`);
const endLaptop = await startLaptop();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const client = createMachineClient(readTarget());
  const index = await createIndex(client, "Bench pages");
  const body = Array.from({ length: 30 }, (_, n) => `## Part ${n}\n\nThe valve of pump ${n} opens at ${n} bar.`);
  const [text, pdf] = await seedDocuments(client, index, [
    { name: "pumps.md", bytes: markdownFile("pumps.md", body.join("\n\n")).buffer, tags: ["pumps"] },
    { name: "valves.pdf", bytes: pdfFile("valves.pdf", [body.slice(0, 20), body.slice(0, 20)]).buffer },
  ]);
  const signingIn = await browser.newContext({ baseURL: process.env.SAMLA_URL ?? "" });
  await signIn(await signingIn.newPage(), "admin");
  const state = JSON.stringify(await signingIn.storageState());
  await signingIn.close();
  const steps: Step[] = [
    { name: "sign-in", path: "/sign-in" },
    { name: "search", path: "/search", type: "opens at the valve" },
    { name: "search, with results", path: "/search?q=valve", type: " pump" },
    { name: "documents", path: `/documents?index=${index}`, type: "pump" },
    { name: "document", path: `/documents/${text}` },
    { name: "viewer, text", path: `/documents/${text}/view?q=valve` },
    { name: "viewer, PDF", path: `/documents/${pdf}/view?q=valve` },
    { name: "indexes", path: "/indexes" },
    { name: "index", path: `/indexes/${index}` },
    { name: "activity", path: "/activity" },
  ];
  const rows: (string | number)[][] = [];
  for (const step of steps) {
    const found = await visit(browser, step.name === "sign-in" ? undefined : state, step);
    const kilobytes = found.restBytes / 1000;
    const shift = Math.max(found.shift, found.typingShift ?? 0);
    rows.push([
      step.name,
      (found.drawnBytes / 1000).toFixed(1),
      kilobytes.toFixed(1),
      String(found.files),
      kilobytes <= budgetKilobytes ? "yes" : "**no**",
      found.shift.toFixed(3),
      found.typingShift?.toFixed(3) ?? "",
      shift <= shiftMax ? "yes" : "**no**",
    ]);
  }
  console.log(
    formatTable(
      [
        "page",
        "JS until load, kB",
        "JS until rest, kB",
        "files",
        `<= ${budgetKilobytes} kB`,
        "layout shift",
        "while typing",
        `<= ${shiftMax}`,
      ],
      rows,
    ),
  );
} finally {
  await browser.close();
  await endLaptop?.();
}

import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Extraction } from "@samla/contracts/extraction";
import { afterAll, describe, expect, it } from "vitest";
import { splitIntoPassages } from "./chunk.ts";
import { closeExtractors, ExtractFailure, extractFile } from "./index.ts";

const folder = join(import.meta.dirname, "../../../shared/files");
const manifestPath = join(folder, "manifest.tsv");
const isPresent = existsSync(manifestPath);
if (!isPresent) console.info(`manifest of real files skipped: ${manifestPath} is not there`);

type Row = { path: string; outcome: string; expected: string };

/** Files that do not end as the manifest says, with the reason. Each must still end in text or a typed failure. */
const knownMisses: Record<string, string> = {
  "pdf/bug946506.pdf": "the phrase lies across slanted text that pdf.js yields with gaps",
  "pdf/DA-619p.pdf": "the phrase holds a page number, which is dropped on purpose",
  "image/table-multi-row-column-cells.png": "the recogniser leaves out single digits in the cells of a ruled table",
};

/** The manifest's classes against the codes a person is shown. */
const codesOfClass: Record<string, string[]> = { no_text: ["ocr_empty"], bomb: ["too_complex"] };

function readRows(): Row[] {
  const lines = readFileSync(manifestPath, "utf8").trim().split("\n").slice(1);
  return lines.map((line) => {
    const [path = "", , , expectation = ""] = line.split("\t");
    const colon = expectation.indexOf(":");
    const outcome = colon < 0 ? expectation : expectation.slice(0, colon);
    return { path, outcome, expected: colon < 0 ? "" : expectation.slice(colon + 1) };
  });
}

/** Tools that made the phrases draw cells, bullets and spaces in their own ways: letters and digits count. */
function reduce(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
}

function containsPhrase(text: string, phrase: string): boolean {
  return reduce(text).includes(reduce(phrase));
}

function assertOffsets(extraction: Extraction): void {
  let before = 0;
  for (const block of extraction.blocks) {
    expect(block.start).toBeGreaterThanOrEqual(before);
    expect(block.end).toBeGreaterThan(block.start);
    before = block.end;
    for (const line of block.lines ?? []) expect(line.end <= block.end && line.start >= block.start).toBe(true);
  }
  expect(before).toBe(extraction.text.length);
  for (const passage of splitIntoPassages(extraction)) {
    if (extraction.text.slice(passage.start, passage.end) !== passage.text)
      expect.fail("a passage's range is not its text");
  }
}

async function assertRow(row: Row): Promise<void> {
  try {
    const extraction = await extractFile({
      path: join(folder, row.path),
      name: basename(row.path),
      ocr: { enabled: true, cachePath: join(tmpdir(), "samla-test-ocr") },
    });
    assertOffsets(extraction);
    if (row.outcome === "ERROR") expect.fail(`text was found, expected ${row.expected}`);
    if (row.outcome === "OCR") expect(extraction.ocrPages).toBeGreaterThan(0);
    if (row.expected) expect(containsPhrase(extraction.text, row.expected), `lacks "${row.expected}"`).toBe(true);
  } catch (error) {
    if (!(error instanceof ExtractFailure)) throw error;
    const codes = row.expected.split("|").flatMap((name) => codesOfClass[name] ?? [name]);
    if (row.outcome === "ERROR") expect(codes, error.message).toContain(error.code);
    else if (row.outcome !== "ANY") expect.fail(error.message);
    expect(error.code, error.message).not.toBe("internal");
  }
}

/** Two at a time: a third child would only make the others slower, and their time limit is by the clock. */
function createGate(places: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

describe.skipIf(!isPresent)("files of the manifest", () => {
  const score = new Map<string, { met: number; all: number }>();
  const pass = createGate(2);
  const rows = isPresent ? readRows() : [];

  afterAll(async () => {
    const lines = [...score].map(([outcome, { met, all }]) => `${outcome} ${met}/${all}`);
    console.info(`manifest: ${lines.join(", ")}`);
    await closeExtractors();
  });

  describe.concurrent("each ends as expected, in a child process within the limits", { timeout: 120_000 }, () => {
    for (const row of rows) {
      it(`${row.path} ${row.outcome} ${row.expected}`.trim(), async () => {
        const entry = score.get(row.outcome) ?? { met: 0, all: 0 };
        score.set(row.outcome, entry);
        entry.all++;
        if (knownMisses[row.path]) {
          await expect(
            pass(() => assertRow(row)),
            "no miss any more: take it off the list",
          ).rejects.toThrow();
          return;
        }
        await pass(() => assertRow(row));
        entry.met++;
      });
    }
  });
});

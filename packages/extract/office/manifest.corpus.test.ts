import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ExtractFailure } from "../failure.ts";
import { defaultLimits } from "../limits.ts";
import type { Reader, ReaderResult } from "../reader.ts";
import { readEmail } from "../web/email.ts";
import { readHtml } from "../web/html.ts";
import { readDocx } from "./docx.ts";
import { readEpub } from "./epub.ts";
import { readOdf } from "./odf.ts";
import { readPptx } from "./pptx.ts";
import { readRtf } from "./rtf.ts";
import { readXlsx } from "./xlsx.ts";

const filesFolder = path.resolve(import.meta.dirname, "../../../../shared/files");
const manifestPath = path.join(filesFolder, "manifest.tsv");
const readers: Record<string, Reader> = {
  docx: readDocx,
  html: readHtml,
  xlsx: readXlsx,
  pptx: readPptx,
  odt: readOdf,
  ods: readOdf,
  odp: readOdf,
  rtf: readRtf,
  epub: readEpub,
  eml: readEmail,
};

/** Kind by the bytes where the name misleads; everything else is read by its extension. */
const misnamed: Record<string, string> = { "wrong-ext/lorem_ipsum.pdf": "docx", "wrong-ext/fake-html.txt": "html" };

type Case = { name: string; kind: string; expected: string };

function listCases(): Case[] {
  const cases: Case[] = [];
  for (const line of readFileSync(manifestPath, "utf8").split("\n").slice(1)) {
    const [name = "", , , expected = ""] = line.split("\t");
    const kind =
      misnamed[name] ??
      (name.startsWith("wrong-ext/") && name !== "wrong-ext/simple.docx" ? "" : path.extname(name).slice(1));
    if (readers[kind] && existsSync(path.join(filesFolder, name))) cases.push({ name, kind, expected });
  }
  return cases;
}

async function readCase({ name, kind }: Case): Promise<ReaderResult | ExtractFailure> {
  const file = path.join(filesFolder, name);
  const reader = readers[kind];
  if (!reader) throw new Error(`no reader for ${kind}`);
  try {
    return await reader({ path: file, bytes: readFileSync(file), name, limits: defaultLimits, warn: () => {} });
  } catch (error) {
    if (error instanceof ExtractFailure) return error;
    throw error;
  }
}

/** Letters, digits and symbols only: reference tools put their own bullets, bars and spaces between blocks. */
function reduceText(text: string): string {
  const reduced = text.normalize("NFKC").replace(/[\p{P}\s|+<>=^`~$]/gu, "");
  return reduced === "" ? text : reduced;
}

function assertOutcome({ name, expected }: Case, outcome: ReaderResult | ExtractFailure): void {
  const [kind = "", ...rest] = expected.split(":");
  const wanted = rest.join(":");
  if (outcome instanceof ExtractFailure) {
    if (kind === "TEXT") expect.fail(`${name} ended in ${outcome.message}`);
    expect(outcome.detail).not.toBe("");
    if (kind === "ERROR") expect(wanted.replaceAll("bomb", "too_complex").split("|")).toContain(outcome.code);
    return;
  }
  for (const block of outcome.blocks) expect(block.end).toBeGreaterThan(block.start);
  if (kind === "ERROR") expect.fail(`${name} was read although it should end in ${wanted}`);
  if (kind === "TEXT") expect(reduceText(outcome.text).includes(reduceText(wanted)), `phrase "${wanted}"`).toBe(true);
}

if (!existsSync(manifestPath)) console.warn(`skipped: no test files at ${filesFolder}`);

describe.skipIf(!existsSync(manifestPath))("real and hostile files", () => {
  const cases = existsSync(manifestPath) ? listCases() : [];
  const score = new Map<string, { right: number; total: number }>();
  for (const entry of cases) {
    it(`${entry.name} ends in ${entry.expected}`, async () => {
      const tally = score.get(entry.kind) ?? { right: 0, total: 0 };
      score.set(entry.kind, tally);
      tally.total++;
      assertOutcome(entry, await readCase(entry));
      tally.right++;
    });
  }
  afterAll(() => {
    const lines = [...score].map(([kind, { right, total }]) => `${kind} ${right}/${total}`);
    console.info(`Files that end as the manifest says: ${lines.join(", ")}`);
  });
});

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Judgments } from "../../core/kernel/metrics.ts";

export type Collection = {
  documents: { id: string; title: string; text: string }[];
  questions: { id: string; text: string }[];
  judgments: Map<string, Judgments>;
};

/** Folder of the judged collections beside the checkout, or undefined when it is not there. */
export function findCollections(projectRoot: string): string | undefined {
  const folder = path.resolve(projectRoot, "../shared/ir");
  return existsSync(folder) ? folder : undefined;
}

/** Reads a BEIR-style collection: corpus.jsonl, queries.jsonl, qrels.tsv. All-capitals text is lowered. */
export async function readCollection(folder: string): Promise<Collection> {
  const readLines = async (name: string) => (await readFile(path.join(folder, name), "utf8")).trim().split("\n");
  const parse = (line: string) => JSON.parse(line) as { _id: string; title?: string; text: string };
  const judgments = new Map<string, Map<string, number>>();
  for (const line of (await readLines("qrels.tsv")).slice(1)) {
    const [question = "", document = "", grade = "0"] = line.split("\t");
    const judged = judgments.get(question) ?? new Map<string, number>();
    judgments.set(question, judged.set(document, Number(grade)));
  }
  return {
    documents: (await readLines("corpus.jsonl"))
      .map(parse)
      .map((row) => ({ id: row._id, title: tidy(row.title), text: tidy(row.text) })),
    questions: (await readLines("queries.jsonl")).map(parse).map((row) => ({ id: row._id, text: tidy(row.text) })),
    judgments,
  };
}

function tidy(text = ""): string {
  const tidied = text.replace(/\s+/g, " ").trim();
  return tidied === tidied.toUpperCase() ? tidied.toLowerCase() : tidied;
}

import { type importFormats, limits } from "@samla/contracts";
import { z } from "zod";
import { Failure } from "../kernel/index.ts";

/** Rows of delimited text with the line each begins at, counted from 1. */
export type CsvReader = (text: string) => { cells: string[]; line: number }[];

/** One judgment as it was written: the document by whatever name the file gives it. */
export type ImportedJudgment = { document: string; grade: number; line: number };
export type ImportedQuestion = { text: string; externalId?: string; line: number; judgments: ImportedJudgment[] };
export type ImportProblem = { line: number; message: string };
export type ParsedImport = { questions: ImportedQuestion[]; problems: ImportProblem[] };

type Format = (typeof importFormats)[number];
type Input = { format: Format; content: string; topics?: string | undefined };

const gradeMax = 3;

/** A grade as trec_eval reads it: below 1 is not relevant. More than ours is as good as our best. */
const gradeOf = (text: string): number | undefined =>
  /^[-+]?\d{1,6}(\.0+)?$/.test(text.trim()) ? Math.min(gradeMax, Math.max(0, Math.trunc(Number(text)))) : undefined;

/** Gathers judgments by question; questions of one text or one id are one. */
const createGathering = () => {
  const questions = new Map<string, ImportedQuestion>();
  const problems: ImportProblem[] = [];
  return {
    problems,
    refuse: (line: number, message: string): void => void problems.push({ line, message }),
    question: (text: string, line: number, externalId?: string): ImportedQuestion | undefined => {
      const trimmed = text.trim();
      if (trimmed === "" || trimmed.length > limits.queryLengthMax) {
        problems.push({
          line,
          message: trimmed
            ? `the question is longer than ${limits.queryLengthMax} characters`
            : "the question is empty",
        });
        return undefined;
      }
      const key = trimmed.normalize("NFKC").toLowerCase().replace(/\s+/g, " ");
      const found = questions.get(key) ?? {
        text: trimmed,
        line,
        judgments: [],
        ...(externalId ? { externalId: externalId.slice(0, 200) } : {}),
      };
      questions.set(key, found);
      return found;
    },
    judge: (question: ImportedQuestion, document: string, grade: string, line: number): void => {
      const value = gradeOf(grade);
      if (value === undefined) problems.push({ line, message: `the grade "${grade.slice(0, 40)}" is no whole number` });
      else if (document.trim() === "") problems.push({ line, message: "no document is named" });
      else question.judgments.push({ document: document.trim(), grade: value, line });
    },
    result: (): ParsedImport => ({ questions: [...questions.values()], problems }),
  };
};

const columnNames = {
  question: ["question", "query", "text"],
  document: ["document", "documentid", "doc", "path", "name"],
  grade: ["grade", "relevance", "rating", "score"],
  id: ["id", "questionid", "qid"],
} as const;

const parseCsv = (input: Input, readCsv: CsvReader): ParsedImport => {
  const gathering = createGathering();
  const [head, ...rows] = readCsv(input.content.replace(/^\uFEFF/, ""));
  const names = (head?.cells ?? []).map((cell) => cell.toLowerCase().replace(/[^a-z]/g, ""));
  const placeOf = (wanted: readonly string[]): number => names.findIndex((name) => wanted.includes(name));
  const [question, document, grade, id] = [
    columnNames.question,
    columnNames.document,
    columnNames.grade,
    columnNames.id,
  ].map(placeOf) as [number, number, number, number];
  if (question < 0)
    throw new Failure("invalid_request", "The first line does not name a column `question`.", {
      nextStep: "Begin the file with: question,document,grade",
      errors: [{ field: "content", message: "must begin with a line of column names" }],
    });
  for (const { cells, line } of rows) {
    const found = gathering.question(cells[question] ?? "", line, id < 0 ? undefined : cells[id]?.trim());
    const named = document < 0 ? "" : (cells[document] ?? "").trim();
    if (!found || named === "") continue;
    gathering.judge(found, named, grade < 0 ? "2" : (cells[grade] ?? ""), line);
  }
  return gathering.result();
};

const JsonLine = z.object({
  id: z.union([z.string(), z.number()]).transform(String).optional(),
  question: z.string(),
  judgments: z.array(z.object({ document: z.string(), grade: z.number() })).default([]),
});

const parseJsonLines = (input: Input): ParsedImport => {
  const gathering = createGathering();
  for (const [i, text] of input.content.split("\n").entries()) {
    if (text.trim() === "") continue;
    const line = i + 1;
    const parsed = JsonLine.safeParse(parseJson(text));
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      gathering.refuse(line, `${issue?.path.join(".") || "the line"}: ${issue?.message ?? "is not JSON"}`);
      continue;
    }
    const question = gathering.question(parsed.data.question, line, parsed.data.id);
    if (question)
      for (const one of parsed.data.judgments) gathering.judge(question, one.document, String(one.grade), line);
  }
  return gathering.result();
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
};

/** TREC: topics are `id<tab>text`, judgments `id 0 document grade`, parted by spaces or tabs. */
const parseQrels = (input: Input): ParsedImport => {
  if (!input.topics?.trim())
    throw new Failure("invalid_request", "Judgments in TREC's form need their questions beside them.", {
      nextStep: "Give the topics too: one `id<tab>question` a line.",
      errors: [{ field: "topics", message: "must hold one id, a tab and a question a line" }],
    });
  const gathering = createGathering();
  const topics = new Map<string, ImportedQuestion>();
  for (const [i, text] of input.topics.split(/\r?\n/).entries()) {
    if (text.trim() === "") continue;
    const [id = "", ...rest] = text.split("\t");
    if (id.trim() === "" || rest.length === 0) {
      gathering.refuse(i + 1, "topics: must be an id, a tab and a question");
      continue;
    }
    const question = gathering.question(rest.join(" "), i + 1, id.trim());
    if (question) topics.set(id.trim(), question);
  }
  for (const [i, text] of input.content.split(/\r?\n/).entries()) {
    if (text.trim() === "") continue;
    const [id = "", , document = "", grade = "", more] = text.trim().split(/\s+/);
    const question = topics.get(id);
    if (grade === "" || more !== undefined)
      gathering.refuse(i + 1, "must be four fields: question, 0, document, grade");
    else if (question) gathering.judge(question, document, grade, i + 1);
    else gathering.refuse(i + 1, `the topics hold no question ${id.slice(0, 80)}`);
  }
  return gathering.result();
};

/**
 * Questions and judgments of a file, with the lines that say nothing usable.
 * Throws `invalid_request` when the file as a whole is not of its format.
 */
export const parseImport = (input: Input, readCsv: CsvReader): ParsedImport => {
  if (input.format === "csv") return parseCsv(input, readCsv);
  return input.format === "jsonl" ? parseJsonLines(input) : parseQrels(input);
};

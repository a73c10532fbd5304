import { type ImportQuestionsBody, type ImportResult, type Judgment, limits, type Question } from "@samla/contracts";
import type { z } from "zod";
import { requireIndex } from "../documents/access.ts";
import {
  type Context,
  Failure,
  type QuestionChange,
  type QuestionRecord,
  questionKeyOf,
  timestamp,
} from "../kernel/index.ts";
import { mergeJudgments } from "./judgments.ts";
import { matchDocuments } from "./match-documents.ts";
import { type CsvReader, type ImportedQuestion, type ImportProblem, parseImport } from "./parse-import.ts";

export type ImportContext = Context & { readCsv: CsvReader };

const problemsShown = 100;
const questionsPerRead = 200;

/**
 * Takes questions and judgments from a file. Lines that name unknown documents or say nothing usable are reported and left
 * out; questions that are there already get the judgments added. `dryRun` only says what would happen. Throws
 * `invalid_request` for a file of another format, `too_large` before anything is written when there are too many questions.
 */
export const importQuestions = async (
  ctx: ImportContext,
  input: { index: string } & z.output<typeof ImportQuestionsBody>,
): Promise<ImportResult> => {
  const index = await requireIndex(ctx, input.index, "questions.write");
  const parsed = parseImport(input, ctx.readCsv);
  requireRoom(0, parsed.questions.length);
  const [matches, existing] = await Promise.all([
    matchDocuments(
      ctx,
      index.slug,
      parsed.questions.flatMap((question) => question.judgments.map((one) => one.document)),
    ),
    readExisting(ctx, index.slug),
  ]);
  const problems = [...parsed.problems];
  const created: QuestionRecord[] = [];
  const changed: QuestionChange[] = [];
  let unchanged = 0;
  let judgments = 0;
  for (const imported of parsed.questions) {
    const added = judgmentsOf(imported, matches, problems);
    const before = existing.get(questionKeyOf(imported.text));
    const merged = mergeJudgments(before?.judgments ?? [], added);
    if (merged.length > limits.judgmentsPerQuestionMax) {
      problems.push({
        line: imported.line,
        message: `the question would hold ${merged.length} judgments; ${limits.judgmentsPerQuestionMax} are possible`,
      });
      continue;
    }
    judgments += added.length;
    if (!before) created.push(newQuestion(ctx, index.slug, imported, merged));
    else if (isSame(before, merged)) unchanged += 1;
    else
      changed.push({
        before,
        after: { ...before, judgments: merged, updatedAt: timestamp(ctx), revision: before.revision + 1 },
      });
  }
  requireRoom(existing.size, created.length);
  if (!input.dryRun && created.length + changed.length > 0) {
    await ctx.catalog.saveQuestions(index.slug, created, changed);
    await ctx.catalog.appendEvent(
      {
        action: "question.imported",
        outcome: "ok",
        summary: `imported questions: ${created.length} new, ${changed.length} changed`,
        index: index.slug,
        data: { created: created.length, changed: changed.length, unchanged, judgments, problems: problems.length },
      },
      ctx.actor,
    );
  }
  problems.sort((a, b) => a.line - b.line);
  return {
    created: created.length,
    changed: changed.length,
    unchanged,
    judgments,
    problems: problems.slice(0, problemsShown),
    problemCount: problems.length,
  };
};

const requireRoom = (there: number, added: number): void => {
  if (there + added <= limits.questionsPerIndexMax) return;
  const held =
    there > 0
      ? `The index holds ${there} questions and the file brings ${added} new ones`
      : `The file holds ${added} questions`;
  throw new Failure("too_large", `${held}; an index holds at most ${limits.questionsPerIndexMax}.`, {
    nextStep: "Nothing was imported. Choose a sample of the questions, or delete some that no longer matter.",
    errors: [{ field: "content", message: `holds more than ${limits.questionsPerIndexMax} questions` }],
  });
};

const readExisting = async (ctx: Context, slug: string): Promise<Map<string, QuestionRecord>> => {
  const found = new Map<string, QuestionRecord>();
  let cursor: string | undefined;
  do {
    const page = await ctx.catalog.listQuestions({ index: slug, order: "oldest", limit: questionsPerRead, cursor });
    for (const one of page.items) found.set(questionKeyOf(one.text), one);
    cursor = page.nextCursor;
  } while (cursor);
  return found;
};

const judgmentsOf = (
  imported: ImportedQuestion,
  matches: Awaited<ReturnType<typeof matchDocuments>>,
  problems: ImportProblem[],
): Judgment[] =>
  imported.judgments.flatMap(({ document, grade, line }) => {
    const match = matches.get(document);
    if (match && "documentId" in match)
      return [{ documentId: match.documentId as Judgment["documentId"], grade: grade as Judgment["grade"] }];
    problems.push({ line, message: match?.problem ?? "the document is unknown" });
    return [];
  });

const isSame = (before: QuestionRecord, merged: readonly Judgment[]): boolean =>
  before.judgments.length === merged.length &&
  merged.every((one, i) => {
    const other = before.judgments[i];
    return one.documentId === other?.documentId && one.passageId === other.passageId && one.grade === other.grade;
  });

const newQuestion = (
  ctx: Context,
  slug: Question["index"],
  imported: ImportedQuestion,
  judgments: Judgment[],
): QuestionRecord => {
  const at = timestamp(ctx);
  return {
    id: ctx.newId("qst") as Question["id"],
    index: slug,
    text: imported.text,
    note: "",
    judgments,
    source: "import",
    ...(imported.externalId ? { externalId: imported.externalId } : {}),
    createdAt: at,
    createdBy: ctx.actor.name,
    updatedAt: at,
    revision: 1,
  };
};

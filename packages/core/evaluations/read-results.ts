import type {
  ComparedQuestion,
  CompareEvaluationsQuery,
  Document,
  EvaluationComparison,
  ListResultsQuery,
  QuestionResult,
} from "@samla/contracts";
import type { z } from "zod";
import { requireIndex } from "../documents/access.ts";
import {
  type Context,
  type EvaluationRecord,
  Failure,
  isReadableBy,
  type Page,
  readingAs,
  type StorageContext,
} from "../kernel/index.ts";
import { readResults } from "./evaluation-files.ts";
import { requireEvaluation, toEvaluation } from "./evaluations.ts";

const slicesDone = (evaluation: EvaluationRecord): number => evaluation.nextSlice;

/** A cursor here is a place in a list whose order never changes once the evaluation is over. */
const placeOf = (cursor: string | undefined): number => {
  if (cursor === undefined) return 0;
  if (/^\d{1,6}$/.test(cursor)) return Number(cursor);
  throw new Failure("invalid_cursor", "This page cursor was changed.", { nextStep: "Begin again at the first page." });
};

const pageOf = <T>(all: readonly T[], cursor: string | undefined, limit: number): Page<T> => {
  const start = placeOf(cursor);
  const end = start + limit;
  return { items: all.slice(start, end), ...(end < all.length ? { nextCursor: String(end) } : {}) };
};

/** Results without documents that the caller may not read, or of which nobody can say any more who may. */
const showResults = async (
  ctx: Context,
  slug: string,
  results: readonly QuestionResult[],
): Promise<QuestionResult[]> => {
  const principals = readingAs(ctx.actor);
  if (principals === undefined) return [...results];
  const ids = results.flatMap((one) => [...one.hits, ...one.missed].map((hit) => hit.documentId as string));
  const documents = await ctx.catalog.getDocuments([...new Set(ids)]);
  const sees = ({ documentId }: { documentId: Document["id"] }): boolean => {
    const document = documents.get(documentId);
    return document?.index === slug && isReadableBy(principals, document.readers);
  };
  return results.map((one) => ({ ...one, hits: one.hits.filter(sees), missed: one.missed.filter(sees) }));
};

/** One page of an evaluation's results, of a running one those there are. Throws `not_found`, `invalid_cursor`. */
export const listResults = async (
  ctx: StorageContext,
  input: { index: string; evaluationId: string } & z.output<typeof ListResultsQuery>,
): Promise<Page<QuestionResult>> => {
  await requireIndex(ctx, input.index, "questions.read");
  const evaluation = await requireEvaluation(ctx, input.index, input.evaluationId);
  const all = await readResults(ctx.objects, evaluation.id, slicesDone(evaluation));
  const page = pageOf(sortResults(all, input.order), input.cursor, input.limit);
  return { ...page, items: await showResults(ctx, input.index, page.items) };
};

const sortResults = (
  results: QuestionResult[],
  order: z.output<typeof ListResultsQuery>["order"],
): QuestionResult[] => {
  if (order === "as-asked") return results;
  if (order === "slowest") return results.toSorted((a, b) => b.tookMs - a.tookMs);
  // Questions without a right answer have no quality to be worst or best by.
  const last = (one: QuestionResult): number => (one.relevant > 0 ? 0 : 1);
  const sign = order === "worst" ? 1 : -1;
  return results.toSorted((a, b) => last(a) - last(b) || sign * (a.ndcg10 - b.ndcg10));
};

/** Differences below this are rounding. */
const epsilon = 1e-9;

/**
 * Two evaluations of an index side by side, question by question, with the places of their first ten documents.
 * Questions are matched by id; one that only one of them asked is shown under `all`.
 */
export const compareEvaluations = async (
  ctx: StorageContext,
  input: { index: string } & z.output<typeof CompareEvaluationsQuery>,
): Promise<z.input<typeof EvaluationComparison>> => {
  await requireIndex(ctx, input.index, "questions.read");
  const [before, after] = await Promise.all([
    requireEvaluation(ctx, input.index, input.before),
    requireEvaluation(ctx, input.index, input.after),
  ]);
  const [resultsBefore, resultsAfter] = await Promise.all([
    readResults(ctx.objects, before.id, slicesDone(before)),
    readResults(ctx.objects, after.id, slicesDone(after)),
  ]);
  const pairs = pairResults(resultsBefore, resultsAfter);
  const shared = pairs.filter((pair) => pair.before && pair.after && pair.before.relevant + pair.after.relevant > 0);
  const better = shared.filter((pair) => changeOf(pair) > epsilon);
  const worse = shared.filter((pair) => changeOf(pair) < -epsilon);
  const chosen = { changed: [...better, ...worse], better, worse, all: pairs }[input.show];
  const ordered =
    input.show === "all" ? chosen : chosen.toSorted((a, b) => Math.abs(changeOf(b)) - Math.abs(changeOf(a)));
  const page = pageOf(ordered, input.cursor, input.limit);
  return {
    before: toEvaluation(before),
    after: toEvaluation(after),
    sameQuestions: before.questionSet !== "" && before.questionSet === after.questionSet,
    better: better.length,
    worse: worse.length,
    same: shared.length - better.length - worse.length,
    items: await describePairs(ctx, input.index, page.items),
    ...(page.nextCursor ? { nextCursor: page.nextCursor } : {}),
  };
};

type Pair = { before?: QuestionResult; after?: QuestionResult };

const pairResults = (before: QuestionResult[], after: QuestionResult[]): Pair[] => {
  const later = new Map(after.map((one) => [one.questionId, one]));
  const pairs: Pair[] = before.map((one) => {
    const match = later.get(one.questionId);
    later.delete(one.questionId);
    return { before: one, ...(match ? { after: match } : {}) };
  });
  return [...pairs, ...[...later.values()].map((one) => ({ after: one }))];
};

const changeOf = ({ before, after }: Pair): number => (before && after ? after.ndcg10 - before.ndcg10 : 0);

const describePairs = async (ctx: Context, slug: string, pairs: Pair[]): Promise<ComparedQuestion[]> => {
  const [befores, afters] = await Promise.all(
    (["before", "after"] as const).map(async (side) => {
      const results = pairs.flatMap((pair) => pair[side] ?? []);
      return new Map((await showResults(ctx, slug, results)).map((one) => [one.questionId, one]));
    }),
  );
  return pairs.flatMap((pair): ComparedQuestion[] => {
    const either = pair.after ?? pair.before;
    if (!either) return [];
    const before = pair.before && befores?.get(either.questionId);
    const after = pair.after && afters?.get(either.questionId);
    return [
      {
        questionId: either.questionId,
        text: either.text,
        ...(before ? { before } : {}),
        ...(after ? { after } : {}),
        ndcg10Change: changeOf(pair),
        moves: movesOf(before, after),
      },
    ];
  });
};

const movesOf = (before: QuestionResult | undefined, after: QuestionResult | undefined): ComparedQuestion["moves"] => {
  const place = (result: QuestionResult | undefined, documentId: string): number | null => {
    const index = result?.hits.findIndex((hit) => hit.documentId === documentId) ?? -1;
    return index < 0 ? null : index + 1;
  };
  const hits = new Map([...(before?.hits ?? []), ...(after?.hits ?? [])].map((hit) => [hit.documentId, hit]));
  return [...hits.values()]
    .map(({ documentId, name, grade }) => ({
      documentId,
      name,
      grade,
      before: place(before, documentId),
      after: place(after, documentId),
    }))
    .sort((a, b) => (a.after ?? 99) - (b.after ?? 99) || (a.before ?? 99) - (b.before ?? 99));
};

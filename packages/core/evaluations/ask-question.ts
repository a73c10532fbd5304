import type { Build, Document, EvaluationHit, Judgment, PassageId, QuestionResult } from "@samla/contracts";
import type { z } from "zod";
import {
  computeNdcg,
  computeRecall,
  computeReciprocalRank,
  type EngineContext,
  type EvaluationRecord,
  isFailure,
} from "../kernel/index.ts";
import { searchBuild } from "../search/search-build.ts";
import type { AskedQuestion } from "./evaluation-files.ts";
import { readableBy } from "./readable-documents.ts";

/** Documents that a question's ranking holds: as deep as the deepest figure looks. */
const depth = 100;
const hitsShown = 10;

type Hit = z.infer<typeof EvaluationHit>;

/**
 * Asks one question of a build and measures the answer, document by document: the best passage of a document counts.
 * A search that fails twice counts as nothing found and says why.
 */
export const askQuestion = async (
  ctx: EngineContext,
  evaluation: EvaluationRecord,
  build: Build,
  question: AskedQuestion,
): Promise<QuestionResult> => {
  const grades = new Map<string, Judgment["grade"]>(question.judged.map((one) => [one.documentId, one.grade]));
  const startedAt = performance.now();
  let found = await search(ctx, evaluation, build, question.text);
  if (found.error) found = await search(ctx, evaluation, build, question.text);
  const tookMs = performance.now() - startedAt;
  const ranking = found.hits.map((hit) => hit.documentId);
  const shown = found.hits.slice(0, hitsShown);
  return {
    questionId: question.id,
    text: question.text,
    ndcg10: computeNdcg(ranking, grades, 10),
    recall10: computeRecall(ranking, grades, 10),
    recall100: computeRecall(ranking, grades, 100),
    reciprocalRank: computeReciprocalRank(ranking, grades, depth),
    judged: question.judged.length,
    relevant: question.judged.filter((one) => one.grade > 0).length,
    results: ranking.length,
    tookMs,
    ...(found.error ? { error: found.error } : {}),
    hits: shown.map((hit) => ({ ...hit, grade: grades.get(hit.documentId) ?? null })),
    missed: question.judged.filter((one) => one.grade > 0 && !shown.some((hit) => hit.documentId === one.documentId)),
  };
};

const search = async (
  ctx: EngineContext,
  evaluation: EvaluationRecord,
  build: Build,
  q: string,
): Promise<{ hits: Omit<Hit, "grade">[]; error?: string }> => {
  try {
    const { hits } = await searchBuild(ctx, {
      build,
      q,
      mode: evaluation.mode,
      limit: depth,
      perDocument: 1,
      principals: evaluation.principals,
    });
    const documents = await readableBy(
      ctx,
      evaluation.index,
      hits.map((hit) => hit.passage.document_id),
      evaluation.principals,
    );
    return { hits: bestOfEach(hits, documents) };
  } catch (error) {
    ctx.log("warn", "a question was not answered", { evaluationId: evaluation.id, error: String(error) });
    return { hits: [], error: isFailure(error) ? error.message : "The search of this question failed." };
  }
};

const bestOfEach = (
  hits: Awaited<ReturnType<typeof searchBuild>>["hits"],
  documents: Map<string, Document>,
): Omit<Hit, "grade">[] => {
  const seen = new Set<string>();
  return hits.flatMap(({ passage, score }) => {
    const document = documents.get(passage.document_id);
    if (!document || seen.has(document.id)) return [];
    seen.add(document.id);
    return [{ documentId: document.id, passageId: passage.id as PassageId, name: document.name, score }];
  });
};

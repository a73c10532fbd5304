import {
  cancelEvaluation,
  compareEvaluations,
  createQuestion,
  deleteQuestion,
  getEvaluation,
  getQuestion,
  importQuestions,
  judge,
  listEvaluations,
  listQuestions,
  listResults,
  patchQuestion,
  startEvaluation,
} from "@samla/core/evaluations";
import { readCsv } from "../runtime/csv.ts";
import { createHttpHandler } from "../runtime/http.ts";

export const handler = createHttpHandler({
  "questions.list": listQuestions,
  "questions.create": createQuestion,
  "questions.get": getQuestion,
  "questions.patch": patchQuestion,
  "questions.delete": deleteQuestion,
  "questions.judge": judge,
  "questions.import": (ctx, input) => importQuestions({ ...ctx, readCsv }, input),
  "evaluations.list": listEvaluations,
  "evaluations.start": startEvaluation,
  "evaluations.compare": compareEvaluations,
  "evaluations.get": getEvaluation,
  "evaluations.cancel": cancelEvaluation,
  "evaluations.results": listResults,
});

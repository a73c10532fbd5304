export {
  cancelEvaluation,
  comparableEvaluations,
  getEvaluation,
  listEvaluations,
  newestEvaluation,
  startEvaluation,
} from "./evaluations.ts";
export { type ImportContext, importQuestions } from "./import-questions.ts";
export type { CsvReader } from "./parse-import.ts";
export { createQuestion, deleteQuestion, getQuestion, judge, listQuestions, patchQuestion } from "./questions.ts";
export { compareEvaluations, listResults } from "./read-results.ts";
export { runEvaluation, wakeEvaluations } from "./run-evaluation.ts";

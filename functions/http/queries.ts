import { getAnswer, listAnswers, rateAnswer, recordAnswer } from "@samla/core/answers";
import { getQuery, giveFeedback, listQueries, replayQuery, reportQueries } from "@samla/core/queries";
import { withEngineByWords } from "../runtime/engine.ts";
import { createHttpHandler } from "../runtime/http.ts";

export const handler = createHttpHandler({
  "answers.record": recordAnswer,
  "answers.list": listAnswers,
  "answers.get": getAnswer,
  "answers.feedback": rateAnswer,
  "queries.list": listQueries,
  "queries.get": getQuery,
  "queries.report": reportQueries,
  "queries.feedback": giveFeedback,
  "queries.replay": async (ctx, input) => replayQuery(await withEngineByWords(ctx), input),
});

import { z } from "zod";
import {
  Answer,
  AnswerFeedbackBody,
  AnswerPage,
  ListAnswersQuery,
  RecordAnswerBody,
  RecordAnswerResult,
} from "./answers.ts";
import { AnswerId } from "./ids.ts";
import { defineRoute } from "./route.ts";

const answerParams = z.object({ answerId: AnswerId });

/** Answers of agents: what was answered, on what it rests, and which task of which image made it. */
export const answerRoutes = {
  "answers.record": defineRoute({
    group: "queries",
    summary: "Note an answer that rests on a search of yours",
    permission: "search",
    body: RecordAnswerBody,
    response: RecordAnswerResult,
    successStatus: 201,
    idempotent: true,
  }),
  "answers.list": defineRoute({
    group: "queries",
    summary: "List your answers, or those of an image, a release, a task, a build, a document or an index",
    permission: "signed-in",
    query: ListAnswersQuery,
    response: AnswerPage,
    successStatus: 200,
  }),
  "answers.get": defineRoute({
    group: "queries",
    summary: "Get an answer with what stands behind it",
    permission: "signed-in",
    params: answerParams,
    response: Answer,
    successStatus: 200,
  }),
  "answers.feedback": defineRoute({
    group: "queries",
    summary: "Say whether an answer of yours was good",
    permission: "search",
    params: answerParams,
    body: AnswerFeedbackBody,
    successStatus: 204,
  }),
} as const;

import type {
  BuildId,
  CreateQuestionBody,
  EvaluationId,
  ImportQuestionsBody,
  IndexSlug,
  PatchQuestionBody,
  Question,
  QuestionId,
  StartEvaluationBody,
} from "@samla/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { z } from "zod";
import { callApi } from "../../lib/api.ts";
import { toastError } from "../../lib/query-error.tsx";
import { evaluationKeys } from "./keys.ts";

export const useCreateQuestion = (slug: string) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { body: z.input<typeof CreateQuestionBody>; idempotencyKey: string }) =>
      callApi("questions.create", { params: { index: slug as IndexSlug }, ...input }),
    onSuccess: () => client.invalidateQueries({ queryKey: evaluationKeys.questions(slug) }),
  });
};

/** Changes a question, if nobody else did since it was loaded; else says so and shows what is there now. */
export const usePatchQuestion = (slug: string, question: Pick<Question, "id" | "revision">) => {
  const client = useQueryClient();
  const key = evaluationKeys.question(slug, question.id);
  return useMutation({
    mutationFn: (body: z.input<typeof PatchQuestionBody>) =>
      callApi("questions.patch", {
        params: { index: slug as IndexSlug, questionId: question.id as QuestionId },
        body,
        ifMatch: `"${client.getQueryData<Question>(key)?.revision ?? question.revision}"`,
      }),
    onSuccess: (changed) => {
      client.setQueryData(key, changed);
      void client.invalidateQueries({ queryKey: [...evaluationKeys.questions(slug), "list"] });
    },
    onError: (error) => {
      toastError(error);
      void client.invalidateQueries({ queryKey: key });
    },
    // One after the other, each on top of the one before.
    scope: { id: `question ${question.id}` },
  });
};

export const useDeleteQuestion = (slug: string) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      callApi("questions.delete", { params: { index: slug as IndexSlug, questionId: id as QuestionId } }),
    onSuccess: () => client.invalidateQueries({ queryKey: [...evaluationKeys.questions(slug), "list"] }),
    onError: toastError,
  });
};

/** Imports questions; with `dryRun` it only says what would happen. */
export const useImportQuestions = (slug: string) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: z.input<typeof ImportQuestionsBody>) =>
      callApi("questions.import", { params: { index: slug as IndexSlug }, body }),
    onSuccess: (_, body) =>
      body.dryRun ? undefined : client.invalidateQueries({ queryKey: evaluationKeys.questions(slug) }),
  });
};

export const useStartEvaluation = (slug: string) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: {
      buildId: string;
      mode: z.input<typeof StartEvaluationBody>["mode"];
      note: string;
      idempotencyKey: string;
    }) =>
      callApi("evaluations.start", {
        params: { index: slug as IndexSlug },
        body: { buildId: input.buildId as BuildId, mode: input.mode, note: input.note },
        idempotencyKey: input.idempotencyKey,
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: evaluationKeys.of(slug) }),
  });
};

export const useCancelEvaluation = (slug: string) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      callApi("evaluations.cancel", { params: { index: slug as IndexSlug, evaluationId: id as EvaluationId } }),
    onSettled: () => client.invalidateQueries({ queryKey: evaluationKeys.of(slug) }),
    onError: toastError,
  });
};

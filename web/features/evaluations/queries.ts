import type { EvaluationId, IndexSlug, QuestionId } from "@samla/contracts";
import type { comparisonViews, evaluationOrders } from "@samla/contracts/plain";
import { isEvaluationOver } from "@samla/contracts/plain";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { callApi } from "../../lib/api.ts";
import { evaluationKeys } from "./keys.ts";

const pageSize = 50;
const runningEveryMs = 1000;
const restingEveryMs = 30_000;

export type JudgedFilter = "all" | "yes" | "no";

export const questionListOptions = (slug: string, q: string, judged: JudgedFilter) =>
  infiniteQueryOptions({
    queryKey: evaluationKeys.questionList(slug, q, judged),
    queryFn: ({ signal, pageParam }) =>
      callApi("questions.list", {
        params: { index: slug as IndexSlug },
        query: {
          limit: pageSize,
          ...(q ? { q } : {}),
          ...(judged === "all" ? {} : { judged: judged === "yes" ? "true" : "false" }),
          ...(pageParam ? { cursor: pageParam } : {}),
        },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
  });

export const questionOptions = (slug: string, id: string) =>
  queryOptions({
    queryKey: evaluationKeys.question(slug, id),
    queryFn: ({ signal }) =>
      callApi("questions.get", { params: { index: slug as IndexSlug, questionId: id as QuestionId }, signal }),
  });

/** The newest two hundred evaluations. */
export const evaluationListOptions = (slug: string) =>
  queryOptions({
    queryKey: evaluationKeys.list(slug),
    queryFn: async ({ signal }) =>
      (await callApi("evaluations.list", { params: { index: slug as IndexSlug }, query: { limit: 200 }, signal }))
        .items,
    refetchInterval: (query) =>
      query.state.data?.some((one) => !isEvaluationOver(one.status)) ? runningEveryMs : restingEveryMs,
  });

export const evaluationOptions = (slug: string, id: string) =>
  queryOptions({
    queryKey: evaluationKeys.one(slug, id),
    queryFn: ({ signal }) =>
      callApi("evaluations.get", { params: { index: slug as IndexSlug, evaluationId: id as EvaluationId }, signal }),
    refetchInterval: (query) =>
      query.state.data && !isEvaluationOver(query.state.data.status) ? runningEveryMs : false,
  });

export const resultsOptions = (slug: string, id: string, order: (typeof evaluationOrders)[number], isOver: boolean) =>
  infiniteQueryOptions({
    queryKey: evaluationKeys.results(slug, id, order),
    queryFn: ({ signal, pageParam }) =>
      callApi("evaluations.results", {
        params: { index: slug as IndexSlug, evaluationId: id as EvaluationId },
        query: { order, limit: pageSize, ...(pageParam ? { cursor: pageParam } : {}) },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor,
    enabled: isOver,
    staleTime: 60_000,
  });

export const comparisonOptions = (
  slug: string,
  before: string,
  after: string,
  show: (typeof comparisonViews)[number],
) =>
  infiniteQueryOptions({
    queryKey: evaluationKeys.comparison(slug, before, after, show),
    queryFn: ({ signal, pageParam }) =>
      callApi("evaluations.compare", {
        params: { index: slug as IndexSlug },
        query: {
          before: before as EvaluationId,
          after: after as EvaluationId,
          show,
          limit: pageSize,
          ...(pageParam ? { cursor: pageParam } : {}),
        },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

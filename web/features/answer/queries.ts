import { queryOptions } from "@tanstack/react-query";
import { callApi } from "../../lib/api.ts";

export const answerKeys = {
  indexes: ["answers", "indexes"] as const,
  one: (id: string) => ["answers", id] as const,
  list: (node: string, value: string) => ["answers", "of", node, value] as const,
};

/** The indexes a person may ask. */
export const askableIndexesOptions = () =>
  queryOptions({
    queryKey: answerKeys.indexes,
    queryFn: ({ signal }) => callApi("indexes.list", { query: { limit: 200 }, signal }),
    staleTime: 60_000,
  });

/** One answer as it was recorded. */
export const answerOptions = (answerId: string) =>
  queryOptions({
    queryKey: answerKeys.one(answerId),
    queryFn: ({ signal }) => callApi("answers.get", { params: { answerId: answerId as never }, signal }),
  });

/** The newest answers that a node of the chain leads to; without one, the person's own. */
export const answersOptions = (node: string, value: string) =>
  queryOptions({
    queryKey: answerKeys.list(node, value),
    queryFn: ({ signal }) =>
      callApi("answers.list", { query: { ...(node ? { [node]: value } : {}), limit: 50 } as never, signal }),
  });

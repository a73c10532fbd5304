/** Query keys of questions and evaluations. A shorter key invalidates everything below it. */
export const evaluationKeys = {
  questions: (slug: string) => ["questions", slug] as const,
  questionList: (slug: string, q: string, judged: string) => ["questions", slug, "list", q, judged] as const,
  question: (slug: string, id: string) => ["questions", slug, "one", id] as const,
  of: (slug: string) => ["evaluations", slug] as const,
  list: (slug: string) => ["evaluations", slug, "list"] as const,
  one: (slug: string, id: string) => ["evaluations", slug, "one", id] as const,
  results: (slug: string, id: string, order: string) => ["evaluations", slug, "results", id, order] as const,
  comparison: (slug: string, before: string, after: string, show: string) =>
    ["evaluations", slug, "comparison", before, after, show] as const,
};

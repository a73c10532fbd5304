import type { AnswerCatalog, StoredAnswer } from "./kernel/index.ts";

/** Answers in memory; the real adapter has a contract test of its own. */
export const createMemoryAnswers = () => {
  const answers = new Map<string, StoredAnswer>();
  const valuesOf = (answer: StoredAnswer, node: string): (string | undefined)[] =>
    ({
      actor: [answer.actor?.id],
      release: [answer.maker.releaseId],
      image: [answer.maker.imageDigest],
      task: [answer.maker.taskId],
      index: answer.indexes.map(({ slug }) => slug as string),
      build: answer.indexes.map(({ buildId }) => buildId as string),
      document: answer.sources.map(({ documentId }) => documentId as string),
    })[node] ?? [];
  const catalog: AnswerCatalog = {
    putAnswer: async (answer) => {
      answers.set(answer.id, structuredClone(answer));
    },
    getAnswer: async (id) => structuredClone(answers.get(id)),
    changeAnswer: async (id, decide) => {
      const before = answers.get(id);
      if (!before) return undefined;
      const after = decide(structuredClone(before));
      answers.set(id, after);
      return structuredClone(after);
    },
    listAnswers: async ({ node, value, cursor, limit }) => {
      const start = Number(cursor ?? 0);
      const all = [...answers.values()]
        .filter((answer) => valuesOf(answer, node).includes(value))
        .sort((a, b) => (a.id < b.id ? 1 : -1));
      const items = all.slice(start, start + limit).map((one) => structuredClone(one));
      return { items, ...(start + limit < all.length ? { nextCursor: String(start + limit) } : {}) };
    },
  };
  return { catalog, answers };
};

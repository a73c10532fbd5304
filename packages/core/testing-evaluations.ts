import { type Document, type EventActor, isEvaluationOver, limits } from "@samla/contracts";
import {
  type EvaluationCatalog,
  type EvaluationRecord,
  Failure,
  isReadableBy,
  type NewEvent,
  type QueryCatalog,
  type QueryLine,
  type QuestionRecord,
  questionKeyOf,
  type StoredQuery,
} from "./kernel/index.ts";

const clone = <T>(value: T): T => structuredClone(value);

const pageOf = <T>(all: T[], cursor: string | undefined, limit: number): { items: T[]; nextCursor?: string } => {
  const start = Number(cursor ?? 0);
  const end = start + limit;
  return { items: all.slice(start, end).map(clone), ...(end < all.length ? { nextCursor: String(end) } : {}) };
};

/** Questions and evaluations in memory; the real adapter has a contract test of its own. */
export const createMemoryEvaluations = (deps: {
  documents: Map<string, Document>;
  tell: (event: NewEvent | undefined, actor: EventActor) => void;
}) => {
  const questions = new Map<string, QuestionRecord>();
  const evaluations = new Map<string, EvaluationRecord>();
  const of = (slug: string): QuestionRecord[] => [...questions.values()].filter((one) => one.index === slug);
  const requireFree = (question: QuestionRecord): void => {
    const key = questionKeyOf(question.text);
    if (of(question.index).some((one) => one.id !== question.id && questionKeyOf(one.text) === key))
      throw new Failure("already_exists", `There is a question "${question.text}" already.`);
  };
  const create = (question: QuestionRecord): void => {
    requireFree(question);
    if (of(question.index).length >= limits.questionsPerIndexMax) throw new Failure("too_large", "full");
    questions.set(question.id, clone(question));
  };
  const change = ({ before, after }: { before: QuestionRecord; after: QuestionRecord }): void => {
    if (questions.get(before.id)?.revision !== before.revision) throw new Failure("precondition_failed", "changed");
    requireFree(after);
    questions.set(after.id, clone(after));
  };
  const catalog: EvaluationCatalog = {
    getQuestion: async (_, id) => clone(questions.get(id)),
    findQuestion: async (slug, key) => clone(of(slug).find((one) => questionKeyOf(one.text) === key)),
    countQuestions: async (slug) => of(slug).length,
    listQuestions: async ({ index, q, judged, order, cursor, limit }) => {
      const all = of(index)
        .filter((one) => !q || one.text.toLowerCase().includes(q.toLowerCase()))
        .filter((one) => judged === undefined || one.judgments.length > 0 === judged)
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      return pageOf(order === "newest" ? all.reverse() : all, cursor, limit);
    },
    createQuestion: async (question, event, actor) => {
      create(question);
      deps.tell(event, actor);
    },
    changeQuestion: async (one, event, actor) => {
      change(one);
      deps.tell(event, actor);
    },
    deleteQuestion: async (question, event, actor) => {
      questions.delete(question.id);
      deps.tell(event, actor);
    },
    saveQuestions: async (_, created, changed) => {
      created.forEach(create);
      changed.forEach(change);
    },
    listDocumentNames: async ({ index, principals }) => ({
      items: [...deps.documents.values()]
        .filter((one) => one.index === index && !one.deletedAt && isReadableBy(principals, one.readers))
        .map((one) => ({
          documentId: one.id,
          path: (one.path ? `${one.path}/${one.name}` : one.name).normalize("NFC").toLowerCase(),
        })),
    }),
    createEvaluation: async (evaluation, event, actor) => {
      evaluations.set(evaluation.id, clone(evaluation));
      deps.tell(event, actor);
    },
    getEvaluation: async (_, id) => clone(evaluations.get(id)),
    changeEvaluation: async (evaluation, event, actor) => {
      if (evaluations.get(evaluation.id)?.rev !== evaluation.rev - 1) return false;
      evaluations.set(evaluation.id, clone(evaluation));
      deps.tell(event, actor);
      return true;
    },
    beatEvaluation: async (evaluation, at) => {
      const current = evaluations.get(evaluation.id);
      if (current?.status !== "running" || current.nextSlice !== evaluation.nextSlice) return false;
      current.movedAt = at;
      return true;
    },
    listEvaluations: async ({ index, buildId, cursor, limit }) =>
      pageOf(
        [...evaluations.values()]
          .filter((one) => one.index === index && (!buildId || one.buildId === buildId))
          .sort((a, b) => (a.id < b.id ? 1 : -1)),
        cursor,
        limit,
      ),
    listStaleEvaluations: async (before, limit) =>
      [...evaluations.values()]
        .filter((one) => !isEvaluationOver(one.status) && one.movedAt < before)
        .slice(0, limit)
        .map(clone),
    forgetEvaluations: async (slug) => {
      const gone = [...evaluations.values()].filter((one) => one.index === slug).map((one) => one.id as string);
      for (const id of gone) evaluations.delete(id);
      for (const one of of(slug)) questions.delete(one.id);
      return { left: false };
    },
  };
  return { catalog, questions, evaluations };
};

const lineOf = (query: StoredQuery): QueryLine => ({
  id: query.id,
  at: query.at,
  ...(query.actor ? { who: query.actor.id } : {}),
  text: query.text,
  total: query.total,
  totalMs: query.timings.totalMs,
  clicks: query.clicks.length,
  page: Number(query.filters.offset ?? 0) > 0,
});

/** The log of searches in memory. */
export const createMemoryQueries = () => {
  const queries = new Map<string, StoredQuery>();
  const keyOf = (slug: string, id: string): string => `${slug} ${id}`;
  const catalog: QueryCatalog = {
    putQueries: async (added) => {
      for (const one of added) queries.set(keyOf(one.index, one.id), clone(one));
    },
    getQuery: async (slug, id) => clone(queries.get(keyOf(slug, id))),
    getQueries: async (slug, ids) =>
      new Map(
        ids.flatMap((id) => {
          const found = queries.get(keyOf(slug, id));
          return found ? [[id, clone(found)] as const] : [];
        }),
      ),
    changeQuery: async (slug, id, decide) => {
      const before = queries.get(keyOf(slug, id));
      if (!before) return undefined;
      const after = decide(clone(before));
      if (after) queries.set(keyOf(slug, id), clone(after));
      return after ?? clone(before);
    },
    listQueryLines: async ({ index, view, q, named, since, cursor, limit }) => {
      const all = [...queries.values()]
        .filter((one) => one.index === index && one.at >= since)
        .filter((one) => !q || one.text.toLowerCase().includes(q.toLowerCase()))
        .filter((one) => !named || one.actor !== undefined)
        .filter((one) => view !== "zero-results" || one.total === 0)
        .filter((one) => view !== "with-thumbs" || one.thumbs.length > 0)
        .sort((a, b) => (view === "slow" ? b.timings.totalMs - a.timings.totalMs : a.id < b.id ? 1 : -1));
      const page = pageOf(all, cursor, limit);
      return { ...page, items: page.items.map(lineOf) };
    },
    forgetQueries: async (slug, before) => {
      const gone = [...queries].filter(([, one]) => one.index === slug && (!before || one.at < before));
      for (const [key] of gone) queries.delete(key);
      return { removed: gone.length, left: false };
    },
  };
  return { catalog, queries };
};

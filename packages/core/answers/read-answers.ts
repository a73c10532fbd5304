import { type Answer, type AnswerNode, answerNodes, hasPermission, type ListAnswersQuery } from "@samla/contracts";
import { mayReadDocument, requireDocument, requireIndex } from "../documents/access.ts";
import {
  type Context,
  Failure,
  type IndexRecord,
  mayRead,
  notFound,
  type Page,
  requirePermission,
  type StoredAnswer,
} from "../kernel/index.ts";

/** True while each index that the answer rests on still keeps searches of its time. */
const isKept = (ctx: Context, answer: StoredAnswer, indexes: ReadonlyMap<string, IndexRecord>): boolean =>
  answer.indexes.every(({ slug }) => {
    const index = indexes.get(slug);
    return index && Date.parse(answer.at) >= ctx.now() - index.settings.queryLog.days * 86_400_000;
  });

const isMine = (ctx: Context, answer: StoredAnswer): boolean => answer.actor?.id === ctx.actor.id;

/**
 * Answers as the caller may see them: whoever asked, and those who may read the log of searches, see what was said, but
 * never a sentence that rests on a document which they may not read now. Who may only see agents gets the chain alone.
 */
export const showAnswers = async (ctx: Context, answers: readonly StoredAnswer[]): Promise<Answer[]> => {
  const indexes = new Map((await ctx.catalog.listIndexes()).map((index) => [index.slug as string, index]));
  const documents = await ctx.catalog.getDocuments([
    ...new Set(answers.flatMap((answer) => answer.sources.map((source) => source.documentId as string))),
  ]);
  const readsLog = hasPermission(ctx.actor.roles, "queries.read");
  const seesChain = readsLog || hasPermission(ctx.actor.roles, "agents.read");
  return answers.flatMap((answer): Answer[] => {
    const mine = isMine(ctx, answer);
    if (!isKept(ctx, answer, indexes) || !(mine || seesChain)) return [];
    const { expiresAtSeconds: _, actor, question, searchedFor, ...rest } = answer;
    if (!mine && !readsLog) return [{ ...rest, sentences: [], sources: [], withheld: 0, mine }];
    const sees = (source: StoredAnswer["sources"][number]): boolean => {
      const index = indexes.get(source.index);
      const document = documents.get(source.documentId);
      // A document that is gone for good can be told of only to those who may read the whole index.
      return (
        index !== undefined &&
        (document ? mayReadDocument(ctx.actor, index, document) : mayRead(ctx.actor, index.readers))
      );
    };
    const sources = answer.sources.filter(sees);
    const numbers = new Set(sources.map(({ n }) => n));
    const sentences = answer.sentences.filter(({ citations }) => citations.every((n) => numbers.has(n)));
    const isNamed = answer.indexes.every(({ slug }) => !indexes.get(slug)?.settings.queryLog.anonymous);
    return [
      {
        ...rest,
        question,
        searchedFor,
        sources,
        sentences,
        withheld: answer.sentences.length - sentences.length,
        mine,
        ...(actor && isNamed ? { actor } : {}),
      },
    ];
  });
};

/** One answer. Throws `not_found` also for those who may not see it. */
export const getAnswer = async (ctx: Context, input: { answerId: string }): Promise<Answer> => {
  const stored = await ctx.catalog.getAnswer(input.answerId);
  const [shown] = stored ? await showAnswers(ctx, [stored]) : [];
  if (!shown) throw notFound("answer", input.answerId);
  return shown;
};

const requireNode = async (ctx: Context, node: AnswerNode, value: string): Promise<void> => {
  if (node === "document") await requireDocument(ctx, value, "documents.read");
  if (node === "index") await requireIndex(ctx, value, "queries.read");
  const permission = node === "release" || node === "image" || node === "task" ? "agents.read" : "queries.read";
  requirePermission(ctx, permission);
};

/** One page of answers, newest first: of one node of the chain, or the caller's own. */
export const listAnswers = async (ctx: Context, input: ListAnswersQuery): Promise<Page<Answer>> => {
  const named = answerNodes.flatMap((node) => {
    const value = input[node];
    return value === undefined ? [] : [{ node, value: value as string }];
  });
  if (named.length > 1)
    throw new Failure("invalid_request", "Name one of release, image, task, build, document and index.", {
      errors: named.slice(1).map(({ node }) => ({ field: node, message: "is one too many" })),
    });
  const [one] = named;
  if (one) await requireNode(ctx, one.node, one.value);
  const page = await ctx.catalog.listAnswers({
    ...(one ?? { node: "actor" as const, value: ctx.actor.id }),
    cursor: input.cursor,
    limit: input.limit,
  });
  return { ...page, items: await showAnswers(ctx, page.items) };
};

import { type EventActor, limits } from "@samla/contracts";
import {
  type EvaluationCatalog,
  Failure,
  isReadableBy,
  type NewEvent,
  type QuestionChange,
  type QuestionRecord,
  questionKeyOf,
} from "@samla/core/kernel";
import { decodeCursor, encodeCursor, keyPosition } from "./cursor.ts";
import { type Item, indexNames } from "./items.ts";
import { backOff, Conflict, type Store, type Write } from "./store.ts";

type Deps = { store: Store; event: (event: NewEvent, actor: EventActor) => Item };
type QuestionPart = Pick<
  EvaluationCatalog,
  | "getQuestion"
  | "findQuestion"
  | "countQuestions"
  | "listQuestions"
  | "createQuestion"
  | "changeQuestion"
  | "deleteQuestion"
  | "saveQuestions"
  | "listDocumentNames"
>;

/** Most table pages (1 MB each) read for one answer of a filtered list. */
const pagesPerAnswerMax = 6;
/** A transaction takes a hundred writes; a question is two of them. */
const questionsPerTransaction = 40;
const attemptsMax = 8;

export const questionKeys = {
  question: (slug: string, id: string) => ({ pk: `QUESTIONS#${slug}`, sk: id }),
  /** Holds a text for one question of the index. */
  text: (slug: string, key: string) => ({ pk: `QUESTIONTEXTS#${slug}`, sk: key }),
  count: (slug: string) => ({ pk: "QUESTIONCOUNTS", sk: slug }),
};

const questionItem = (question: QuestionRecord): Item => ({
  ...questionKeys.question(question.index, question.id),
  rev: question.revision,
  it: question,
  needle: `${question.text}\n${question.note}`.normalize("NFC").toLowerCase(),
  judged: question.judgments.length > 0,
});

const fullFailure = (): Failure =>
  new Failure("too_large", `An index holds at most ${limits.questionsPerIndexMax} questions.`, {
    nextStep: "Delete questions that no longer matter.",
  });

/** Question rows, each with a row that holds its text, and their number in a row of its own. */
export const createQuestionPart = ({ store, event }: Deps): QuestionPart => {
  const textRow = (question: QuestionRecord) => ({
    ...questionKeys.text(question.index, questionKeyOf(question.text)),
    questionId: question.id,
  });
  const count = (slug: string, by: number): Write => ({
    Update: {
      TableName: store.table,
      Key: questionKeys.count(slug),
      UpdateExpression: "ADD n :by",
      ...(by > 0
        ? {
            ConditionExpression: "attribute_not_exists(n) OR n <= :most",
            ExpressionAttributeValues: { ":by": by, ":most": limits.questionsPerIndexMax - by },
          }
        : { ExpressionAttributeValues: { ":by": by } }),
    },
  });
  const create = (question: QuestionRecord): Write[] => [
    store.putNew(questionItem(question)),
    store.putNew(textRow(question)),
  ];
  const change = ({ before, after }: QuestionChange): Write[] => [
    store.replace(questionItem(after), before.revision),
    ...(questionKeyOf(before.text) === questionKeyOf(after.text)
      ? []
      : [store.remove(questionKeys.text(before.index, questionKeyOf(before.text))), store.putNew(textRow(after))]),
  ];

  /** Writes the same again when only the counter met another writer. `causes` says what a failed condition of each write means. */
  const transact = async (writes: Write[], causes: (() => Failure)[]): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await store.transact(writes);
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
        const failed = error.reasons.indexOf("ConditionalCheckFailed");
        if (failed >= 0) throw causes[failed]?.() ?? error;
        if (attempt >= attemptsMax) throw error;
        await backOff(attempt);
      }
    }
  };
  const takenText = (question: QuestionRecord) => (): Failure =>
    new Failure("already_exists", `There is a question "${question.text}" already.`, {
      nextStep: "Add your judgments to that one.",
      errors: [{ field: "text", message: "is asked already" }],
    });
  const changedMeanwhile = (): Failure =>
    new Failure("precondition_failed", "Somebody changed this question in the meantime.", {
      nextStep: "Load it again, look at what changed and repeat your change.",
    });
  const causesOfCreate = (question: QuestionRecord) => [takenText(question), takenText(question)];
  const causesOfChange = (one: QuestionChange) =>
    change(one).length === 1 ? [changedMeanwhile] : [changedMeanwhile, changedMeanwhile, takenText(one.after)];

  const getQuestion: QuestionPart["getQuestion"] = async (slug, id) =>
    (await store.get(questionKeys.question(slug, id)))?.it as QuestionRecord | undefined;

  return {
    getQuestion,
    findQuestion: async (slug, key) => {
      const row = await store.get(questionKeys.text(slug, key));
      return row && getQuestion(slug, String(row.questionId));
    },
    countQuestions: async (slug) => Math.max(0, Number((await store.get(questionKeys.count(slug)))?.n ?? 0)),
    listQuestions: async ({ cursor, limit, ...scope }) => {
      let start = keyPosition(decodeCursor(scope, cursor)) as Record<string, unknown> | undefined;
      const words = (scope.q ?? "").normalize("NFC").toLowerCase().split(/\s+/).filter(Boolean);
      const filters = [
        ...words.map((_, i) => `contains(needle, :w${i})`),
        ...(scope.judged === undefined ? [] : ["judged = :judged"]),
      ];
      const items: Item[] = [];
      for (let pages = 0; pages < pagesPerAnswerMax && items.length < limit; pages += 1) {
        const page = await store.query({
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: {
            ":pk": questionKeys.question(scope.index, "").pk,
            ...Object.fromEntries(words.map((word, i) => [`:w${i}`, word])),
            ...(scope.judged === undefined ? {} : { ":judged": scope.judged }),
          },
          ...(filters.length ? { FilterExpression: filters.join(" AND ") } : { Limit: limit - items.length }),
          ScanIndexForward: scope.order === "oldest",
          ConsistentRead: true,
          ...(start ? { ExclusiveStartKey: start } : {}),
        });
        items.push(...page.items);
        start = page.lastKey;
        if (!start) break;
      }
      const given = items.slice(0, limit);
      const last = given.at(-1);
      if (items.length > limit && last) start = { pk: last.pk, sk: last.sk };
      return {
        items: given.map((item) => item.it as QuestionRecord),
        ...(start ? { nextCursor: encodeCursor(scope, start) } : {}),
      };
    },
    createQuestion: (question, created, actor) =>
      transact(
        [...create(question), count(question.index, 1), store.put(event(created, actor))],
        [...causesOfCreate(question), fullFailure],
      ),
    changeQuestion: (one, changed, actor) =>
      transact([...change(one), store.put(event(changed, actor))], causesOfChange(one)),
    deleteQuestion: async (question, deleted, actor) => {
      const { pk, sk } = questionItem(question);
      await transact(
        [
          {
            Delete: { TableName: store.table, Key: { pk, sk }, ConditionExpression: "attribute_exists(pk)" },
          },
          store.remove(questionKeys.text(question.index, questionKeyOf(question.text))),
          count(question.index, -1),
          store.put(event(deleted, actor)),
        ],
        [changedMeanwhile],
      );
    },
    listDocumentNames: async ({ cursor, ...scope }) => {
      const start = keyPosition(decodeCursor(scope, cursor));
      const page = await store.query({
        IndexName: indexNames.name,
        KeyConditionExpression: "g2pk = :pk",
        ExpressionAttributeValues: { ":pk": `NAMES#${scope.index}` },
        ...(start ? { ExclusiveStartKey: start } : {}),
      });
      return {
        items: page.items
          .filter((item) => isReadableBy(scope.principals, item.readers as string[] | undefined))
          .map((item) => ({ documentId: item.pk.slice(4), path: String(item.needle) })),
        ...(page.lastKey ? { nextCursor: encodeCursor(scope, page.lastKey) } : {}),
      };
    },
    saveQuestions: async (slug, created, changed) => {
      for (let i = 0; i < created.length; i += questionsPerTransaction) {
        const part = created.slice(i, i + questionsPerTransaction);
        await transact(
          [...part.flatMap(create), count(slug, part.length)],
          [...part.flatMap(causesOfCreate), fullFailure],
        );
      }
      for (let i = 0; i < changed.length; i += questionsPerTransaction) {
        const part = changed.slice(i, i + questionsPerTransaction);
        await transact(part.flatMap(change), part.flatMap(causesOfChange));
      }
    },
  };
};

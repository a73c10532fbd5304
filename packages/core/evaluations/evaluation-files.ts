import type { Document, Judgment, QuestionResult } from "@samla/contracts";
import type { ObjectStore } from "../kernel/index.ts";

/** A question as an evaluation asks it: its judgments are those of readable documents, one a document. */
export type AskedQuestion = {
  id: QuestionResult["questionId"];
  text: string;
  judged: { documentId: Document["id"]; name: string; grade: Judgment["grade"] }[];
};

/** Objects read at once, so that a long evaluation does not open a hundred connections. */
const readsAtOnce = 8;

const prefixOf = (evaluationId: string): string => `evaluations/${evaluationId}/`;
const keyOf = (evaluationId: string, what: "questions" | "results", slice: number): string =>
  `${prefixOf(evaluationId)}${what}/${slice}.json`;

const write = (objects: ObjectStore, key: string, value: unknown): Promise<void> =>
  objects.put(key, JSON.stringify(value), "application/json");

const read = async <T>(objects: ObjectStore, key: string): Promise<T | undefined> => {
  const bytes = await objects.getBytes(key);
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as T);
};

export const writeAsked = (
  objects: ObjectStore,
  evaluationId: string,
  slice: number,
  questions: AskedQuestion[],
): Promise<void> => write(objects, keyOf(evaluationId, "questions", slice), questions);

export const readAsked = (
  objects: ObjectStore,
  evaluationId: string,
  slice: number,
): Promise<AskedQuestion[] | undefined> => read(objects, keyOf(evaluationId, "questions", slice));

export const writeResults = (
  objects: ObjectStore,
  evaluationId: string,
  slice: number,
  results: QuestionResult[],
): Promise<void> => write(objects, keyOf(evaluationId, "results", slice), results);

/** The results of the first `slices` slices in the order asked. */
export const readResults = async (
  objects: ObjectStore,
  evaluationId: string,
  slices: number,
): Promise<QuestionResult[]> => {
  const found: QuestionResult[][] = [];
  for (let start = 0; start < slices; start += readsAtOnce)
    found.push(
      ...(await Promise.all(
        Array.from(
          { length: Math.min(readsAtOnce, slices - start) },
          async (_, i) => (await read<QuestionResult[]>(objects, keyOf(evaluationId, "results", start + i))) ?? [],
        ),
      )),
    );
  return found.flat();
};

export const removeFiles = (objects: ObjectStore, evaluationId: string): Promise<number> =>
  objects.deletePrefix(prefixOf(evaluationId));

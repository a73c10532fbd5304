import type { Evaluation, Judgment } from "@samla/contracts";
import { ready } from "../documents/testing-journey.ts";
import type { EvaluationRecord } from "../kernel/index.ts";
import { type TestWorld, testSlug } from "../testing.ts";
import { runEvaluation, startEvaluation } from "./index.ts";

export type Id = Judgment["documentId"];

/** Ready documents by name; the text is one passage. */
export const addDocuments = async (world: TestWorld, texts: Record<string, string>): Promise<Record<string, Id>> => {
  const ids: Record<string, Id> = {};
  for (const [name, text] of Object.entries(texts)) ids[name] = (await ready(world, name, text)).documentId as Id;
  return ids;
};

/** Narrows who may read a document, as an administrator does. */
export const setReaders = (world: TestWorld, id: Id, readers: string[]): void => {
  const document = world.rows.documents.get(id);
  if (document) world.rows.documents.set(id, { ...document, readers: readers as typeof document.readers });
};

export const start = (world: TestWorld, mode: Evaluation["mode"] = "lexical"): Promise<Evaluation> =>
  startEvaluation(world.ctx, { index: testSlug, buildId: world.build.id, mode, note: "" });

/** Works off the queue as its function does: a message goes only when its work did not throw. */
export const drainEvaluations = async (world: TestWorld, lastAttempt = false): Promise<void> => {
  const { sent } = world.queue;
  while (sent.evaluate[0]) {
    await runEvaluation(world.ctx, sent.evaluate[0], { lastAttempt });
    sent.evaluate.shift();
  }
};

export const recordOf = (world: TestWorld, id: string): EvaluationRecord => {
  const found = world.rows.evaluations.get(id);
  if (!found) throw new Error(`no evaluation ${id}`);
  return found;
};

import type { Catalog } from "@samla/core/kernel";
import { createAccessPart } from "./access.ts";
import { createAnswerPart } from "./answers.ts";
import { createBuildPart } from "./builds.ts";
import { createCarePart } from "./care.ts";
import { createDocumentPart } from "./documents.ts";
import { createEvaluationPart } from "./evaluations.ts";
import { createEventPart } from "./events.ts";
import { createIndexPart } from "./indexes.ts";
import { eventItem, eventOf, type Item } from "./items.ts";
import { createListPart } from "./lists.ts";
import { createNotePart } from "./notes.ts";
import { createQueryPart } from "./queries.ts";
import { createQuestionPart } from "./questions.ts";
import { createRequestPart } from "./requests.ts";
import { createStore } from "./store.ts";

/** The catalog on one DynamoDB table. */
export const createDynamoDbCatalog = (options: {
  table: string;
  now: () => number;
  newId: (prefix: string) => string;
}): Catalog => {
  const store = createStore(options.table);
  const event: (added: Parameters<typeof eventOf>[0], actor: Parameters<typeof eventOf>[1]) => Item = (added, actor) =>
    eventItem(eventOf(added, actor, options.newId("evt"), new Date(options.now()).toISOString()));
  const deps = { store, event, now: options.now };
  return {
    ...createIndexPart(deps),
    ...createBuildPart(deps),
    ...createDocumentPart(deps),
    ...createAccessPart(deps),
    ...createListPart(deps),
    ...createEventPart(deps),
    ...createQuestionPart(deps),
    ...createEvaluationPart(deps),
    ...createQueryPart(deps),
    ...createAnswerPart(deps),
    ...createNotePart(deps),
    ...createCarePart({ store, newId: options.newId }),
    ...createRequestPart(deps),
  };
};

export type HttpMethod = "GET" | "POST" | "PATCH" | "DELETE";

/** Method and path below the stage of every call of API v1: all that a browser needs to make it. `routes.ts` adds the shapes. */
export const endpoints = {
  "uploads.create": "POST /uploads",
  "uploads.get": "GET /uploads/{versionId}",
  "uploads.complete": "POST /uploads/{versionId}/complete",
  "uploads.abort": "DELETE /uploads/{versionId}",

  "documents.list": "GET /documents",
  "documents.counts": "GET /documents/counts",
  "documents.batch": "POST /documents/batch",
  "documents.get": "GET /documents/{documentId}",
  "documents.patch": "PATCH /documents/{documentId}",
  "documents.delete": "DELETE /documents/{documentId}",
  "documents.restore": "POST /documents/{documentId}/restore",
  "documents.versions": "GET /documents/{documentId}/versions",
  "documents.version": "GET /documents/{documentId}/versions/{versionId}",
  "documents.rollBack": "POST /documents/{documentId}/roll-back",
  "documents.reprocess": "POST /documents/{documentId}/reprocess",
  "documents.cancel": "POST /documents/{documentId}/cancel",
  "documents.content": "GET /documents/{documentId}/content",
  "documents.passages": "GET /documents/{documentId}/passages",

  "search.query": "GET /search",
  "search.suggest": "GET /search/suggest",
  "search.try": "POST /indexes/{index}/try",
  "embedders.list": "GET /embedders",

  "indexes.create": "POST /indexes",
  "indexes.list": "GET /indexes",
  "indexes.get": "GET /indexes/{index}",
  "indexes.patch": "PATCH /indexes/{index}",
  "indexes.delete": "DELETE /indexes/{index}",

  "builds.list": "GET /indexes/{index}/builds",
  "builds.plan": "POST /indexes/{index}/builds/plan",
  "builds.create": "POST /indexes/{index}/builds",
  "builds.get": "GET /indexes/{index}/builds/{buildId}",
  "builds.documents": "GET /indexes/{index}/builds/{buildId}/documents",
  "builds.pause": "POST /indexes/{index}/builds/{buildId}/pause",
  "builds.resume": "POST /indexes/{index}/builds/{buildId}/resume",
  "builds.cancel": "POST /indexes/{index}/builds/{buildId}/cancel",
  "builds.retry": "POST /indexes/{index}/builds/{buildId}/retry",
  "builds.delete": "DELETE /indexes/{index}/builds/{buildId}",
  "builds.promotion": "GET /indexes/{index}/builds/{buildId}/promotion",
  "builds.promote": "POST /indexes/{index}/builds/{buildId}/promote",
  "indexes.rollBack": "POST /indexes/{index}/roll-back",
  "indexes.promotions": "GET /indexes/{index}/promotions",

  "questions.list": "GET /indexes/{index}/questions",
  "questions.create": "POST /indexes/{index}/questions",
  "questions.get": "GET /indexes/{index}/questions/{questionId}",
  "questions.patch": "PATCH /indexes/{index}/questions/{questionId}",
  "questions.delete": "DELETE /indexes/{index}/questions/{questionId}",
  "questions.judge": "POST /indexes/{index}/questions/judge",
  "questions.import": "POST /indexes/{index}/questions/import",

  "evaluations.list": "GET /indexes/{index}/evaluations",
  "evaluations.start": "POST /indexes/{index}/evaluations",
  "evaluations.compare": "GET /indexes/{index}/evaluations/compare",
  "evaluations.get": "GET /indexes/{index}/evaluations/{evaluationId}",
  "evaluations.cancel": "POST /indexes/{index}/evaluations/{evaluationId}/cancel",
  "evaluations.results": "GET /indexes/{index}/evaluations/{evaluationId}/results",

  "queries.list": "GET /indexes/{index}/queries",
  "queries.report": "GET /indexes/{index}/queries/report",
  "queries.get": "GET /indexes/{index}/queries/{queryId}",
  "queries.feedback": "POST /queries/{queryId}/feedback",
  "queries.replay": "POST /queries/{queryId}/replay",

  "answers.record": "POST /answers",
  "answers.list": "GET /answers",
  "answers.get": "GET /answers/{answerId}",
  "answers.feedback": "POST /answers/{answerId}/feedback",

  "care.report": "GET /indexes/{index}/care",
  "care.audit": "POST /indexes/{index}/care/audit",

  "events.list": "GET /events",
  "events.ticket": "POST /events/tickets",

  "queues.list": "GET /queues",
  "queues.redrive": "POST /queues/{queue}/redrive",

  "notes.list": "GET /notes",
  "notes.get": "GET /notes/{note}",
  "notes.put": "POST /notes/{note}",
  "notes.delete": "DELETE /notes/{note}",

  "platform.me": "GET /me",
  "platform.health": "GET /health",
  "platform.openapi": "GET /openapi.json",
} as const satisfies Record<string, `${HttpMethod} /${string}`>;

export type EndpointId = keyof typeof endpoints;

/** Method and path of a call, such as `["GET", "/documents/{documentId}"]`. */
export const endpointOf = (id: EndpointId): [method: HttpMethod, path: string] => {
  const [method, path] = endpoints[id].split(" ");
  return [method as HttpMethod, path ?? "/"];
};

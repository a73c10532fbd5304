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

  "indexes.create": "POST /indexes",
  "indexes.list": "GET /indexes",
  "indexes.get": "GET /indexes/{index}",
  "indexes.patch": "PATCH /indexes/{index}",
  "indexes.delete": "DELETE /indexes/{index}",

  "events.list": "GET /events",
  "events.ticket": "POST /events/tickets",

  "queues.list": "GET /queues",
  "queues.redrive": "POST /queues/{queue}/redrive",

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

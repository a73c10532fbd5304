import { z } from "zod";
import { answerRoutes } from "./answers-routes.ts";
import { benchRoutes } from "./bench-routes.ts";
import { buildRoutes } from "./builds-routes.ts";
import { careRoutes } from "./care-routes.ts";
import {
  BatchDocumentsBody,
  BatchDocumentsResult,
  Content,
  ContentQuery,
  Document,
  DocumentCounts,
  DocumentPage,
  ListDocumentsQuery,
  ListPassagesQuery,
  PassageList,
  PatchDocumentBody,
  RollBackDocumentBody,
  Version,
} from "./documents.ts";
import { evaluationRoutes } from "./evaluations-routes.ts";
import { EventPage, EventTicket, ListEventsQuery } from "./events.ts";
import { DocumentId, IndexSlug, VersionId } from "./ids.ts";
import {
  CreateIndexBody,
  DeleteIndexQuery,
  Index,
  IndexDetail,
  IndexPage,
  ListIndexesQuery,
  PatchIndexBody,
} from "./indexes.ts";
import { noteRoutes } from "./notes.ts";
import type { EndpointId } from "./plain/endpoints.ts";
import { Health, Me, QueueList, RedriveResult } from "./platform.ts";
import { queryRoutes } from "./queries-routes.ts";
import { defineRoute, type Route, type RouteShape, withEndpoints } from "./route.ts";
import { SearchQuery, SearchResult, SuggestQuery, SuggestResult } from "./search.ts";
import { CompleteUploadBody, CreateUploadBody, CreateUploadResult, UploadState } from "./uploads.ts";

const documentParams = z.object({ documentId: DocumentId });
const versionParams = z.object({ documentId: DocumentId, versionId: VersionId });
const uploadParams = z.object({ versionId: VersionId });
const indexParams = z.object({ index: IndexSlug });

/**
 * Every route of API v1; method and path are in `plain/endpoints.ts`. The gateway, the handlers, the client, the BFF and
 * the OpenAPI document derive from it.
 */
const shapes = {
  "uploads.create": defineRoute({
    group: "uploads",
    summary: "Announce a file and get where to send its bytes",
    permission: "documents.write",
    body: CreateUploadBody,
    response: CreateUploadResult,
    successStatus: 201,
    idempotent: true,
    throttle: { ratePerSecond: 200, burst: 400 },
  }),
  "uploads.get": defineRoute({
    group: "uploads",
    summary: "What has arrived of an upload, and where to send the rest",
    permission: "documents.write",
    params: uploadParams,
    response: UploadState,
    successStatus: 200,
  }),
  "uploads.complete": defineRoute({
    group: "uploads",
    summary: "Join the parts of a multipart upload",
    permission: "documents.write",
    params: uploadParams,
    body: CompleteUploadBody,
    response: Version,
    successStatus: 200,
  }),
  "uploads.abort": defineRoute({
    group: "uploads",
    summary: "Abandon an upload and remove what has arrived",
    permission: "documents.write",
    params: uploadParams,
    successStatus: 204,
  }),

  "documents.list": defineRoute({
    group: "documents",
    summary: "List documents of an index",
    permission: "documents.read",
    query: ListDocumentsQuery,
    response: DocumentPage,
    successStatus: 200,
  }),
  "documents.counts": defineRoute({
    group: "documents",
    summary: "Count documents of an index by status",
    permission: "documents.read",
    query: z.object({ index: IndexSlug }),
    response: DocumentCounts,
    successStatus: 200,
  }),
  "documents.batch": defineRoute({
    group: "documents",
    summary: "Do one thing to many documents",
    permission: "documents.write",
    body: BatchDocumentsBody,
    response: BatchDocumentsResult,
    successStatus: 200,
  }),
  "documents.get": defineRoute({
    group: "documents",
    summary: "Get a document",
    permission: "documents.read",
    params: documentParams,
    response: Document,
    successStatus: 200,
    versioned: true,
  }),
  "documents.patch": defineRoute({
    group: "documents",
    summary: "Rename or tag a document",
    permission: "documents.write",
    params: documentParams,
    body: PatchDocumentBody,
    response: Document,
    successStatus: 200,
    versioned: true,
  }),
  "documents.delete": defineRoute({
    group: "documents",
    summary: "Delete a document; it can be restored for 30 days",
    permission: "documents.write",
    params: documentParams,
    response: Document,
    successStatus: 200,
  }),
  "documents.restore": defineRoute({
    group: "documents",
    summary: "Undo a deletion",
    permission: "documents.write",
    params: documentParams,
    response: Document,
    successStatus: 200,
  }),
  "documents.versions": defineRoute({
    group: "documents",
    summary: "List the versions of a document, newest first",
    permission: "documents.read",
    params: documentParams,
    response: z.object({ items: z.array(Version) }),
    successStatus: 200,
  }),
  "documents.version": defineRoute({
    group: "documents",
    summary: "Get one version with its processing steps",
    permission: "documents.read",
    params: versionParams,
    response: Version,
    successStatus: 200,
  }),
  "documents.rollBack": defineRoute({
    group: "documents",
    summary: "Make an earlier version the live one",
    permission: "documents.write",
    params: documentParams,
    body: RollBackDocumentBody,
    response: Document,
    successStatus: 200,
  }),
  "documents.reprocess": defineRoute({
    group: "documents",
    summary: "Read the newest version again",
    permission: "documents.write",
    params: documentParams,
    response: Document,
    successStatus: 200,
  }),
  "documents.cancel": defineRoute({
    group: "documents",
    summary: "Stop the processing of the newest version",
    permission: "documents.write",
    params: documentParams,
    response: Document,
    successStatus: 200,
  }),
  "documents.content": defineRoute({
    group: "documents",
    summary: "Get a short-lived address of the source or its extracted structure",
    permission: "documents.read",
    params: documentParams,
    query: ContentQuery,
    response: Content,
    successStatus: 200,
  }),
  "documents.passages": defineRoute({
    group: "documents",
    summary: "List the passages of a version in order",
    permission: "documents.read",
    params: documentParams,
    query: ListPassagesQuery,
    response: PassageList,
    successStatus: 200,
  }),

  "search.query": defineRoute({
    group: "search",
    summary: "Search passages",
    permission: "search",
    query: SearchQuery,
    response: SearchResult,
    successStatus: 200,
    throttle: { ratePerSecond: 200, burst: 400 },
  }),
  "search.suggest": defineRoute({
    group: "search",
    summary: "Complete what is being typed",
    permission: "search",
    query: SuggestQuery,
    response: SuggestResult,
    successStatus: 200,
    throttle: { ratePerSecond: 200, burst: 400 },
  }),

  "indexes.create": defineRoute({
    group: "indexes",
    summary: "Create an index",
    permission: "indexes.write",
    body: CreateIndexBody,
    response: Index,
    successStatus: 201,
    idempotent: true,
  }),
  "indexes.list": defineRoute({
    group: "indexes",
    summary: "List the indexes you may read",
    permission: "indexes.read",
    query: ListIndexesQuery,
    response: IndexPage,
    successStatus: 200,
  }),
  "indexes.get": defineRoute({
    group: "indexes",
    summary: "Get an index with its live build and statistics",
    permission: "indexes.read",
    params: indexParams,
    response: IndexDetail,
    successStatus: 200,
    versioned: true,
  }),
  "indexes.patch": defineRoute({
    group: "indexes",
    summary: "Change name, description or readers",
    permission: "indexes.write",
    params: indexParams,
    body: PatchIndexBody,
    response: Index,
    successStatus: 200,
    versioned: true,
  }),
  "indexes.delete": defineRoute({
    group: "indexes",
    summary: "Delete an index with all its documents",
    permission: "indexes.write",
    params: indexParams,
    query: DeleteIndexQuery,
    successStatus: 204,
  }),

  ...benchRoutes,
  ...buildRoutes,
  ...evaluationRoutes,
  ...queryRoutes,
  ...answerRoutes,
  ...careRoutes,
  ...noteRoutes,

  "events.list": defineRoute({
    group: "platform",
    summary: "Read the timeline",
    permission: "events.read",
    query: ListEventsQuery,
    response: EventPage,
    successStatus: 200,
  }),
  "events.ticket": defineRoute({
    group: "platform",
    summary: "Get a one-time ticket for the live timeline",
    permission: "events.read",
    response: EventTicket,
    successStatus: 201,
  }),
  "queues.list": defineRoute({
    group: "platform",
    summary: "See what waits in the queues",
    permission: "queues.read",
    response: QueueList,
    successStatus: 200,
  }),
  "queues.redrive": defineRoute({
    group: "platform",
    summary: "Send dead letters to their queue again",
    permission: "queues.redrive",
    params: z.object({ queue: z.string().regex(/^[a-z0-9-]{1,64}$/) }),
    response: RedriveResult,
    successStatus: 200,
  }),
  "platform.me": defineRoute({
    group: "platform",
    summary: "Who you are, what you may do, and the limits",
    permission: "signed-in",
    response: Me,
    successStatus: 200,
  }),
  "platform.health": defineRoute({
    group: "platform",
    summary: "Whether the parts answer",
    permission: "open",
    response: Health,
    successStatus: 200,
  }),
  "platform.openapi": defineRoute({
    group: "platform",
    summary: "This API as OpenAPI 3.1",
    permission: "open",
    response: z.looseObject({ openapi: z.string() }),
    successStatus: 200,
  }),
} as const satisfies Record<EndpointId, RouteShape>;

export const routes = withEndpoints(shapes);

export type RouteId = keyof typeof routes;
export const apiVersion = "v1";

/** Finds the route of a method and path; `params` are percent-decoded. Literal segments win over parameters. */
export const matchRoute = (
  method: string,
  path: string,
): { id: RouteId; route: Route; params: Record<string, string> } | undefined => {
  const parts = path.split("/").filter((part) => part !== "");
  let best: { id: RouteId; route: Route; params: Record<string, string>; literals: number } | undefined;
  for (const [id, route] of Object.entries(routes) as [RouteId, Route][]) {
    const pattern = route.path.split("/").filter((part) => part !== "");
    if (route.method !== method || pattern.length !== parts.length) continue;
    const params: Record<string, string> = {};
    let literals = 0;
    const fits = pattern.every((segment, i) => {
      const part = parts[i] ?? "";
      if (!segment.startsWith("{")) {
        literals += 1;
        return segment === part;
      }
      try {
        params[segment.slice(1, -1)] = decodeURIComponent(part);
      } catch {
        return false;
      }
      return true;
    });
    if (fits && (!best || literals > best.literals)) best = { id, route, params, literals };
  }
  return best && { id: best.id, route: best.route, params: best.params };
};

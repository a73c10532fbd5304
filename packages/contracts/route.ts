import type { z } from "zod";
import { type EndpointId, endpointOf, type HttpMethod } from "./plain/endpoints.ts";
import type { Permission } from "./roles.ts";

export * from "./plain/endpoints.ts";

/** A group of routes is served by one function. */
export const routeGroups = [
  "documents",
  "uploads",
  "search",
  "indexes",
  "builds",
  "evaluations",
  "queries",
  "care",
  "platform",
] as const;
export type RouteGroup = (typeof routeGroups)[number];

export type RouteShape = {
  group: RouteGroup;
  summary: string;
  /** `open`: no sign-in. `signed-in`: any role. */
  permission: Permission | "open" | "signed-in";
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Absent: 204 without a body. */
  response?: z.ZodType;
  successStatus: number;
  /** Creates: honours `Idempotency-Key`. */
  idempotent?: boolean;
  /** Honours `If-Match` and answers with an `ETag`. */
  versioned?: boolean;
  throttle?: { ratePerSecond: number; burst: number };
};

export type Route = RouteShape & {
  method: HttpMethod;
  /** Below the stage, such as `/documents/{documentId}`. */
  path: string;
};

/** Keeps the literal types of a route, so that clients and handlers are typed by it. */
export const defineRoute = <const R extends RouteShape>(route: R): R => route;

/** The route table: each shape with the method and path of its endpoint. */
export const withEndpoints = <S extends Record<EndpointId, RouteShape>>(
  shapes: S,
): { [Id in keyof S]: S[Id] & Pick<Route, "method" | "path"> } =>
  Object.fromEntries(
    (Object.entries(shapes) as [EndpointId, RouteShape][]).map(([id, shape]) => {
      const [method, path] = endpointOf(id);
      return [id, { ...shape, method, path }];
    }),
  ) as never;

import type { z } from "zod";
import type { Permission } from "./roles.ts";

export type HttpMethod = "GET" | "POST" | "PATCH" | "DELETE";

/** A group of routes is served by one function. */
export const routeGroups = ["documents", "uploads", "search", "indexes", "platform"] as const;
export type RouteGroup = (typeof routeGroups)[number];

export type Route = {
  group: RouteGroup;
  method: HttpMethod;
  /** Below the stage, such as `/documents/{documentId}`. */
  path: string;
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

/** Keeps the literal types of a route, so that clients and handlers are typed by it. */
export const defineRoute = <const R extends Route>(route: R): R => route;

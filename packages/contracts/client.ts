import type { z } from "zod";
import { createTransport, type TransportInput, type TransportOptions } from "./plain/transport.ts";
import type { Route } from "./route.ts";
import { type RouteId, routes } from "./routes.ts";

export * from "./plain/transport.ts";

type Routes = typeof routes;
type Part<R, K extends string> = R extends Record<K, infer T extends z.ZodType> ? z.input<T> : undefined;
type OptionalIfEmpty<K extends string, T> = T extends undefined
  ? Partial<Record<K, undefined>>
  : Record<string, never> extends T
    ? { [P in K]?: T }
    : { [P in K]: T };

/** What a call of a route takes. */
export type CallInput<Id extends RouteId> = OptionalIfEmpty<"params", Part<Routes[Id], "params">> &
  OptionalIfEmpty<"query", Part<Routes[Id], "query">> &
  OptionalIfEmpty<"body", Part<Routes[Id], "body">> & {
    idempotencyKey?: string;
    ifMatch?: string;
    signal?: AbortSignal;
  };

/** What a call of a route gives. */
export type CallOutput<Id extends RouteId> = Routes[Id] extends { response: infer T extends z.ZodType }
  ? z.output<T>
  : undefined;

export type ClientOptions = TransportOptions & {
  /** Validate answers against the contract; a server that breaks it fails loudly. Default true. */
  validate?: boolean;
};

export type Client = {
  call<Id extends RouteId>(
    id: Id,
    ...input: Record<string, never> extends CallInput<Id> ? [CallInput<Id>?] : [CallInput<Id>]
  ): Promise<CallOutput<Id>>;
};

/** A client of API v1 typed by the route table. Throws `ApiError` for every answer that is not a success. */
export const createClient = ({ validate = true, ...options }: ClientOptions): Client => {
  const send = createTransport(options);
  return {
    async call(id, ...rest) {
      const route: Route = routes[id];
      const json = await send(id, rest[0] as TransportInput | undefined);
      if (!route.response || json === undefined) return undefined as never;
      return (validate ? route.response.parse(json) : json) as never;
    },
  };
};

import "server-only";
import { type ImageEndpointId, imageEndpoints, imageRoutes } from "@samla/contracts";
import * as verbs from "@samla/core/images";
import type { Actor } from "@samla/core/kernel";
import type { z } from "zod";
import { createConsoleContext } from "./agents.ts";
import type { ConsoleTable } from "./console-routes.ts";

type Routes = typeof imageRoutes;
type Part<R, K extends string> = R extends Record<K, infer T extends z.ZodType> ? z.output<T> : unknown;
type Input<Id extends ImageEndpointId> = {
  params: Part<Routes[Id], "params">;
  query: Part<Routes[Id], "query">;
  body: Part<Routes[Id], "body">;
};
type Output<Id extends ImageEndpointId> = z.input<Routes[Id]["response"]>;
type Handlers = {
  [Id in ImageEndpointId]: (ctx: verbs.ImageContext, input: Input<Id>) => Promise<Output<Id>>;
};

const handlers: Handlers = {
  "images.repositories": (ctx) => verbs.listRepositories(ctx),
  "images.repository": (ctx, { params }) => verbs.getRepository(ctx, params),
  "images.list": (ctx, { params, query }) => verbs.listImages(ctx, { ...params, ...query }),
  "images.get": (ctx, { params }) => verbs.getImage(ctx, params),
  "images.findings": (ctx, { params }) => verbs.getFindings(ctx, params),
  "images.inventory": (ctx, { params }) => verbs.getInventory(ctx, params),
  "images.gate": (ctx, { params }) => verbs.getGate(ctx, params),
  "images.differences": (ctx, { params, query }) => verbs.getDifferences(ctx, { ...params, ...query }),
  "images.scan": (ctx, { params }) => verbs.startScan(ctx, params),
  "images.delete": (ctx, { params, body }) => verbs.deleteImage(ctx, { ...params, ...body }),
  "images.restore": (ctx, { params, body }) => verbs.restoreImage(ctx, { ...params, ...body }),
  "images.gateSettings": (ctx, { params }) => verbs.getGateSettings(ctx, params),
  "images.setGate": (ctx, { params, body }) => verbs.setGate(ctx, { ...params, ...body }),
  "images.waive": (ctx, { params, body }) => verbs.waiveFinding(ctx, { ...params, ...body }),
  "images.endWaiver": (ctx, { params, body }) => verbs.endWaiver(ctx, { ...params, ...body }),
  "images.lifecycle": (ctx, { params }) => verbs.getLifecycle(ctx, params),
  "images.simulate": (ctx, { params, body }) => verbs.simulateLifecycle(ctx, { ...params, ...body }),
  "images.setLifecycle": (ctx, { params, body }) => verbs.setLifecycle(ctx, { ...params, ...body }),
  "images.allFindings": (ctx, { query }) => verbs.listFindings(ctx, query),
  "images.finding": (ctx, { params }) => verbs.getFinding(ctx, params),
  "images.replication": (ctx) => verbs.getReplication(ctx),
};

type Any = (ctx: verbs.ImageContext, input: never) => Promise<unknown>;

export const imagesTable: ConsoleTable<ImageEndpointId> = {
  endpoints: imageEndpoints,
  routes: imageRoutes,
  handlers: Object.fromEntries(
    (Object.entries(handlers) as [ImageEndpointId, Any][]).map(([id, verb]) => [
      id,
      (actor: Actor, input: never, requestId: string) => verb(createConsoleContext(actor, requestId), input),
    ]),
  ) as ConsoleTable<ImageEndpointId>["handlers"],
};

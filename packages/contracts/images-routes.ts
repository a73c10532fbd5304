import { z } from "zod";
import { AgentName } from "./agent-manifest.ts";
import type { ConsoleRoute } from "./agents-routes.ts";
import { GateResult } from "./gate.ts";
import {
  AllFindingsQuery,
  DeleteImageBody,
  EndWaiverBody,
  FindingDetail,
  FindingId,
  FindingList,
  GateSettings,
  ImageDetail,
  ImageDifferences,
  ImageDifferencesQuery,
  ImageFindings,
  ImageInventory,
  ImageItem,
  ImagePage,
  ImageScan,
  LifecycleSimulation,
  LifecycleView,
  ListImagesQuery,
  Replication,
  RepositoryItem,
  RepositoryList,
  RestoreImageBody,
  SetGateBody,
  SetLifecycleBody,
  SimulateBody,
  WaiveBody,
} from "./images.ts";
import type { ImageEndpointId } from "./plain/images.ts";
import { ImageDigest } from "./releases.ts";
import type { Permission } from "./roles.ts";

const repository = z.object({ agent: AgentName });
const image = z.object({ agent: AgentName, digest: ImageDigest });
const waiver = z.object({ agent: AgentName, waiverId: z.string().regex(/^wai_[0-9A-HJKMNP-TV-Z]{26}$/) });

const read = { permission: "agents.read", successStatus: 200 } as const;
const act = <const P extends Permission>(permission: P) => ({ permission, successStatus: 200 }) as const;

/** The console's own routes for images, below `/api`; method and path are in `plain/images.ts`. */
export const imageRoutes = {
  "images.repositories": { ...read, response: RepositoryList },
  "images.repository": { ...read, params: repository, response: RepositoryItem },
  "images.list": { ...read, params: repository, query: ListImagesQuery, response: ImagePage },
  "images.get": { ...read, params: image, response: ImageDetail },
  "images.findings": { ...read, params: image, response: ImageFindings },
  "images.inventory": { ...read, params: image, response: ImageInventory },
  "images.gate": { ...read, params: image, response: GateResult },
  "images.differences": { ...read, params: image, query: ImageDifferencesQuery, response: ImageDifferences },
  "images.scan": { ...act("images.scan"), params: image, response: ImageScan },
  "images.delete": { ...act("images.delete"), params: image, body: DeleteImageBody, response: ImageItem },
  "images.restore": { ...act("images.delete"), params: image, body: RestoreImageBody, response: ImageItem },
  "images.gateSettings": { ...read, params: repository, response: GateSettings },
  "images.setGate": { ...act("images.gate"), params: repository, body: SetGateBody, response: GateSettings },
  "images.waive": { ...act("images.waive"), params: repository, body: WaiveBody, response: GateSettings },
  "images.endWaiver": { ...act("images.waive"), params: waiver, body: EndWaiverBody, response: GateSettings },
  "images.lifecycle": { ...read, params: repository, response: LifecycleView },
  "images.simulate": { ...read, params: repository, body: SimulateBody, response: LifecycleSimulation },
  "images.setLifecycle": {
    ...act("images.lifecycle"),
    params: repository,
    body: SetLifecycleBody,
    response: LifecycleView,
  },
  "images.allFindings": { ...read, query: AllFindingsQuery, response: FindingList },
  "images.finding": { ...read, params: z.object({ findingId: FindingId }), response: FindingDetail },
  "images.replication": { ...read, response: Replication },
} as const satisfies Record<ImageEndpointId, ConsoleRoute>;

type Routes = typeof imageRoutes;
type Part<R, K extends string> = R extends Record<K, infer T extends z.ZodType> ? z.input<T> : undefined;

/** What a call takes, by the route table; a part without mandatory members may be left out. */
export type ImageCallInput<Id extends ImageEndpointId> = {
  [K in "params" | "query" | "body" as Routes[Id] extends Record<K, z.ZodType> ? K : never]: Part<Routes[Id], K>;
} & { signal?: AbortSignal };
export type ImageCallOutput<Id extends ImageEndpointId> = z.output<Routes[Id]["response"]>;

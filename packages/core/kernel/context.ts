import { hasPermission, type Permission, type Role, type UploadLimits } from "@samla/contracts";
import { Failure } from "./failure.ts";
import type { Catalog } from "./ports/catalog.ts";
import type { EmbedderRegistry } from "./ports/embedder.ts";
import type { ObjectStore } from "./ports/object-store.ts";
import type { Filter, SearchEngine } from "./ports/search-engine.ts";
import type { WorkQueues } from "./ports/work-queues.ts";

/** Who acts. `system` is SAMLA itself, in background work. */
export type Actor = {
  kind: "person" | "machine" | "system";
  id: string;
  name: string;
  email?: string;
  roles: readonly Role[];
  groups: readonly string[];
};

export type Log = (
  level: "debug" | "info" | "warn" | "error",
  message: string,
  fields?: Record<string, unknown>,
) => void;

/** What every verb has. */
export type Context = {
  actor: Actor;
  requestId: string;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** A fresh `<prefix>_<ULID>`. */
  newId: (prefix: string) => string;
  log: Log;
  catalog: Catalog;
};

export type StorageContext = Context & { objects: ObjectStore; queues: WorkQueues; uploadLimits: UploadLimits };
export type EngineContext = Context & { engine: SearchEngine; embedders: EmbedderRegistry };

export const systemActor: Actor = { kind: "system", id: "samla", name: "SAMLA", roles: ["admin"], groups: [] };

/** ISO 8601 of now. */
export const timestamp = (ctx: Pick<Context, "now">): string => new Date(ctx.now()).toISOString();

/** Throws `forbidden` unless a role of the actor holds the permission. */
export const requirePermission = (ctx: Pick<Context, "actor">, permission: Permission): void => {
  if (!hasPermission(ctx.actor.roles, permission))
    throw new Failure(
      "forbidden",
      `Your role (${ctx.actor.roles.join(", ") || "none"}) does not allow ${permission}.`,
      { nextStep: "Ask an administrator to give you a role that does." },
    );
};

/** The principals an actor reads as, for access rules inside queries. */
export const principalsOf = (actor: Actor): string[] => [
  "everyone",
  `user:${actor.id}`,
  ...actor.groups.map((group) => `group:${group}`),
  ...actor.roles.map((role) => `role:${role}`),
];

/** Whose documents the actor sees; undefined for administrators and SAMLA itself, who see all. */
export const readingAs = (actor: Actor): string[] | undefined =>
  actor.kind === "system" || actor.roles.includes("admin") ? undefined : principalsOf(actor);

/** True when a rule lets one of the principals read; no rule, or nobody to ask for, lets everything through. */
export const isReadableBy = (
  principals: readonly string[] | undefined,
  readers: readonly string[] | undefined,
): boolean =>
  principals === undefined || readers === undefined || principals.some((principal) => readers.includes(principal));

/** True when the access rule lets the actor read; administrators and SAMLA itself read everything. */
export const mayRead = (actor: Actor, readers: readonly string[] | undefined): boolean =>
  isReadableBy(readingAs(actor), readers);

/** The readers of a rule that may be told to the actor: all to those who manage it, to others only why they may read. */
export const readersToldTo = <T extends string>(actor: Actor, manages: Permission, readers: readonly T[]): T[] => {
  if (actor.kind === "system" || hasPermission(actor.roles, manages)) return [...readers];
  const held = readingAs(actor);
  return readers.filter((reader) => held === undefined || held.includes(reader));
};

/** What the engine lets through for the principals; undefined for those who see all. */
export const readersFilter = (principals: string[] | undefined): Filter | undefined =>
  principals && { hasAny: ["readers", principals] };

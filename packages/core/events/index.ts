import {
  type EventTicket,
  type ListEventsQuery,
  limits,
  type QueueList,
  rolePermissions,
  type TimelineEvent,
} from "@samla/contracts";
import type { z } from "zod";
import { requireIndex } from "../documents/access.ts";
import {
  type Actor,
  type Context,
  mayRead,
  type Page,
  requirePermission,
  type StorageContext,
} from "../kernel/index.ts";

type Seen = {
  indexes: ReadonlyMap<string, { readers: readonly string[]; createdAt: string }>;
  /** Readers of documents that have some of their own. */
  documents: ReadonlyMap<string, readonly string[]>;
};

/**
 * True when the actor may see the event: it must be able to read the index and the document it is about, as they are now.
 * Events of a former index of the same name belong to administrators: whoever may read the new one need not have been
 * allowed to read that.
 */
const maySee = (actor: Pick<Actor, "kind" | "roles" | "id" | "groups">, seen: Seen, event: TimelineEvent): boolean => {
  if (!event.index) return true;
  const index = seen.indexes.get(event.index);
  if (!index || event.at < index.createdAt) return actor.roles.includes("admin");
  const named = { ...actor, name: "" };
  return mayRead(named, index.readers) && mayRead(named, event.documentId && seen.documents.get(event.documentId));
};

const seenOf = async (ctx: Pick<Context, "catalog">, events: readonly TimelineEvent[]): Promise<Seen> => {
  const ids = new Set(events.flatMap((event) => (event.documentId ? [event.documentId] : [])));
  const [indexes, documents] = await Promise.all([ctx.catalog.listIndexes(), ctx.catalog.getReaders([...ids])]);
  return { indexes: new Map(indexes.map((index) => [index.slug as string, index])), documents };
};

/** One page of the timeline, without events of indexes and documents the actor may not read. */
export const listEvents = async (ctx: Context, input: ListEventsQuery): Promise<Page<TimelineEvent>> => {
  requirePermission(ctx, "events.read");
  if (input.index) await requireIndex(ctx, input.index, "events.read");
  const page = await ctx.catalog.listEvents(input);
  const seen = await seenOf(ctx, page.items);
  return { ...page, items: page.items.filter((event) => maySee(ctx.actor, seen, event)) };
};

/** A one-time ticket for the live timeline; it carries the actor's rights of this moment. */
export const createTicket = async (ctx: Context, socketUrl: string): Promise<z.infer<typeof EventTicket>> => {
  requirePermission(ctx, "events.read");
  const ticket = ctx.newId("tkt") + crypto.randomUUID().replaceAll("-", "");
  const expiresAtMs = ctx.now() + limits.ticketTtlSeconds * 1000;
  await ctx.catalog.putTicket(
    ticket,
    { kind: ctx.actor.kind, id: ctx.actor.id, name: ctx.actor.name, roles: ctx.actor.roles, groups: ctx.actor.groups },
    Math.ceil(expiresAtMs / 1000),
  );
  return { ticket, url: `${socketUrl}?ticket=${ticket}`, expiresAt: new Date(expiresAtMs).toISOString() };
};

/** Which connections an event goes to. */
export const routeEvent = async (
  ctx: Pick<Context, "catalog">,
  events: TimelineEvent[],
): Promise<{ connectionId: string; events: TimelineEvent[] }[]> => {
  const connections = await ctx.catalog.listConnections();
  if (connections.length === 0) return [];
  const seen = await seenOf(ctx, events);
  return connections
    .map(({ connectionId, ...holder }) => {
      const roles = holder.roles.filter((role): role is keyof typeof rolePermissions => role in rolePermissions);
      return {
        connectionId,
        events: events.filter((event) =>
          maySee({ kind: "person", id: holder.id, roles, groups: holder.groups }, seen, event),
        ),
      };
    })
    .filter((one) => one.events.length > 0);
};

/** What waits in the queues. */
export const listQueues = async (ctx: StorageContext): Promise<QueueList> => {
  requirePermission(ctx, "queues.read");
  return { items: await ctx.queues.states() };
};

/** Sends a queue's dead letters round again. */
export const redriveQueue = async (ctx: StorageContext, input: { queue: string }): Promise<{ moved: number }> => {
  requirePermission(ctx, "queues.redrive");
  const moved = await ctx.queues.redrive(input.queue);
  if (moved > 0)
    await ctx.catalog.appendEvent(
      {
        action: "queue.redriven",
        outcome: "ok",
        summary: `sent ${moved} dead ${moved === 1 ? "letter" : "letters"} of ${input.queue} round again`,
      },
      ctx.actor,
    );
  return { moved };
};
